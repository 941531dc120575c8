// Runs Jest with our reporter, or asks it which files it would run.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root, run } from '../../test/support/set-up/processes.js';

const JEST = 'node_modules/jest/bin/jest.js';
/**
 * Jest passes them to its workers. Most of what a test makes is garbage soon, and little of it has to be copied then. As many
 * workers as processors have work, so V8's own threads beside each would only be in the way: a fifth more processor time.
 */
const V8 = ['--max-semi-space-size=64', '--single-threaded'];
const reporter = path.join(root, 'test/support/jest/reporter.js');

/** The files that these arguments choose, or why there are none. */
export async function findTests(args) {
  const { ok, printed } = await run([JEST, ...args, '--listTests', '--json']);
  if (!ok) return { problem: printed.trim() };
  const files = JSON.parse(printed).map((file) => path.relative(root, file));
  if (files.length > 0) return { files };
  const options = args.findIndex((arg) => arg.startsWith('-'));
  const named = options > 0 ? args.slice(0, options) : args;
  return { problem: `no test file matches ${named.join(' ')}` };
}

/** Results for each file that ran. `problem` is set if Jest ended before it had run all of them. */
export async function runTests(args, { cleanUps }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pushbutton-results-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  const results = path.join(folder, 'results');
  const times = path.join(folder, 'times');
  const env = {
    ...process.env,
    PUSHBUTTON_TEST_RESULTS: results,
    PUSHBUTTON_TEST_TIMES: times,
    PUSHBUTTON_TEST_IS_SET_UP: '1',
  };
  const ended = await run([...V8, JEST, ...args, '--verbose=false', `--reporters=${reporter}`], {
    shown: true,
    env,
  });
  const lines = linesOf(results);
  const used = new Map(linesOf(times).map(({ path: file, processor }) => [nameOf(file), processor / 1_000]));
  const files = lines.filter(({ name }) => name).map((one) => ({ ...one, processor: used.get(one.name) }));
  const complete = lines.some((line) => line.complete);
  return { files, problem: complete ? undefined : `Jest ended before all tests had run (${ended.how})`, ok: ended.ok };
}

function linesOf(file) {
  try {
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

const nameOf = (file) => path.relative(root, file).split(path.sep).join('/');
