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

test('an import that is new is a new arrow, a room that others lead to has none of its own, and one without a row stands alone', () => {
  const drawn = (file: string, text: string) => withPicture(PAGE, [...SOURCES, [file, text]]);
  expect(drawn('src/core/new.ts', "import { wait } from '../waits/timeout.js';\n")).toContain('  core --> waits\n');
  const through = drawn('src/jobs/new.ts', "import { wait } from '../waits/timeout.js';\n");
  expect(through).not.toContain('  jobs --> waits\n');
  expect(drawn('src/moon/new.ts', "import '../db/pool.js';\n")).toContain('  moon --> db\n');
});
