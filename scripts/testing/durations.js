// Keeps the seconds that each test file took. test/support/jest/sequencer.cjs sorts by them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../test/support/set-up/processes.js';

const kept = path.join(root, 'test/support/jest/durations.json');

/** Only files that passed; the others keep what they have, and files that are gone lose it. */
export function keepDurations(files) {
  const before = Object.entries(JSON.parse(readFileSync(kept, 'utf8')));
  const measured = files
    .filter(({ broken, failed }) => !broken && failed.length === 0)
    .map(({ name, wall }) => [name, Number(wall.toFixed(1))]);
  const all = Object.entries(Object.fromEntries([...before, ...measured]));
  const there = all.filter(([name]) => existsSync(path.join(root, name))).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(kept, `${JSON.stringify(Object.fromEntries(there), null, 2)}\n`);
}
