// Checks that the temporary folder has room for the databases of a run.
import { accessSync, constants, statfsSync } from 'node:fs';
import os from 'node:os';

const MB = 1024 * 1024;
/** A server needs 80 MB at its start and 200 MB in a full run, and tests of the demo start servers of their own beside it. */
export const MB_FOR_ALL = 1000;
export const MB_FOR_SOME = 250;

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
