// One run of tests: what it has started, and how that is ended, whatever ends the run.
import { readFileSync } from 'node:fs';
import { stopAll } from './processes.js';

/** Says in one line why no test can run here. */
export class CannotRun extends Error {}

export const newRun = () => ({
  name: `pushbutton_test_${process.pid}_${Date.now().toString(36)}`,
  cleanUps: [],
  postmaster: undefined,
});

/** Undoes everything that the run has started, the newest first. A failure does not stop it. */
export async function cleanUp(run) {
  const failures = [];
  for (const undo of run.cleanUps.splice(0)) {
    try {
      await undo();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'The test run could not be cleaned up');
}

/** Cleans up when the run is stopped by a signal. What still runs is ended first: it may use the database. */
export function stopWhenKilled(run) {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.once(signal, async () => {
      await stopAll();
      await cleanUp(run).finally(() => process.exit(code));
    });
  }
  // If the process ends in another way, there is no time to wait. SIGINT makes PostgreSQL shut down fast.
  process.once('exit', () => {
    const pid = postmasterOf(run);
    try {
      if (pid && run.cleanUps.length > 0) process.kill(pid, 'SIGINT');
    } catch {
      // It has already ended.
    }
  });
}

/** The process id of the database server that this run has started. */
export function postmasterOf(run) {
  try {
    return run.postmaster && Number(readFileSync(run.postmaster, 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
}
