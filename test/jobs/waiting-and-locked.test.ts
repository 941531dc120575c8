import type pg from 'pg';
import { addJob } from '../../src/db/add-jobs.js';
import { createPool } from '../../src/db/pool.js';
import { freeJobsOfTheDead, report } from '../../src/db/replicas.js';
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
    `select (payload->>'tries')::int as tries, attempts, run_at > clock_timestamp() as waits
     from graphile_worker._private_jobs order by id`,
  );
  return rows;
};

test('a job that the sweep finds waiting keeps its time and the number of its tries, so that it gives up one day', async () => {
  await add(3, false);
  await add(0, true);
  expect(await jobs()).toEqual([{ tries: 3, attempts: 0, waits: true }]);
  await add(4, false);
  expect(await jobs()).toEqual([{ tries: 4, attempts: 0, waits: true }]);
});

test('a job that has failed does not wait for the queue to try it again: the sweep has it run now', async () => {
  for (const attempts of [2, 25]) {
    await add(3, false);
    await pool.query('update graphile_worker._private_jobs set attempts = $1', [attempts]);
    await addJob(pool, 'describe', { service: 'shop', sha: 'abc', tries: 0 }, { key, unlessWaiting: true });
    expect((await jobs()).at(-1)).toEqual({ tries: 0, attempts: 0, waits: false });
  }
});

test('another job is added beside one that runs', async () => {
  await add(3, false);
  await pool.query("update graphile_worker._private_jobs set locked_at = now(), locked_by = 'another'");
  await add(0, true);
  expect(await jobs()).toHaveLength(2);
});

/** As a replica does every second; whether it has freed jobs. */
async function beat(id: string): Promise<boolean> {
  await report(pool, [id], 5_000);
  return freeJobsOfTheDead(pool, [id], 5_000);
}

const lockedBy = async () => (await pool.query('select locked_by from graphile_worker._private_jobs')).rows;
const lock = (by: string, seconds: number) =>
  pool.query("update graphile_worker._private_jobs set locked_by = $1, locked_at = now() - $2 * interval '1 second'", [
    by,
    seconds,
  ]);

/** As if so much time had passed in which each worker reported every second. */
const reported = (seconds: number) =>
  pool.query("update replicas set heard_since = heard_since - $1 * interval '1 second'", [seconds]);

test.each([
  ['the database was away for a minute', -1],
  ['its clock went back by a minute', 1],
])('nobody is taken for dead because %s: each replica reports again first', async (_, sign) => {
  await add(0, false);
  await lock('other', 2);
  await beat('own');
  await beat('other');
  await reported(60);
  await pool.query("update replicas set seen_at = seen_at + $1 * interval '1 minute'", [sign]);
  // Several may have been on their way.
  for (let n = 0; n < 3; n += 1) expect(await beat('own')).toBe(false);
  await reported(4);
  expect(await beat('own')).toBe(false);
  expect(await lockedBy()).toEqual([{ locked_by: 'other' }]);
  // One that was sent before the silence and arrives after it judges nobody.
  await reported(60);
  await pool.query("update replicas set seen_at = seen_at + $1 * interval '1 minute'", [sign]);
  expect(await freeJobsOfTheDead(pool, ['own'], 5_000)).toBe(false);
  await beat('own');
  await reported(4);
  expect(await beat('own')).toBe(false);
  // It has had its time to report, and has not.
  await reported(1);
  expect(await beat('own')).toBe(true);
  expect(await lockedBy()).toEqual([{ locked_by: null }]);
});

test('a replica that has just started takes nobody for dead: the database may have been away until now', async () => {
  await add(0, false);
  await lock('other', 60);
  await beat('other');
  await pool.query("update replicas set seen_at = seen_at - interval '6 seconds'");
  expect(await beat('own')).toBe(false);
  await beat('other');
  await reported(5);
  expect(await beat('own')).toBe(false);
  expect(await lockedBy()).toEqual([{ locked_by: 'other' }]);
});

test('a job of a worker that died before it had reported once is freed as soon as that of any other', async () => {
  await add(0, false);
  await beat('alive');
  await beat('own');
  await reported(5);
  // It may be about to report.
  await lock('just started', 1);
  expect(await beat('own')).toBe(false);
  // Long jobs of those who report stay theirs.
  for (const id of ['alive', 'own']) {
    await lock(id, 60);
    expect(await beat('own')).toBe(false);
    expect(await lockedBy()).toEqual([{ locked_by: id }]);
  }
  await lock('never seen', 6);
  expect(await beat('own')).toBe(true);
  expect(await lockedBy()).toEqual([{ locked_by: null }]);
});

test('whether another has fallen silent is told with the report', async () => {
  await beat('other');
  await beat('own');
  expect(await report(pool, ['own'], 5_000)).toBe(false);
  await pool.query("update replicas set seen_at = seen_at - interval '6 seconds' where id = 'other'");
  expect(await report(pool, ['own'], 5_000)).toBe(true);
});
