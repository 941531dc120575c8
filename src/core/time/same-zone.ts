/** Compares a zone by two copies of the tz database, which countries change a few weeks before their clocks. */

import { offsetInWords, timeInWords } from './upcoming.js';
import { DAY, zoneOf } from './zone.js';

/** What a database says of a zone at some instants. */
export interface DatabaseZone {
  /** How many seconds its clocks are ahead of UTC; null if it does not know the zone. */
  readonly offsets: readonly number[] | null;
  /** Such as `18.4`; PostgreSQL does not tell the version of its tz database. */
  readonly server: string;
}

/** The instants to compare: one every six hours, for a year. */
export const yearAhead = (now: Date): Date[] =>
  Array.from({ length: 4 * 366 }, (_, step) => new Date(now.getTime() + (step * DAY) / 4));

/**
 * How Node and the database differ on a zone, in a sentence with both versions; null if they agree, or if the database does
 * not know the zone. `at`: the instants of its offsets, the first of which is now. `tz`: the version of Node's tz database,
 * such as `2026c`.
 */
export function zoneDifference(
  timezone: string,
  at: readonly Date[],
  { offsets, server }: DatabaseZone,
  tz: string,
): string | null {
  const zone = zoneOf(timezone);
  const [now = new Date(0)] = at;
  const both = `Node's time zone data ${tz} and that of PostgreSQL ${server}`;
  const until = `Digests and freezes go by Node's, in which it is ${timeInWords(timezone, now)} there now`;
  if (offsets === null) return null;
  const ours = (instant: Date) => zone.offset(instant.getTime());
  const index = at.findIndex((instant, place) => ours(instant) !== (offsets[place] ?? 0) * 1_000);
  const first = at[index];
  if (!first) return null;
  const [node, database] = [ours(first), (offsets[index] ?? 0) * 1_000].map(offsetInWords);
  const since = index === 0 ? 'now' : `by ${timeInWords('UTC', first)}`;
  return `${both} differ on ${timezone}: ${since} its clocks are at ${node} in Node's and ${database} in the database's. ${until}`;
}

/** How to make them agree. */
export const ZONE_MEND =
  'Look at a clock there, and update whichever is wrong: Node, or the time zone data of the database server (tzdata).';
