// Keeps the seconds that each test file took, and those of processor time. test/support/jest/sequencer.cjs sorts by them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../test/support/set-up/processes.js';

const kept = path.join(root, 'test/support/jest/durations.json');

/** Only files that passed; the others keep what they have, and files that are gone lose it. */
export function keepDurations(files) {
  const before = Object.entries(JSON.parse(readFileSync(kept, 'utf8')));
  const measured = files
    .filter(({ broken, failed, processor }) => !broken && failed.length === 0 && processor !== undefined)
    .map(({ name, wall, processor }) => [name, [tenths(wall), tenths(processor)]]);
  const all = Object.entries(Object.fromEntries([...before, ...measured]));
  const there = all.filter(([name]) => existsSync(path.join(root, name))).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = there.map(([name, [wall, processor]]) => `  ${JSON.stringify(name)}: [${wall}, ${processor}]`);
  writeFileSync(kept, `{\n${lines.join(',\n')}\n}\n`);
}

const tenths = (seconds) => Number(seconds.toFixed(1));
