import pg from 'pg';
import { openCard } from '../../src/db/cards.js';
import { claimSend, deploymentById, deploymentByKey } from '../../src/db/deployments.js';
import { takeDigestSlot } from '../../src/db/digests.js';
import { endDeployment } from '../../src/db/end-deployment.js';
import { takeIn } from '../../src/db/inbox.js';
import { createPool, transaction } from '../../src/db/pool.js';
import { readService } from '../../src/db/service-state.js';
import { lockService } from '../../src/db/services.js';
import { queueAgain, toDeploying, toDispatching, toUnknown } from '../../src/db/transitions.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { aChange, aDeployment, shaOf } from './releases-of.js';

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

/** The name of the constraint that refuses it. */
const refusedBy = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'taken',
    (error: unknown) => (error instanceof pg.DatabaseError ? (error.constraint ?? error.message) : String(error)),
  );
const run = (id: number) => ({ id, url: 'https://github.test', attempt: 1, startedAt: new Date() });

test('one active deployment per service, whichever way two replicas race', async () => {
  const ids = await Promise.all([1, 2, 3].map(async (n) => aDeployment(pool, await aChange(pool, n), n)));
  const ends = await Promise.all(ids.map((id) => refusedBy(toDispatching(pool, id, null))));
  expect(ends.sort()).toEqual(['one_active_deployment_per_service', 'one_active_deployment_per_service', 'taken']);
  const other = await aDeployment(pool, await aChange(pool, 1, 'site'), 1, 'site');
  expect(await refusedBy(toDispatching(pool, other, null))).toBe('taken');
});

test('one deployment under way per SHA, and one per run', async () => {
  const change = await aChange(pool, 1);
  const first = await aDeployment(pool, change, 1);
  expect(await refusedBy(aDeployment(pool, change, 1))).toBe('one_deployment_under_way_per_sha');
  await toDispatching(pool, first, null);
  await toDeploying(pool, first, run(5));
  await endDeployment(pool, first, 'failed', null, null);
  const second = await aDeployment(pool, change, 1);
  await toDispatching(pool, second, null);
  expect(await refusedBy(toDeploying(pool, second, run(5)))).toBe('one_deployment_per_run');
});

test('one card per change: opening it twice, also at once, is opening it once', async () => {
  const change = await aChange(pool, 1);
  const open = () => transaction(pool, (tx) => openCard(tx, change, 'shop', 'C0SHOP'));
  await Promise.all([open(), open(), open()]);
  expect((await pool.query('select channel from cards')).rows).toEqual([{ channel: 'C0SHOP' }]);
  const again = pool.query("insert into cards (change_id, service, channel) values ($1, 'shop', 'C0OTHER')", [change]);
  expect(await refusedBy(again)).toBe('cards_pkey');
  const twin = pool.query(
    `insert into changes (service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_url,
       staging_started_at, title, author)
     select service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_url, staging_started_at,
       title, author from changes`,
  );
  expect(await refusedBy(twin)).toBe('one_card_per_change');
});

test('one inbox row per key: a replay leaves no trace, alone or among others', async () => {
  const incoming = (key: string) => ({ key, command: { type: 'start next', service: 'shop' } as const, reply: null });
  expect(await takeIn(pool, [incoming('a')])).toBe(1);
  expect(await takeIn(pool, [incoming('a'), incoming('b'), incoming('a')])).toBe(1);
  const both = await Promise.all([takeIn(pool, [incoming('c')]), takeIn(pool, [incoming('c')])]);
  expect(both.sort()).toEqual([0, 1]);
  expect((await pool.query('select key from inbox order by key')).rows.map((row) => row.key)).toEqual(['a', 'b', 'c']);
  const bare = pool.query("insert into inbox (key, command) values ('a', '{}')");
  expect(await refusedBy(bare)).toBe('one_inbox_row_per_key');
});

