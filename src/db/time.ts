import type { Queryable } from './pool.js';

/** The time by the database's clock, which every replica shares. */
export async function timeNow(db: Queryable): Promise<Date> {
  const { rows } = await db.query<{ now: Date }>('select clock_timestamp() as now');
  return (rows[0] as { now: Date }).now;
}
