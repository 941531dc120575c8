// node scripts/test-loaded.js N [-- arguments of npm test]: runs the tests N times on a busy machine, to find tests that
// fail only when it is slow. Two processes keep two processors busy meanwhile. Fails if any test failed in any run.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** Ends by itself if this process was killed without a chance to end it. */
const BUSY = 'const parent = process.ppid; while (process.ppid === parent) for (let n = 0; n < 1e8; n += 1);';

const [number, separator, ...args] = process.argv.slice(2);
const runs = Number(number);
if (!Number.isInteger(runs) || runs < 1 || (separator !== undefined && separator !== '--')) {
  console.error('usage: node scripts/test-loaded.js N [-- arguments of npm test]');
  process.exit(1);
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'pushbutton-loaded-'));
const busy = [1, 2].map(() => spawn(process.execPath, ['-e', BUSY], { stdio: 'ignore' }));
let tests;
process.once('exit', () => {
  for (const child of busy) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.once(signal, () => {
    tests?.once('close', () => process.exit(code));
    tests?.kill(signal);
    if (!tests) process.exit(code);
  });
}

const bad = [];
const all = { passed: 0, failed: 0, skipped: 0 };
for (let run = 1; run <= runs; run += 1) {
  const { line, failed, counts } = await runTests();
  for (const kind of Object.keys(all)) all[kind] += counts?.[kind] ?? 0;
  console.log(`run ${run} of ${runs}: ${[line, ...failed].join('; ')}`);
  if (failed.length > 0) bad.push(`${failed.length} in run ${run}`);
}
console.log(bad.length > 0 ? `failed: ${bad.join(', ')}` : 'no test failed in any run');
console.log(`tests: ${all.passed} passed, ${all.failed} failed, ${all.skipped} skipped`);
process.exit(bad.length > 0 ? 1 : 0);

async function runTests() {
  const results = path.join(folder, 'results.json');
  rmSync(results, { force: true });
  tests = spawn(process.execPath, ['scripts/test.js', ...args, '--results', results], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [tests.stdout, tests.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
  }
  const code = await new Promise((resolve) => tests.once('close', resolve));
  tests = undefined;
  return read(results, code) ?? { line: 'no test ran', failed: [printed.trim()] };
}

/** The results of a run; undefined if it did not get that far. */
function read(file, code) {
  try {
    const { seconds, processor, passed, failed, skipped, files, failures } = JSON.parse(readFileSync(file, 'utf8'));
    const names = files.flatMap((one) => [
      ...one.failed.map((name) => `${one.name}: ${name}`),
      ...(one.broken ? [one.name] : []),
    ]);
    const line = `${seconds.toFixed(0)} s, ${processor.toFixed(0)} s of processor time, ${passed} passed, ${failed} failed`;
    const wrong = [...names, ...failures];
    if (wrong.length === 0 && code !== 0) wrong.push(`npm test ended with ${code}`);
    return { line, failed: wrong, counts: { passed, failed, skipped } };
  } catch {
    return undefined;
  }
}
