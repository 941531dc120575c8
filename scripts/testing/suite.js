// A run of tests from the start to the summary: finds the files, checks that they can run here, sets up what they need while
// the checks run, runs the tests and prints the summary.
import { writeFileSync } from 'node:fs';
import { compile, folderOfBuild } from '../../test/support/set-up/build.js';
import { translate } from '../../test/support/set-up/code.js';
import { startDatabase } from '../../test/support/set-up/database.js';
import { problemOfServer } from '../../test/support/set-up/given-server.js';
import { needsOf } from '../../test/support/set-up/needs.js';
import { isStopping, stopAll } from '../../test/support/set-up/processes.js';
import { MB_FOR_ALL, MB_FOR_SOME, problemOfRoom } from '../../test/support/set-up/room.js';
import { CannotRun, cleanUp, newRun, postmasterOf, stopWhenKilled } from '../../test/support/set-up/run.js';
import { startChecks } from './checks.js';
import { findTests, runTests } from './jest.js';
import { countsOf, lineOfTimes, repeatOf, slowestOf, timesOf } from './summary.js';

/** More files than these need as much room as the whole suite. */
const SOME_FILES = 40;

/**
 * `parts` are lists of arguments for Jest, run one after the other. `command` repeats a file when its name is added. `leftOut`
 * says what does not run. Returns the results of the files, and sets the exit code.
 */
export async function runSuite({ parts, command, leftOut = [], checks = false, slowest = 5, results }) {
  const found = await Promise.all(parts.map(findTests));
  const nothing = found.find(({ problem }) => problem);
  if (nothing) return refuse(nothing.problem);
  const chosen = found.flatMap(({ files }) => files);
  const needs = needsOf(chosen);
  const problem = needs.database && (await problemOfPlace(chosen));
  if (problem) return refuse(problem);

  const run = newRun();
  stopWhenKilled(run);
  try {
    const checking = await prepare(run, needs, checks);
    const { files, problems } = await runParts(run, parts);
    const failures = [...(await checking.failures), ...problems];
    const times = timesOf(files, postmasterOf(run));
    tell({ files, failures, times, command, leftOut, slowest });
    if (results) writeFileSync(results, JSON.stringify({ files, failures, ...times, ...countsOf(files) }));
    return files;
  } catch (error) {
    // Stopping the run has taken the database away.
    if (isStopping()) return [];
    if (!(error instanceof CannotRun)) throw error;
    await stopAll();
    return refuse(error.message);
  } finally {
    await cleanUp(run);
  }
}

/** A run that is impossible prints one line. */
function refuse(problem) {
  console.error(`tests: ${problem}`);
  process.exitCode = 1;
  return [];
}

function problemOfPlace(files) {
  const given = process.env.TEST_DATABASE_URL;
  return given ? problemOfServer(given) : problemOfRoom(files.length > SOME_FILES ? MB_FOR_ALL : MB_FOR_SOME);
}

/** Sets up what the tests need. The checks may take longer: returns a promise of one line for each that fails. */
async function prepare(run, needs, checks) {
  const build = needs.build && !process.env.PUSHBUTTON_TEST_BUILD ? folderOfBuild(run) : undefined;
  const checking = checks ? startChecks(build) : { failures: Promise.resolve([]) };
  await translate(run);
  await Promise.all([build && (checking.built ?? compile(build)), needs.database && startDatabase(run)]);
  if (build) process.env.PUSHBUTTON_TEST_BUILD = build;
  return { failures: checking.failures };
}

/** `problems` are failures that no result of a test shows. */
async function runParts(run, parts) {
  const all = [];
  const problems = [];
  for (const part of parts) {
    const { files, problem, ok } = await runTests(part, run);
    all.push(...files);
    const { passed, failed } = countsOf(files);
    if (problem) problems.push(`tests: ${problem}`);
    else if (passed + failed === 0) problems.push(`tests: no test matches ${part.join(' ')}`);
    else if (!ok && failed === 0) problems.push('tests: Jest failed, but no test did');
  }
  return { files: all, problems };
}

function tell({ files, failures, times, command, leftOut, slowest }) {
  console.log(`\n== summary\n${lineOfTimes(files, times)}`);
  if (files.length > 1) console.log(['the slowest files:', ...slowestOf(files, slowest)].join('\n'));
  for (const what of leftOut) console.log(`left out: ${what}`);
  for (const what of failures) console.log(`failed: ${what}`);
  for (const again of repeatOf(files, command)) console.log(`failed, to repeat: ${again}`);
  const { passed, failed, skipped } = countsOf(files);
  console.log(`tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failures.length > 0 || failed > 0) process.exitCode = 1;
}
