import type pg from 'pg';
import type { PressOf } from '../../src/core/command.js';
import { openCard } from '../../src/db/cards.js';
import { claimInbox, takeIn } from '../../src/db/inbox.js';
import { createPool, transaction } from '../../src/db/pool.js';
import { redrawNextServices } from '../../src/db/save-outcome.js';
import { performStop } from '../../src/flow/stop.js';
import { NO_TRACING } from '../../src/tracing/tracing.js';
import { aChange, aDeployment } from '../db/releases-of.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { statementsSent } from '../support/statements.js';

/** What stops or resumes everything holds the row that all services share, so it must be short; the cards come after it. */

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

const STOP: PressOf<'stop'> = { type: 'stop', reason: 'Fire', by: { user: 'U0ALICE', team: 'T0TEAM' } };
const deps = (trace: string | null) => ({
  pool,
  tracing: { ...NO_TRACING, here: () => trace },
  gather: async () => ({ permission: { is: 'granted' as const } }),
  log: { info: () => {} },
  decided: () => {},
});

/** The change of a service, whose card is drawn, and open or not. */
async function aCard(service: string, channel: string, run: number, isOpen = true): Promise<number> {
  const id = await aChange(pool, run, service);
  await transaction(pool, (tx) => openCard(tx, id, service, channel));
  await pool.query('update cards set dirty_at = null, open = $2 where change_id = $1', [id, isOpen]);
  return id;
}
/** Has cards marked until nothing is left to mark; gives how many times that took. */
async function redrawAll(trace: string | null): Promise<number> {
  for (let times = 0; ; times += 1) {
    const [job] = await rows(
      `delete from graphile_worker._private_jobs where id = (
         select min(id) from graphile_worker._private_jobs where key like 'redraw everything:%') returning payload->>'after' as after`,
    );
    if (!job) return times;
    await redrawNextServices(pool, job.after as string, trace);
  }
}
const rows = async (text: string) => (await pool.query<Record<string, unknown>>(text)).rows;

test('a stop of many services sends no more statements than a stop of two', async () => {
  const add = async (from: number, to: number) => {
    for (let n = from; n <= to; n += 1) {
      const service = `service-${n}`;
      await aDeployment(pool, await aCard(service, `C0TEAM${n}`, n), n, service);
    }
  };
  const stop = async (command: Parameters<typeof performStop>[1]) => {
    const sent = statementsSent();
    await performStop(deps(null), command, null);
    return sent.stop();
  };
  await add(1, 2);
  const few = await stop(STOP);
  await add(3, 40);
  expect(await stop(STOP)).toEqual(few);
  expect(await stop({ type: 'resume all', by: STOP.by })).toHaveLength(few.length);
  expect(await rows("select key from graphile_worker.jobs where key like 'start:%'")).toHaveLength(40);
  expect(await rows('select from cards where dirty_at is not null')).toHaveLength(0);
  await redrawAll(null);
  expect(await rows('select from cards where dirty_at is not null')).toHaveLength(40);
});

test('of every service, the cards that may change are drawn, and what waits is looked at, once', async () => {
  const open = await aCard('shop', 'C0SHOP', 1);
  await aCard('shop', 'C0SHOP', 2, false);
  const newest = await aCard('shop', 'C0SHOP', 3, false);
  const other = await aCard('site', 'C0SITE', 4, false);
  await aDeployment(pool, other, 4, 'site');
  // Waits for its time, which the stop does not.
  await pool.query(
    "select graphile_worker.add_job('start next', '{\"service\": \"site\"}', job_key := 'start:site', run_at := '2100-01-01')",
  );
  await pool.query("select graphile_worker.add_job('draw', '{}', job_key := 'draw:C0SITE', run_at := '2000-01-01')");
  await takeIn(pool, [{ key: 'a', command: STOP, reply: null }]);
  const inboxId = (await claimInbox(pool, 1, 60_000))[0]?.id ?? 0;
  const reply = { channel: 'C0SHOP', user: 'U0ALICE', typed: true } as never;
  const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const from = { inboxId, service: null, reply, onCard: false };
  expect(await performStop(deps(trace), STOP, from)).toMatchObject({ kind: 'accepted' });
  expect(await redrawAll(trace)).toBe(1);

  expect(await rows('select change_id, traces from cards where dirty_at is not null order by change_id')).toEqual(
    [open, newest, other].map((change_id) => ({ change_id, traces: [trace] })),
  );
  const jobs = await rows(
    `select key, run_at, payload->>'service' as service, payload->>'channel' as channel, payload->'traces' as traces
     from graphile_worker.jobs j join graphile_worker._private_jobs p using (id, key, run_at) order by key collate "C"`,
  );
  const soon = expect.any(Date);
  const traces = [trace];
  expect(jobs).toEqual([
    { key: 'draw:C0SHOP', run_at: soon, service: null, channel: 'C0SHOP', traces: null },
    { key: 'draw:C0SITE', run_at: new Date('2000-01-01'), service: null, channel: 'C0SITE', traces: null },
    { key: `reply:${inboxId}`, run_at: soon, service: null, channel: null, traces },
    { key: 'start:site', run_at: soon, service: 'site', channel: null, traces },
  ]);
  expect(jobs.every(({ run_at }) => (run_at as Date).getTime() < Date.now() + 60_000)).toBe(true);
  expect(await rows('select kind, service from ledger')).toEqual([{ kind: 'stopped', service: null }]);

  // Once more for the same row of the inbox: nothing is left of it.
  expect(await performStop(deps(trace), STOP, from)).toEqual({ kind: 'nothing' });
  expect(await rows('select from ledger')).toHaveLength(1);
});

test('more services than are marked at once are marked one after the other, and another stop begins again', async () => {
  await pool.query(
    "insert into services (name) select 'service-' || to_char(n, 'fm0000') from generate_series(1, 450) n",
  );
  const last = await aCard('service-0450', 'C0LAST', 1);
  await performStop(deps(null), STOP, null);
  const waiting = async () =>
    (
      await rows(
        "select payload->>'after' as after from graphile_worker._private_jobs where key like 'redraw everything:%' order by 1",
      )
    ).map(({ after }) => after);
  expect(await waiting()).toEqual(['']);
  await pool.query("delete from graphile_worker._private_jobs where key like 'redraw everything:%'");
  await redrawNextServices(pool, '', null);
  await redrawNextServices(pool, 'service-0200', null);
  await performStop(deps(null), { type: 'resume all', by: STOP.by }, null);
  // None takes the place of another.
  expect(await waiting()).toEqual(['', 'service-0200', 'service-0400']);
  expect(await redrawAll(null)).toBeGreaterThanOrEqual(3);
  expect(await rows('select change_id from cards where dirty_at is not null')).toEqual([{ change_id: last }]);
});