test('one digest per channel and slot, with one job; none for a slot that has not come', async () => {
  const [slot, later] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
  const take = (at: Date) => transaction(pool, (tx) => takeDigestSlot(tx, at, ['C0SHOP', 'C0RELEASES']));
  const taken = await Promise.all([take(slot), take(slot), take(slot)]);
  expect(taken.sort()).toEqual([0, 0, 2]);
  expect(await take(later)).toBe(0);
  const jobs = await pool.query("select key from graphile_worker.jobs where task_identifier = 'digest' order by key");
  expect(jobs.rows.map((row) => row.key)).toEqual(
    ['C0RELEASES', 'C0SHOP'].map((channel) => `digest:${channel}:${slot.toISOString()}`),
  );
  const bare = pool.query("insert into digests (channel, slot) values ('C0SHOP', $1)", [slot]);
  expect(await refusedBy(bare)).toBe('one_digest_per_channel_and_slot');
});

test.each(['live', 'failed', 'rejected', 'withdrawn', 'expired', 'cancelled'])('%s is final', async (status) => {
  const id = await aDeployment(pool, await aChange(pool, 1), 1);
  await pool.query('update deployments set status = $2, ended_at = now() where id = $1', [id, status]);
  for (const next of ['queued', 'deploying', 'lost', 'live', 'failed', 'cancelled'].filter((one) => one !== status)) {
    const change = pool.query('update deployments set status = $2 where id = $1', [id, next]);
    expect(await refusedBy(change)).toBe('ended_status_is_final');
  }
  // What is told of it later is no new status.
  await pool.query("update deployments set reason = 'known later' where id = $1", [id]);
  await expect(endDeployment(pool, id, 'failed', null, null)).rejects.toThrow('changed after the decision');
});
test('lost is not final: its run may be found', async () => {
  const id = await aDeployment(pool, await aChange(pool, 1), 1);
  await toDispatching(pool, id, null);
  await toUnknown(pool, id);
  await endDeployment(pool, id, 'lost', 'no run found', null);
  await toDeploying(pool, id, run(5));
  expect(await deploymentById(pool, id)).toMatchObject({ status: 'deploying', run: { id: 5 } });
  await endDeployment(pool, id, 'live', null, null);
  expect(await deploymentById(pool, id)).toMatchObject({ status: 'live', reason: null });
});

test('the claim to send is had once, while it is fresh, and only while dispatching', async () => {
  const id = await aDeployment(pool, await aChange(pool, 1), 1);
  expect((await claimSend(pool, id, 10_000)).is).toBe('not dispatching');
  await toDispatching(pool, id, null);
  await pool.query("update deployments set dispatching_at = now() - interval '11 seconds'");
  expect((await claimSend(pool, id, 10_000)).is).toBe('stale');
  await pool.query('update deployments set dispatching_at = now()');
  const claims = await Promise.all(Array.from({ length: 5 }, () => claimSend(pool, id, 10_000)));
  expect(claims.map(({ is }) => is).sort()).toEqual(['claimed', 'taken', 'taken', 'taken', 'taken']);
  // A replica that was too slow says so late: it takes nothing back from the one that has sent meanwhile.
  await expect(queueAgain(pool, id, null, null, undefined)).rejects.toThrow('changed after the decision');
  await queueAgain(pool, id, null, 'github rate limit', undefined);
  expect((await claimSend(pool, id, 10_000)).is).toBe('not dispatching');
  await toDispatching(pool, id, null);
  expect((await claimSend(pool, id, 10_000)).is).toBe('claimed');
});

test('what a person shut after the checks keeps the request back, and break glass passes it', async () => {
  const change = await aChange(pool, 1);
  const id = await aDeployment(pool, change, 1);
  await toDispatching(pool, id, null);
  const shut = async (by: string, open: string) => {
    await pool.query(by);
    expect({ by, claim: (await claimSend(pool, id, 10_000)).is }).toEqual({ by, claim: 'stale' });
    await pool.query(open);
  };
  const row = (set: string) => `update services set ${set}`;
  const lock = (until: string) =>
    row(`lock_by = 'U1', lock_reason = 'Fair', lock_since = now(), lock_until = ${until}`);
  const unlock = row('lock_by = null, lock_reason = null, lock_since = null, lock_until = null');
  const stop = "update stop set stopped_by = 'U1', reason = 'Fire', since = now()";
  const hold = "update changes set hold_by = 'U1', hold_reason = 'Wrong', held_at = now()";
  const pause = row("paused_by = 'U1', paused_why = 'failed', paused_since = now()");
  await shut(lock('null'), unlock);
  await shut(lock("now() + interval '1 hour'"), unlock);
  await shut(stop, 'update stop set stopped_by = null, reason = null, since = null');
  await shut(hold, 'update changes set hold_by = null, hold_reason = null, held_at = null');
  await pool.query("update deployments set requested_by = 'pushbutton'");
  await shut(pause, "update deployments set requested_by = 'U2'");
  // Over by itself, a pause before what a person asked for, held back from deploying itself alone: nothing is shut.
  await pool.query(lock("now() - interval '1 second'"));
  await pool.query("update changes set hold_by = 'U1', held_at = now()");
  expect((await claimSend(pool, id, 10_000)).is).toBe('claimed');
  await pool.query(`update deployments set sent_at = null, override_reason = 'Shop is down'`);
  for (const one of [lock('null'), stop, hold]) await pool.query(one);
  expect((await claimSend(pool, id, 10_000)).is).toBe('claimed');
});

