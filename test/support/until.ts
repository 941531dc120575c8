import { setTimeout as wait } from 'node:timers/promises';

/** Only a hang takes this long: no test fails because the machine is slow. */
const HANGS_MS = 60_000;

/** A bound below this is a promise of the product, such as two seconds for a press; it is kept as it is. */
const PROMISED_MS = 10_000;

/** Most looks query the database, and together they are a good part of its work. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 60;

/**
 * Looks until `look` returns something, and returns that. Fails after a minute, or after `withinMs` if that is a
 * promise or longer, with what was looked for and, if it threw, the last reason.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = HANGS_MS,
): Promise<NonNullable<Exclude<T, false>>> {
  const patienceMs = withinMs < PROMISED_MS ? withinMs : Math.max(withinMs, HANGS_MS);
  const end = Date.now() + patienceMs;
  let last: unknown;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    try {
      const found = await look();
      if (found !== null && found !== undefined && found !== false) return found as NonNullable<Exclude<T, false>>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      const why = last instanceof Error ? `: ${last.message}` : '';
      throw new Error(`not within ${patienceMs} ms: ${what}${why}`);
    }
    await wait(pauseMs);
    pauseMs = Math.min(pauseMs * 1.3, LONGEST_PAUSE_MS);
  }
}
