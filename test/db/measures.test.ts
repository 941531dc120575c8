import type pg from 'pg';
import { type Measured, periodOf } from '../../src/core/measures.js';
import { measured } from '../../src/db/measured.js';
import { createPool } from '../../src/db/pool.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

/**
 * Two weeks of releases, and what was computed of them by hand from the definitions in docs/digest.md. Times are UTC. The
 * week ends on Monday, 26 October 2026, 09:00 in Berlin, the day after its clocks went back: it has 169 hours.
 */

const UNTIL = new Date('2026-10-26T08:00Z');
const HOUR = 3_600_000;
const MINUTE = 60_000;

interface Row {
  readonly change: number;
  readonly kind?: 'retry' | 'roll back';
  readonly status: 'live' | 'failed' | 'lost' | 'cancelled' | 'rejected' | 'waiting';
  readonly ended: string;
  /** Minutes from the request to the last approval, where approvals are required. */
  readonly waited?: number;
  readonly override?: boolean;
  readonly refused?: boolean;
}

/** When each change was committed; change 7's time is not known. */
const COMMITTED = [
  [1, '2026-10-12T08:00Z'],
  [2, '2026-10-13T10:00Z'],
  [3, '2026-10-14T10:00Z'],
  [4, '2026-10-16T14:00Z'],
  [5, '2026-10-20T09:00Z'],
  [6, '2026-10-20T10:00Z'],
  [7, null],
  // By a machine whose clock was ahead.
  [8, '2026-10-24T00:00Z'],
  // At 01:30 on the Sunday on which 02:30 came twice.
  [9, '2026-10-24T23:30Z'],
] as const;

const SHOP: readonly Row[] = [
  // Nothing was live before: it brings its change alone, after 24 h.
  { change: 1, status: 'live', ended: '2026-10-13T08:00Z', waited: 30 },
  // Brings 2, which it superseded, after 26 h, and 3 after 2 h.
  { change: 3, status: 'live', ended: '2026-10-14T12:00Z' },
  // On a Friday afternoon.
  { change: 4, status: 'failed', ended: '2026-10-16T15:00Z' },
  // Here the last seven days begin. On Monday: restored after 65 h; 66 h after the commit.
  { change: 4, kind: 'retry', status: 'live', ended: '2026-10-19T08:00Z', waited: 10 },
  // Brings 5 after 3 h and 6 after 2 h, and is rolled back half an hour later.
  { change: 6, status: 'live', ended: '2026-10-20T12:00Z', waited: 20 },
  { change: 4, kind: 'roll back', status: 'live', ended: '2026-10-20T12:30Z' },
  // The same change again: a deployment that brings nothing new.
  { change: 6, status: 'live', ended: '2026-10-21T09:00Z', waited: 120 },
  // Nobody knows how long it took.
  { change: 7, status: 'live', ended: '2026-10-22T09:00Z', waited: 1, override: true },
  // A rollback that fails is no failed change, but production is broken until the next is live, 23 h later.
  { change: 6, kind: 'roll back', status: 'failed', ended: '2026-10-22T10:00Z' },
  { change: 7, kind: 'retry', status: 'failed', ended: '2026-10-22T11:00Z', refused: true },
  { change: 8, status: 'live', ended: '2026-10-23T09:00Z' },
  // At the second 02:30 of that Sunday, 2 h after its commit.
  { change: 9, status: 'live', ended: '2026-10-25T01:30Z' },
  { change: 9, status: 'lost', ended: '2026-10-25T02:00Z' },
  { change: 9, status: 'cancelled', ended: '2026-10-25T03:00Z' },
  { change: 9, status: 'rejected', ended: '2026-10-25T04:00Z', waited: 500 },
  { change: 9, status: 'waiting', ended: '2026-10-25T05:00Z', waited: 900 },
];
/** On the bounds: the first belongs to the week before, the second to this one. Nothing is known of its commits. */
const SITE: readonly Row[] = [
  { change: 1, status: 'live', ended: '2026-10-19T07:00Z' },
  { change: 2, status: 'live', ended: '2026-10-26T08:00Z' },
];

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool(database.url);
  await pool.query("insert into services (name) values ('shop'), ('site'), ('other')");
  await history('shop', SHOP, new Map(COMMITTED));
  await history('site', SITE, new Map());
  await history('other', SHOP, new Map());
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const shaOf = (change: number) => change.toString(16).padStart(40, '0');