test('hours at a gate are no silence: that is counted from when the gate is open', async () => {
  const id = await aDeployment(pool, await aChange(pool, 1), 1);
  const waits = async () => {
    const { rows } = await pool.query<{ hours: number }>(
      'select round(extract(epoch from now() - waits_since) / 3600)::int as hours from deployments where id = $1',
      [id],
    );
    return rows[0]?.hours;
  };
  await queueAgain(pool, id, null, 'locked', { by: 'U0ALICE', reason: 'Fair' });
  await pool.query("update deployments set waits_since = now() - interval '3 hours' where id = $1", [id]);
  await queueAgain(pool, id, null, 'github', undefined);
  expect(await waits()).toBe(0);
  await pool.query("update deployments set waits_since = now() - interval '1 hour' where id = $1", [id]);
  await queueAgain(pool, id, null, 'slack', undefined);
  expect(await waits()).toBe(1);
});

test('a move from where the row is not throws, so that its transaction saves nothing', async () => {
  const id = await aDeployment(pool, await aChange(pool, 1), 1);
  await expect(toUnknown(pool, id)).rejects.toThrow('changed after the decision');
  await expect(queueAgain(pool, 999, null, null, undefined)).rejects.toThrow('changed after the decision');
  await expect(toDispatching(pool, 999, null)).rejects.toThrow('changed after the decision');
});

test('the row lock of a service makes decisions wait for each other, not those of another', async () => {
  await Promise.all([aChange(pool, 1), aChange(pool, 1, 'site')]);
  expect(await lockService(pool, 'none')).toBe(false);
  const order: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let locked = () => {};
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve;
  });
  const first = transaction(pool, async (tx) => {
    await lockService(tx, 'shop');
    locked();
    await held;
    order.push('first');
  });
  await isLocked;
  const second = transaction(pool, async (tx) => {
    await lockService(tx, 'shop');
    order.push('second');
  });
  await transaction(pool, async (tx) => {
    await lockService(tx, 'site');
    order.push('site');
  });
  release();
  await Promise.all([first, second]);
  expect(order).toEqual(['site', 'first', 'second']);
});

test('the queue is roll backs first, then the oldest', async () => {
  const ids = [];
  for (const n of [1, 2, 3]) ids.push(await aDeployment(pool, await aChange(pool, n), n));
  await pool.query("update deployments set kind = 'roll back' where id = $1", [ids[2]]);
  expect((await readService(pool, 'shop')).queue.map((one) => one.id)).toEqual([ids[2], ids[0], ids[1]]);
});

test.each(['', 'x', "'; drop table changes; --", shaOf(1), '0'.repeat(36)])('%j is no key of a button', async (key) => {
  expect(await deploymentByKey(pool, key)).toBeNull();
});

test('the gate that a deployment waited for ends when it waits for something else, not only when it starts', async () => {
  const id = await aDeployment(pool, await aChange(pool, 1), 1);
  const gated = async () => (await deploymentById(pool, id))?.gated;
  await queueAgain(pool, id, null, 'locked', { by: 'U0ALICE', reason: 'Fair' });
  expect(await gated()).toMatchObject({ gate: 'locked', by: 'U0ALICE', until: null });
  await queueAgain(pool, id, new Date(), 'github rate limit', undefined);
  const { until } = (await gated()) ?? {};
  expect(until).toBeInstanceOf(Date);
  await toDispatching(pool, id, null);
  expect((await gated())?.until).toEqual(until);
});
