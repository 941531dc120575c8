import type pg from 'pg';
import { digestOf } from '../../src/db/digest-of.js';
import { createPool } from '../../src/db/pool.js';
import { statusesOf } from '../../src/db/reports.js';
import { underWayIn } from '../../src/db/under-way.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

/** What is read of all services at once says the same as what is read of each. */

const SERVICES = 150;
const DAY_MS = 86_400_000;
let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool(database.url);
  await services();
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Always the same, so that a failure repeats. */
let seed = 7;
function chance(most: number): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return Math.floor((seed / 2 ** 31) * most);
}
const oneOf = <T>(all: readonly T[]): T => all[chance(all.length)] as T;
const names = Array.from({ length: SERVICES }, (_, n) => `service-${n}`);
const insert = async (table: string, row: Record<string, unknown>): Promise<number> => {
  const keys = Object.keys(row);
  const { rows } = await pool.query<{ id: number }>(
    `insert into ${table} (${keys.join(', ')}) values (${keys.map((_, n) => `$${n + 1}`).join(', ')}) returning *`,
    Object.values(row),
  );
  return rows[0]?.id ?? 0;
};

/** Each with some changes, deployments of them that stand in any state, and now and then a run outside Pushbutton. */
async function services(): Promise<void> {
  const [now, old] = [new Date(), new Date(Date.now() - 3 * DAY_MS)];
  let run = 0;
  for (const [n, service] of names.entries()) {
    await insert('services', { name: service, watched_since: old });
    const changes: { id: number; sha: string }[] = [];
    for (let number = 1; number <= chance(5); number += 1) {
      run += 1;
      const sha = run.toString(16).padStart(40, '0');
      const staging = {
        staging_status: oneOf(['passed', 'passed', 'failed']),
        staging_run_id: run,
        staging_attempt: 1,
      };
      const told = {
        staging_url: 'url',
        staging_started_at: old,
        staging_finished_at: old,
        title: 'Title',
        author: 'octo',
      };
      changes.push({ sha, id: await insert('changes', { service, sha, run_number: number, ...staging, ...told }) });
    }
    const live: number[] = [];
    const under = new Set<string>();
    let active = false;
    for (let count = changes.length === 0 ? 0 : chance(5); count > 0; count -= 1) {
      run += 1;
      const { id: change_id, sha } = oneOf(changes);
      const status = oneOf(['live', 'live', 'failed', 'waiting', 'queued', 'deploying', 'withdrawn', 'rejected']);
      const isUnder = ['waiting', 'queued', 'deploying'].includes(status);
      if (isUnder && (under.has(sha) || (active && status === 'deploying'))) continue;
      const sent = ['live', 'failed', 'deploying'].includes(status)
        ? { sent_at: now, dispatching_at: now, run_id: run, run_url: 'url', run_attempt: 1, run_started_at: now }
        : {};
      const ended = isUnder ? {} : { ended_at: oneOf([old, now]) };
      const more = { override_reason: chance(8) === 0 ? 'urgent' : null, expires_at: new Date(Date.now() + DAY_MS) };
      const asked = { kind: 'deploy', status, requested_by: 'U0ALICE', requested_at: old, queued_at: old };
      const row = { deploy_id: `pb-${run}`, service, change_id, sha, ...asked, ...sent, ...ended, ...more };
      const id = await insert('deployments', row);
      if (isUnder) under.add(sha);
      if (status === 'deploying') active = true;
      if (status === 'live') live.push(id);
    }
    if (live.length > 0)
      await pool.query('update services set live_deployment_id = $2, live_since = now() where name = $1', [
        service,
        oneOf(live),
      ]);
    if (chance(4) > 0) continue;
    const outside = {
      run_id: 900_000 + n,
      attempt: 1,
      status: 'completed',
      conclusion: 'success',
      url: 'url',
      actor: 'eve',
    };
    await insert('outside_runs', { service, ...outside, started_at: oneOf([old, now]) });
    if (chance(2) === 0)
      await pool.query('update services set outside_run_id = $2 where name = $1', [service, outside.run_id]);
  }
}

test('what goes on in all is what goes on in each', async () => {
  const statuses = await statusesOf(
    pool,
    names.map((name) => ({ name, repository: 'acme/shop', mode: 'button', freezes: [], stages: [], timezone: 'UTC' })),
  );
  const each = statuses.flatMap(({ service, active, queue, asks, waiting }) =>
    active || queue.length > 0 || asks.length > 0 || waiting
      ? [{ service, active: active ? 1 : 0, queued: queue.length, waiting: waiting !== null }]
      : [],
  );
  const all = await underWayIn(pool, names);
  const sorted = (some: typeof all) => [...some].sort((a, b) => a.service.localeCompare(b.service));
  expect(sorted(all)).toEqual(sorted(each));
  // Each of them is there, or the comparison says nothing.
  for (const kind of ['active', 'queued', 'waiting'] as const) expect(all.some((one) => one[kind])).toBe(true);
  expect(statuses.some((one) => one.live.is === 'outside' && one.waiting)).toBe(true);
  expect(statuses.some((one) => one.asks.length > 0)).toBe(true);
});

test('a digest of all services says of each what a digest of it alone says', async () => {
  const [since, until] = [new Date(Date.now() - DAY_MS), new Date(Date.now() + DAY_MS)];
  const all = await digestOf(pool, names, since, until, 2);
  for (const [index, name] of names.entries())
    expect(all[index]).toEqual((await digestOf(pool, [name], since, until, 1))[0]);
  const some = (what: (one: (typeof all)[number]) => number) => all.filter((one) => what(one) > 0).length;
  expect(some((one) => one.shipped.count)).toBeGreaterThan(10);
  expect(some((one) => one.failed.count)).toBeGreaterThan(3);
  expect(some((one) => one.waiting.count)).toBeGreaterThan(10);
  expect(some((one) => one.underWay.length)).toBeGreaterThan(10);
});
