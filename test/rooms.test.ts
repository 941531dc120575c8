import path from 'node:path';
import { withPicture } from '../scripts/rooms.js';
import { textOf } from './support/documents.js';
import { SRC, source } from './support/sources.js';

/** A stranger finds the room for a change on one page, and the page is true. */

const PAGE = textOf('docs/architecture.md');
const SOURCES = SRC.map((file) => [file, source(file)] as const);
const rows = [...PAGE.matchAll(/^\| `(src\/[^`]+)` \| ([^|]+) \| ([^|]+) \|$/gm)].map((row) => row.slice(1));

test('the picture shows what the rooms import now; if not: node scripts/architecture.js', () => {
  expect(withPicture(PAGE, SOURCES)).toBe(PAGE);
  expect(PAGE).toContain('  slack --> flow\n');
});

test('each room has one row, which says what is in it and who comes there; a file beside them, too', () => {
  const rooms = new Set(
    SRC.map((file) => (path.posix.dirname(file) === 'src' ? file : `${path.posix.dirname(file)}/`)),
  );
  expect(rows.map(([room]) => room).sort()).toEqual([...rooms].sort());
  expect(rows.filter(([, what, why]) => what?.trim() === '' || why?.trim() === '')).toEqual([]);
});

const drawnWith = (file: string, text: string) => withPicture(PAGE, [...SOURCES, [file, text]]);

test('a new import is a new arrow, but not to what the room is led to anyway', () => {
  expect(drawnWith('src/http/new.ts', "import { start } from '../jobs/chores.js';\n")).toContain('  http --> jobs\n');
  expect(drawnWith('src/jobs/new.ts', "import { pool } from '../db/pool.js';\n")).not.toContain('  jobs --> db\n');
});

test('a new room is drawn, and a room in a room is named there', () => {
  const drawn = drawnWith('src/moon/new.ts', "import '../db/pool.js';\n");
  expect(drawn).toContain('  moon["moon"]\n');
  expect(drawn).toContain('  moon --> db\n');
  expect(drawnWith('src/jobs/night/new.ts', '')).toContain('  jobs["jobs<br/>night"]\n');
});
