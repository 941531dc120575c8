import type pg from 'pg';
import { createPool } from '../../src/db/pool.js';
import { addJob } from '../../src/db/queue.js';
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

const key = 'describe:shop:abc';
const add = (tries: number, unlessWaiting: boolean) =>
  addJob(pool, 'describe', { service: 'shop', sha: 'abc', tries }, { key, afterMs: 60_000, unlessWaiting });
const jobs = async () => {
  const { rows } = await pool.query(
    "select (payload->>'tries')::int as tries, attempts from graphile_worker._private_jobs order by id",
  );
  return rows;
};

test('a job that the sweep finds waiting keeps the number of its tries, so that it gives up one day', async () => {
  await add(3, false);
  await pool.query('update graphile_worker._private_jobs set attempts = 2');
  await add(0, true);
  expect(await jobs()).toEqual([{ tries: 3, attempts: 2 }]);
  await add(4, false);
  expect(await jobs()).toEqual([{ tries: 4, attempts: 0 }]);
});

test('beside a job that runs another is added, and one that has failed for good is tried again', async () => {
  await add(3, false);
  await pool.query("update graphile_worker._private_jobs set locked_at = now(), locked_by = 'another'");
  await add(0, true);
  expect(await jobs()).toHaveLength(2);
  await pool.query('update graphile_worker._private_jobs set locked_at = null, attempts = max_attempts');
  await add(1, true);
  expect((await jobs()).at(-1)).toEqual({ tries: 1, attempts: 0 });
});
