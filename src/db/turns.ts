import type pg from 'pg';

const lines = new WeakMap<pg.Pool, Map<string, Promise<unknown>>>();

/**
 * One after the other for each name, among those of this process that use a pool: who would only wait in the database for a row
 * lock that this process holds waits here, without a connection. Others are kept out by the lock itself.
 */
export function inTurn<T>(pool: pg.Pool, name: string, work: () => Promise<T>): Promise<T> {
  const line = lines.get(pool) ?? new Map<string, Promise<unknown>>();
  lines.set(pool, line);
  const mine = (line.get(name) ?? Promise.resolve()).then(work, work);
  line.set(name, mine);
  const leave = () => {
    if (line.get(name) === mine) line.delete(name);
  };
  mine.then(leave, leave);
  return mine;
}