async function history(
  service: string,
  rows: readonly Row[],
  committed: ReadonlyMap<number, string | null>,
): Promise<void> {
  const ids = new Map<number, number>();
  for (let change = 1; change <= Math.max(...rows.map((row) => row.change)); change += 1) {
    const { rows: made } = await pool.query<{ id: number }>(
      `insert into changes (service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_url,
         staging_started_at, title, author, committed_at)
       values ($1, $2, $3::int, case when $3::int = 5 then 'failed' else 'passed' end, $3, 1, 'u', now(), 'Title', 'octocat', $4) returning id`,
      [service, shaOf(change), change, committed.get(change) ?? null],
    );
    ids.set(change, made[0]?.id ?? 0);
  }
  for (const [index, row] of rows.entries()) {
    const { change, kind = 'deploy', status, ended, waited = null, override = false, refused = false } = row;
    const { rows: made } = await pool.query<{ id: number }>(
      `insert into deployments (deploy_id, service, change_id, sha, run_number, kind, status, requested_by, requested_at, queued_at,
         required, override_reason, run_id, run_attempt, run_url, ended_at, sent_at, run_started_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, 'U0ALICE', $8::timestamptz - coalesce($9::int, 0) * interval '1 minute', $8,
         case when $9::int is null then 0 else 1 end, $10, $11, 1, 'u', case when $7 <> 'waiting' then $8::timestamptz end, $8, $8, $8)
       returning id`,
      [
        ...[`pb-${service}-${index}`, service, ids.get(change), shaOf(change), change, kind, status, ended, waited],
        ...[override ? 'urgent' : null, refused ? null : 1_000 + index],
      ],
    );
    // Run again on GitHub, it is the same deployment.
    await pool.query(
      `insert into outside_runs (service, run_id, attempt, deployment_id, status, conclusion, url, actor, started_at)
       values ($1, $2, 2, $3, 'completed', 'success', 'u', 'eve', $4)`,
      [service, 1_000 + index, made[0]?.id, ended],
    );
  }
}

const measure = async (services: readonly string[], days = 7) =>
  measured(pool, services, [periodOf(days, UNTIL, 'Europe/Berlin')], 2);

const WEEK: Measured = {
  days: 7,
  now: {
    deployments: 6,
    // 66 h, 3 h, 2 h, 0 h and 2 h.
    leadTime: { median: 2 * HOUR, known: 5, changes: 6 },
    failures: { failed: 1, of: 6 },
    // 65 h, half an hour and 23 h.
    restore: { median: 23 * HOUR, times: 3 },
    // 10, 20 and 120 min.
    approvals: { median: 20 * MINUTE, ninetieth: 100 * MINUTE, requests: 3 },
  },
  before: {
    deployments: 2,
    // 24 h, 26 h and 2 h.
    leadTime: { median: 24 * HOUR, known: 3, changes: 3 },
    failures: { failed: 1, of: 3 },
    restore: null,
    approvals: { median: 30 * MINUTE, ninetieth: 30 * MINUTE, requests: 1 },
  },
};

test('a week over a weekend and a change of clocks, with rollbacks, retries and re-runs, and the week before', async () => {
  const { overall, byService } = await measure(['shop']);
  expect(byService.get('shop')).toEqual([WEEK]);
  expect(overall).toEqual([WEEK]);
});

test('what ends at the end of a week belongs to it, and what ends at its beginning to the week before', async () => {
  const { byService } = await measure(['site']);
  const [week] = byService.get('site') ?? [];
  expect(week?.now).toMatchObject({ deployments: 1, failures: { failed: 0, of: 1 }, restore: null, approvals: null });
  expect(week?.before.deployments).toBe(1);
  expect(week?.now.leadTime).toEqual({ median: null, known: 0, changes: 1 });
});

test('over all services are these services, and no others', async () => {
  const { overall } = await measure(['shop', 'site']);
  expect(overall[0]?.now).toEqual({
    ...WEEK.now,
    deployments: 7,
    leadTime: { median: 2 * HOUR, known: 5, changes: 7 },
    failures: { failed: 1, of: 7 },
  });
});

test('a longer period has all of it, and what began before it ends in it', async () => {
  const { overall } = await measure(['shop'], 14);
  expect(overall[0]?.now).toMatchObject({
    deployments: 8,
    // 66, 26, 24, 3, 2, 2, 2 and 0 h.
    leadTime: { median: 2.5 * HOUR, known: 8, changes: 9 },
    failures: { failed: 2, of: 9 },
  });
  expect(overall[0]?.before).toMatchObject({ deployments: 0, leadTime: null, restore: null });
});

test('services in which nothing happened are measured as nothing', async () => {
  const { overall, byService } = await measure(['nothing']);
  expect(byService.get('nothing')).toEqual(overall);
  expect(overall[0]?.now).toEqual({
    deployments: 0,
    leadTime: null,
    failures: { failed: 0, of: 0 },
    restore: null,
    approvals: null,
  });
});
