// Runs once before the tests: compiles the program and starts the database server, if the chosen files need them. Does nothing
// when scripts/ has done that already.

import { compile, folderOfBuild } from './set-up/build.js';
import { translate } from './set-up/code.js';
import { startDatabase } from './set-up/database.js';
import { problemOfServer } from './set-up/given-server.js';
import { needsOf } from './set-up/needs.js';
import { MB_FOR_SOME, problemOfRoom } from './set-up/room.js';
import { CannotRun, cleanUp, newRun, stopWhenKilled } from './set-up/run.js';

export default async function setUp() {
  const run = newRun();
  globalThis.pushbuttonTestRun = run;
  if (process.env.PUSHBUTTON_TEST_IS_SET_UP) return;
  stopWhenKilled(run);
  try {
    // Set by sequencer.cjs.
    const needs = needsOf(globalThis.pushbuttonTestFiles);
    if (needs.database) await lookAtPlace();
    const build = needs.build && !process.env.PUSHBUTTON_TEST_BUILD && folderOfBuild(run);
    await translate(run);
    await Promise.all([build && compile(build), needs.database && startDatabase(run)]);
    if (build) process.env.PUSHBUTTON_TEST_BUILD = build;
  } catch (error) {
    // Jest calls no teardown when the set-up fails. It would also print a stack trace.
    await cleanUp(run).catch(console.error);
    console.error(error instanceof CannotRun ? `tests: ${error.message}` : error);
    process.exit(1);
  }
}

async function lookAtPlace() {
  const url = process.env.TEST_DATABASE_URL;
  const problem = url ? await problemOfServer(url) : problemOfRoom(MB_FOR_SOME);
  if (problem) throw new CannotRun(problem);
}
