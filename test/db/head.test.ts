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
