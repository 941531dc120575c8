import type pg from 'pg';
import { createCompare } from '../../src/commits/compare.js';
import type { FullComparison } from '../../src/db/comparisons.js';
import { createPool } from '../../src/db/pool.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let pool: pg.Pool;
beforeEach(async () => {
  database = await freshDatabase();
  pool = createPool(database.url);
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const shaOf = (n: number) => String(n).padStart(40, 'a');
const commit = (n: number) => ({ sha: shaOf(n), title: `Change ${n}`, author: 'octocat', url: '', pullRequest: null });
const ahead = (aheadBy: number, told = aheadBy): FullComparison => ({
  status: 'ahead',
  aheadBy,
  commits: Array.from({ length: told }, (_, n) => commit(n + 1)),
});

test('a comparison is asked of GitHub once, but one that told a part of its commits is asked again', async () => {
  const answers = [ahead(3, 1), ahead(3), ahead(3, 2)];
  let asked = 0;
  const compare = createCompare(pool, async () => answers[asked++] ?? 'unavailable');
  expect(await compare('acme/shop', shaOf(0), shaOf(3))).toEqual(ahead(3, 1));
  expect(await compare('acme/shop', shaOf(0), shaOf(3))).toEqual(ahead(3));
  expect(await compare('acme/shop', shaOf(0), shaOf(3))).toEqual(ahead(3));
  expect(asked).toBe(2);
});

test('more commits than are ever told are whole with the first thousand', async () => {
  let asked = 0;
  const compare = createCompare(pool, async () => (asked++ === 0 ? ahead(1_200, 1_000) : 'unavailable'));
  await compare('acme/shop', shaOf(0), shaOf(3));
  expect(await compare('acme/shop', shaOf(0), shaOf(3))).toMatchObject({ aheadBy: 1_200 });
  expect(asked).toBe(1);
});

test('what was just compared is known without the database; long comparisons, and all but the last fifty, are read there', async () => {
  let asked = 0;
  const compare = createCompare(pool, async (_, __, head) => {
    asked += 1;
    return head === shaOf(99) ? ahead(101) : ahead(1);
  });
  for (let n = 1; n <= 51; n += 1) await compare('acme/shop', shaOf(0), shaOf(n));
  await compare('acme/shop', shaOf(0), shaOf(99));
  // What is read now is nowhere but here.
  await pool.query('delete from comparisons');
  const before = asked;
  for (let n = 2; n <= 51; n += 1) expect(await compare('acme/shop', shaOf(0), shaOf(n))).toEqual(ahead(1));
  expect(asked).toBe(before);
  await compare('acme/shop', shaOf(0), shaOf(1));
  await compare('acme/shop', shaOf(0), shaOf(99));
  expect(asked).toBe(before + 2);
});
