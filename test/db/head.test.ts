import type pg from 'pg';
import { createPool } from '../../src/db/pool.js';
import { readNamed } from '../../src/db/service-state.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { aChange, aDeployment } from './releases-of.js';

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

test('of two that were queued in one millisecond, the change that is read is that of the head', async () => {
  const first = await aDeployment(pool, await aChange(pool, 1), 1);
  const second = await aDeployment(pool, await aChange(pool, 2), 2);
  const queuedAt = (id: number, at: string) =>
    pool.query('update deployments set queued_at = $2 where id = $1', [id, at]);
  await queuedAt(first, '2026-01-01 00:00:00.000900+00');
  await queuedAt(second, '2026-01-01 00:00:00.000100+00');
  const { state, change } = await readNamed(pool, 'shop', { head: true });
  expect(state.queue[0]?.id).toBe(first);
  expect(change?.id).toBe(state.queue[0]?.changeId);
});

test('one that is queued for a time is no head before it, and then goes behind what was ready before', async () => {
  const first = await aDeployment(pool, await aChange(pool, 1), 1);
  const second = await aDeployment(pool, await aChange(pool, 2), 2);
  const head = async () => {
    const { state, change } = await readNamed(pool, 'shop', { head: true });
    expect(change?.id).toBe(state.queue[0]?.changeId);
    return [state.queue.map(({ id }) => id), state.scheduled.map(({ id }) => id)];
  };
  const startAt = (interval: string) =>
    pool.query('update deployments set start_at = clock_timestamp() + $2::interval where id = $1', [first, interval]);
  const queuedEarlier = (id: number, interval: string) =>
    pool.query('update deployments set queued_at = queued_at - $2::interval where id = $1', [id, interval]);
  await queuedEarlier(first, '1 hour');
  expect(await head()).toEqual([[first, second], []]);
  await startAt('1 hour');
  expect(await head()).toEqual([[second], [first]]);
  await queuedEarlier(second, '1 minute');
  await startAt('-1 second');
  expect(await head()).toEqual([[second, first], []]);
  await startAt('-1 hour');
  expect(await head()).toEqual([[first, second], []]);
});
