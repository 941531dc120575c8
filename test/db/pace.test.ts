import type pg from 'pg';
import { PAUSES } from '../../src/core/pauses.js';
import { leaveTurn, restUpdates, takeSecond, takeTurn } from '../../src/db/pace.js';
import { createPool } from '../../src/db/pool.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

/** Turns and seconds are shared by all replicas. */

const HOUR_MS = 3_600_000;
/** Each second lasts an hour, so that none passes during a test. */
const LONG = { ...PAUSES, slack: { ...PAUSES.slack, post: HOUR_MS } };

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

const update = () => takeTurn(pool, 'chat.update', HOUR_MS);

test('a turn in which nothing was done goes to the next who asks', async () => {
  const mark = await update();
  expect(mark).not.toBeNull();
  expect(await update()).toBeNull();
  await leaveTurn(pool, 'chat.update', mark ?? '');
  expect(await update()).not.toBeNull();
  // It is no longer his to give.
  await leaveTurn(pool, 'chat.update', mark ?? '');
  expect(await update()).toBeNull();
});

test('a limit that Slack set in the meantime stays when a turn is given back', async () => {
  const mark = await update();
  await restUpdates(pool, 2 * HOUR_MS);
  await leaveTurn(pool, 'chat.update', mark ?? '');
  expect(await update()).toBeNull();
});

test('a second is taken in advance when it is near, and by nobody when it is not', async () => {
  const take = (nearMs: number) => takeSecond(pool, 'C0SHOP', nearMs, LONG);
  expect(await take(0)).toEqual({ is: 'taken', waitMs: 0 });
  const later = await take(0);
  expect(later).toEqual({ is: 'later', freeMs: expect.any(Number) });
  const ahead = await take(HOUR_MS);
  expect(ahead.is === 'taken' && ahead.waitMs).toBeGreaterThan(HOUR_MS / 2);
  // Now the one after it is two hours away.
  const next = await take(HOUR_MS);
  expect(next.is === 'later' && next.freeMs).toBeGreaterThan(HOUR_MS);
});
