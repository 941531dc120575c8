import { HELD_KEY, HOLDER } from './held-jobs.js';
import type { Queryable } from './pool.js';

/** A longer silence than this part of the time after which a worker is dead: its reports have a gap. */
const GAP = 0.75;

/**
 * Reports that a replica's workers are alive. After a gap, they are heard anew. Returns whether another has been silent for
 * `ttlMs`.
 */
export async function report(db: Queryable, ids: readonly string[], ttlMs: number): Promise<boolean> {
  const { rows } = await db.query<{ silent: boolean }>({
    name: 'report',
    text: `insert into replicas as known (id, seen_at, heard_since)
       select unnest($1::text[]), clock_timestamp(), clock_timestamp()
       on conflict (id) do update set seen_at = clock_timestamp(), heard_since = case
         when abs(extract(epoch from clock_timestamp() - known.seen_at)) * 1000 > $2 then clock_timestamp()
         else known.heard_since end
       returning exists (select from replicas where id <> all($1)
         and abs(extract(epoch from clock_timestamp() - seen_at)) * 1000 > $3) as silent`,
    values: [ids, ttlMs * GAP, ttlMs],
  });
  return rows[0]?.silent ?? false;
}

/**
 * Frees the jobs of workers, and those that replicas hold, whose last report is more than `ttlMs` away, or that died before
 * their first report: the queue's own recovery takes four hours. A replica judges others only once it has reported for
 * `ttlMs` without a gap itself: if the database was away or its clock was moved, they could not report either, and are heard
 * again first. Row locks make it safe on all replicas at once. Returns whether it freed any. A channel is not freed: what the
 * dead has asked of Slack may be on its way, and a lease ends by itself when that is over.
 */
export async function freeJobsOfTheDead(db: Queryable, ids: readonly string[], ttlMs: number): Promise<boolean> {
  const { rows } = await db.query<{ freed: boolean }>({
    name: 'free-jobs-of-the-dead',
    text: `with judge as (
       select from replicas where id = any($1)
       having min(heard_since) <= clock_timestamp() - $2 * interval '1 ms'
         and max(abs(extract(epoch from clock_timestamp() - seen_at))) * 1000 <= $3
     ), dead as (
       delete from replicas where exists (select from judge) and id <> all($1)
         and abs(extract(epoch from clock_timestamp() - seen_at)) * 1000 > $2 returning id
     ), unheard as (
       select locked_by as id from graphile_worker.jobs
       where exists (select from judge) and locked_by <> all($1)
         and abs(extract(epoch from clock_timestamp() - locked_at)) * 1000 > $2
         and not exists (select from replicas where id = locked_by)
     ), gone as (
       select array_agg(id) as ids from (select id from dead union select id from unheard) each having count(*) > 0
     ), freed as materialized (
       select graphile_worker.force_unlock_workers(ids) from gone
     ), held as (
       select array_agg(jobs.id) as ids from graphile_worker.jobs join dead on starts_with(key, $4 || dead.id || ':')
       having count(*) > 0
     ), due as materialized (
       select graphile_worker.reschedule_jobs(ids, run_at := clock_timestamp()) from held
     ) select (select count(*) from freed) + (select count(*) from due) > 0 as freed`,
    values: [ids, ttlMs, ttlMs * GAP, HELD_KEY],
  });
  return rows[0]?.freed ?? false;
}

export async function leave(db: Queryable, ids: readonly string[]): Promise<void> {
  await db.query('delete from replicas where id = any($1)', [ids]);
}

/** How many replicas have reported within five seconds. Each is one holder of jobs, and several workers beside it. */
export async function countReplicas(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from replicas where seen_at > clock_timestamp() - interval '5 seconds' and id like '${HOLDER}%'`,
  );
  return rows[0]?.count ?? 0;
}
