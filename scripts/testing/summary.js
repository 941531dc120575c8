// The figures at the end of a run of tests, the slowest files, and the commands that repeat what failed.
import { existsSync } from 'node:fs';
import { processorTime, processorTimeOfTree } from '../../test/support/jest/processor-time.cjs';

/** How many tests passed, failed and were skipped. A file that broke counts as a failed test. */
export function countsOf(files) {
  const sum = (of) => files.reduce((all, file) => all + of(file), 0);
  return {
    passed: sum((file) => file.passed),
    failed: sum((file) => file.failed.length + (file.broken ? 1 : 0)),
    skipped: sum((file) => file.skipped),
  };
}

/** Seconds since this process started, and of processor time, including its children and the database server. */
export function timesOf(files, postmaster) {
  const database = postmaster ? processorTimeOfTree(postmaster) / 1_000 : 0;
  // Where the time of children cannot be read, the files have measured their own.
  const told = existsSync('/proc/self/stat') ? 0 : files.reduce((all, { processor = 0 }) => all + processor, 0);
  return { seconds: performance.now() / 1_000, processor: processorTime() / 1_000 + told + database, database };
}

export function lineOfTimes(files, { seconds, processor, database }) {
  const ofDatabase = database > 0 ? `, ${database.toFixed(1)} s of them in the database` : '';
  return `${count(files.length, 'file')} in ${seconds.toFixed(1)} s; ${processor.toFixed(1)} s of processor time${ofDatabase}`;
}

/** The slowest files, each with its processor time. */
export function slowestOf(files, number) {
  const slowest = [...files].sort((a, b) => b.wall - a.wall).slice(0, number);
  return slowest.map(
    ({ name, wall, processor = 0 }) => `${column(wall)} s,${column(processor)} s of processor time: ${name}`,
  );
}

/** For each failed test, the command that runs it alone. `command` is the part before the file. */
export function repeatOf(files, command) {
  return files.flatMap(({ name, failed, broken }) => [
    ...failed.map((test) => `${command} ${name} -t ${quoted(`^${escaped(test)}$`)}`),
    ...(broken ? [`${command} ${name}`] : []),
  ]);
}

const count = (number, what) => `${number} ${what}${number === 1 ? '' : 's'}`;
const column = (number) => number.toFixed(1).padStart(6);
const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
/** Quoted for a POSIX shell. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
