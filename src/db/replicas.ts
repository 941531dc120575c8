import type { Queryable } from './pool.js';

/**
 * Says that this replica lives, and frees the jobs of those that have not said so for `ttlMs`: the queue's own
 * recovery takes four hours. Row locks make it safe on every replica at once.
 */
export async function beat(db: Queryable, id: string, ttlMs: number): Promise<void> {
  await db.query(
    'insert into replicas (id, seen_at) values ($1, clock_timestamp()) on conflict (id) do update set seen_at = clock_timestamp()',
    [id],
  );
  await db.query(
    `with dead as (delete from replicas where seen_at < clock_timestamp() - $1 * interval '1 ms' returning id)
     select graphile_worker.force_unlock_workers(array_agg(id)) from dead having count(*) > 0`,
    [ttlMs],
  );
}

export async function leave(db: Queryable, id: string): Promise<void> {
  await db.query('delete from replicas where id = $1', [id]);
}

/** How many replicas have said within five seconds that they live: each has three workers, see `createLines`. */
export async function countReplicas(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select ceil(count(*) / 3.0)::int as count from replicas where seen_at > clock_timestamp() - interval '5 seconds'`,
  );
  return rows[0]?.count ?? 0;
}
