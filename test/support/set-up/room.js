// Chooses a temporary folder for the databases of a run, and checks that it has room for them.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const MB = 1024 * 1024;
/** A server needs 80 MB at its start and 200 MB in a full run, and tests of the demo start servers of their own beside it. */
export const MB_FOR_ALL = 1000;
export const MB_FOR_SOME = 250;

const MEMORY = '/dev/shm';
/** Left to others when the tests use memory as their disk. */
const MB_TO_SPARE = 3000;

/** On Linux, puts the temporary files of the run into memory if there is plenty of it and nobody has set TMPDIR. */
export function keepInMemory() {
  if (process.env.TMPDIR || problemOfRoom(MB_FOR_ALL + MB_TO_SPARE, MEMORY)) return;
  if (availableMb() >= MB_FOR_ALL + MB_TO_SPARE && runsPrograms(MEMORY)) process.env.TMPDIR = MEMORY;
}

function availableMb() {
  try {
    return Number(/^MemAvailable: +(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** It may be mounted without the right to run programs, and some tests put some there. */
function runsPrograms(folder) {
  const own = mkdtempSync(path.join(folder, 'pushbutton-memory-'));
  try {
    const program = path.join(own, 'program');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    return spawnSync(program).status === 0;
  } finally {
    rmSync(own, { recursive: true });
  }
}

/** What is wrong with the folder, in one line; undefined if it has that many MB left. */
export function problemOfRoom(neededMb, folder = os.tmpdir()) {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(folder);
    const leftMb = Math.floor((bavail * bsize) / MB);
    if (leftMb >= neededMb) return undefined;
    return `${folder} has ${leftMb} MB left, and the tests' databases need ${neededMb} MB; free some space, or set TMPDIR to another folder`;
  } catch (error) {
    return `the temporary folder ${folder} cannot be used (${error.code}); set TMPDIR to another one`;
  }
}
