import type { Queryable } from './pool.js';

/** What a report found. */
export interface Beat {
  /** Whether it freed jobs of workers that are dead. */
  readonly freed: boolean;
  /** How long ago, by the database's clock, these workers had last reported; 0 if never. */
  readonly silentMs: number;
}

/**
 * Reports that a replica's workers are alive. If `mayJudge`, it also frees the jobs of workers whose last report is more
 * than `ttlMs` away, or that died before their first report: the queue's own recovery takes four hours. A replica whose
 * own last report is that far away frees nothing: the database was away, or its clock was moved, and the others could
 * not report either. Row locks make it safe on all replicas at once.
 */
export async function beat(db: Queryable, ids: readonly string[], ttlMs: number, mayJudge = true): Promise<Beat> {
  const { rows } = await db.query<Beat>({
    name: 'beat',
    text: `with before as (
       select coalesce(max(abs(extract(epoch from clock_timestamp() - seen_at))), 0)::float8 * 1000 as silent_ms
       from replicas where id = any($1)
     ), judge as (
       select from before where $3 and silent_ms <= $2
     ), alive as (
       insert into replicas (id, seen_at) select unnest($1::text[]), clock_timestamp()
       on conflict (id) do update set seen_at = clock_timestamp()
     ), dead as (
       delete from replicas where exists (select from judge) and id <> all($1)
         and abs(extract(epoch from clock_timestamp() - seen_at)) * 1000 > $2 returning id
     ), unheard as (
       select locked_by as id from graphile_worker.jobs
       where exists (select from judge) and locked_at < clock_timestamp() - $2 * interval '1 ms'
         and locked_by <> all($1) and not exists (select from replicas where id = locked_by)
     ), gone as (
       select array_agg(id) as ids from (select id from dead union select id from unheard) each having count(*) > 0
     ), freed as materialized (
       select graphile_worker.force_unlock_workers(ids) from gone
     ) select exists (select from freed) as freed, silent_ms as "silentMs" from before`,
    values: [ids, ttlMs, mayJudge],
  });
  return rows[0] ?? { freed: false, silentMs: 0 };
}

export async function leave(db: Queryable, ids: readonly string[]): Promise<void> {
  await db.query('delete from replicas where id = any($1)', [ids]);
}

/** How many replicas have reported within five seconds. Each has three workers, see `createLines`. */
export async function countReplicas(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select ceil(count(*) / 3.0)::int as count from replicas where seen_at > clock_timestamp() - interval '5 seconds'`,
  );
  return rows[0]?.count ?? 0;
}
