import { setTimeout as wait } from 'node:timers/promises';

/**
 * Looks until `look` gives something, and gives that. Fails after `withinMs` with what was looked for and, where it threw,
 * the last reason.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 8_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + withinMs;
  let last: unknown;
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
      throw new Error(`not within ${withinMs} ms: ${what}${why}`);
    }
    await wait(15);
  }
}
