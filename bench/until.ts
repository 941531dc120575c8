import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Database } from './database.js';

/** Looks every 5 ms until `look` returns something. Throws a sentence after `withinMs`. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  withinMs = 60_000,
): Promise<T> {
  for (const end = Date.now() + withinMs; ; await sleep(5)) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
  }
}

/** Everything received is handled and no job is due: the product has nothing to do. */
export async function untilIdle({ pool }: Database, withinMs = 120_000): Promise<void> {
  await until('the product has worked everything off', async () => !(await isBusy(pool)), withinMs);
}

/** Everything received is handled; jobs that came of it may wait, such as cards for the pace of Slack. */
export async function untilReceivedIsHandled({ pool }: Database, withinMs: number): Promise<void> {
  const waiting = 'select 1 from inbox where handled_at is null limit 1';
  await until('everything received is handled', async () => (await pool.query(waiting)).rowCount === 0, withinMs);
}

/**
 * Marks everything received and not yet handled as handled, and waits for the rest: the next finds the machine idle.
 */
export async function discard(database: Database): Promise<void> {
  await database.pool.query('update inbox set handled_at = now() where handled_at is null');
  await untilIdle(database);
}

async function isBusy(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ busy: boolean }>(
    `select exists (select 1 from inbox where handled_at is null)
       or exists (select 1 from graphile_worker.jobs where locked_at is not null or run_at <= now() or starts_with(key, 'held:')) as busy`,
  );
  return rows[0]?.busy ?? false;
}
