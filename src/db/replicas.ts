import type { Queryable } from './pool.js';

/**
 * Reports that a replica's workers are alive, and frees the jobs of workers that have not reported for `ttlMs`, or that
 * died before their first report: the queue's own recovery takes four hours. Row locks make it safe on all replicas at
 * once. Returns whether it freed any.
 */
export async function beat(db: Queryable, ids: readonly string[], ttlMs: number): Promise<boolean> {
  const { rows } = await db.query({
    name: 'beat',
    text: `with alive as (
       insert into replicas (id, seen_at) select unnest($1::text[]), clock_timestamp()
       on conflict (id) do update set seen_at = clock_timestamp()
     ), dead as (
       delete from replicas where seen_at < clock_timestamp() - $2 * interval '1 ms' and id <> all($1) returning id
     ), unheard as (
       select locked_by as id from graphile_worker.jobs
       where locked_at < clock_timestamp() - $2 * interval '1 ms' and locked_by <> all($1)
         and not exists (select 1 from replicas where id = locked_by)
     ) select graphile_worker.force_unlock_workers(array_agg(id))
       from (select id from dead union select id from unheard) gone having count(*) > 0`,
    values: [ids, ttlMs],
  });
  return rows.length > 0;
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
