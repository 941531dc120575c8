import type pg from 'pg';

const lines = new WeakMap<pg.Pool, Map<string, Promise<unknown>>>();

/**
 * Runs `work` one at a time per name and pool in this process. A caller that would only wait in the database for a row
 * lock that this process holds waits here, without a connection. The lock itself keeps other processes out.
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
