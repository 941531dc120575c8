// Finds what killed runs have left: their folders have the ids of their processes in their names.
import { readdirSync } from 'node:fs';

export function isDead(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** The names in a folder; none if it cannot be read. */
export function readNames(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
