import type pg from 'pg';
import { PAUSES } from '../../src/core/pauses.js';
import { channelsToLookAt, noteShared } from '../../src/db/channels.js';
import { newsOf } from '../../src/db/fault-news.js';
import { noteFaultOf } from '../../src/db/faults.js';
import { createPool } from '../../src/db/pool.js';
import { tellLastingFaults } from '../../src/jobs/fault-news.js';
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

const look = async () => {
  await pool.query("update turns set next_at = now() where name = 'faults'");
  expect(await tellLastingFaults(pool, ['U0OPS', 'U0DAVE'], PAUSES)).toBe(true);
};
const jobs = async () =>
  (
    await pool.query<{ payload: { operator: string; names: string[] } }>(
      "select payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'tell faults' order by j.id",
    )
  ).rows.map(({ payload }) => payload);
const minutesPass = (minutes: number) =>
  pool.query('update fault_news set since = since - $1::interval', [`${minutes} minutes`]);

test('an outage that is seen by two hundred lists is one message to each operator', async () => {
  const names = Array.from({ length: 200 }, (_, n) => `repository acme-industries/service-${n}, workflow staging.yml`);
  for (const name of names) await noteFaultOf(pool, name, 'GitHub does not answer (TimeoutError)');
  await look();
  expect(await jobs()).toEqual([]);
  await minutesPass(3);
  await look();
  const told = await jobs();
  expect(told.map(({ operator }) => operator).sort()).toEqual(['U0DAVE', 'U0OPS']);
  // As many as readiness names.
  expect(told[0]?.names).toHaveLength(100);
  await look();
  expect(await jobs()).toHaveLength(2);
  expect(await newsOf(pool, names)).toHaveLength(100);
});

test('what is over by the time that it would be told is not told of', async () => {
  await noteFaultOf(pool, 'channel C0SHOP', 'not_in_channel');
  await look();
  await minutesPass(3);
  await look();
  await noteFaultOf(pool, 'channel C0SHOP', null);
  expect(await newsOf(pool, ['channel C0SHOP'])).toEqual([]);
});

test('channels that Slack does not show keep no other from being looked at', async () => {
  const channels = Array.from({ length: 12 }, (_, n) => `C0${n}`);
  const first = await channelsToLookAt(pool, channels, 300_000, 10);
  for (const channel of first) await noteShared(pool, channel, null);
  const then = await channelsToLookAt(pool, channels, 300_000, 10);
  expect([...first, ...then].sort()).toEqual([...channels].sort());
  for (const channel of then) await noteShared(pool, channel, true);
  expect(await channelsToLookAt(pool, channels, 300_000, 10)).toEqual([]);
  await noteShared(pool, then[0] ?? '', null);
  const { rows } = await pool.query('select 1 from channels where shared');
  expect(rows).toHaveLength(2);
});
