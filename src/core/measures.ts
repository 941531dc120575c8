/** The measures of a digest, as `docs/digest.md` defines them: DORA's four, and how long approvals were waited for. */

import { DAY, instantsOf, zoneOf } from './time/zone.js';

/** From `since`, which is not included, to `until`, which is. */
export interface Span {
  readonly since: Date;
  readonly until: Date;
}

/** A number of days, and as many days before them. */
export interface Period {
  readonly days: number;
  readonly now: Span;
  readonly before: Span;
}

/** What was measured in one span of one service, or of all services of a digest. Times are in ms. */
export interface Measures {
  readonly deployments: number;
  /** Of the `changes` that went live for the first time, the time of `known` commits is known: the median is of these. */
  readonly leadTime: { readonly median: number | null; readonly known: number; readonly changes: number } | null;
  readonly failures: { readonly failed: number; readonly of: number };
  /** null: nothing was restored. */
  readonly restore: { readonly median: number; readonly times: number } | null;
  /** null: nothing was approved. `ninetieth`: nine of ten waited at most so long. */
  readonly approvals: { readonly median: number; readonly ninetieth: number; readonly requests: number } | null;
}

export interface Measured {
  readonly days: number;
  readonly now: Measures;
  readonly before: Measures;
}

/** What is measured of each service, by its name, and of all of them together. */
export interface AllMeasured {
  readonly overall: readonly Measured[];
  readonly byService: ReadonlyMap<string, readonly Measured[]>;
}

export const NOTHING_MEASURED: Measures = {
  deployments: 0,
  leadTime: null,
  failures: { failed: 0, of: 0 },
  restore: null,
  approvals: null,
};

/**
 * The last `days` up to `until`, and as many before. They begin at the same wall time in the zone (IANA), so that a day on
 * which clocks change is one day, though it has 23 or 25 hours.
 */
export function periodOf(days: number, until: Date, timezone: string): Period {
  const since = daysBefore(until, days, timezone);
  return { days, now: { since, until }, before: { since: daysBefore(until, 2 * days, timezone), until: since } };
}

/** When the clocks of a zone (IANA) showed the same time so many days before; at the jump if they skipped it. */
export function daysBefore(instant: Date, days: number, timezone: string): Date {
  const zone = zoneOf(timezone);
  const at = instant.getTime();
  const wall = at + zone.offset(at) - days * DAY;
  const [first = wall] = instantsOf(zone, wall).at;
  return new Date(first);
}

/** More days than these are no longer told apart. */
const MOST_DAYS_APART = 14;

/**
 * The parts of a period for a chart: its days, by midnight in the zone, so that the first and the last may be shorter; of a
 * longer period its weeks, counted from the end, so that the first may be shorter.
 */
export function partsOf({ days, now }: Period, timezone: string): Span[] {
  const ends = days <= MOST_DAYS_APART ? midnights(now, timezone) : weeksBefore(now, days, timezone);
  const at = [now.since, ...ends, now.until];
  return at.slice(0, -1).map((since, index) => ({ since, until: at[index + 1] as Date }));
}

function midnights({ since, until }: Span, timezone: string): Date[] {
  const zone = zoneOf(timezone);
  const found: Date[] = [];
  for (let { date } = zone.wall(since.getTime()); ; date += DAY) {
    const [midnight = date] = instantsOf(zone, date).at;
    if (midnight >= until.getTime()) return found;
    if (midnight > since.getTime()) found.push(new Date(midnight));
  }
}

function weeksBefore({ until }: Span, days: number, timezone: string): Date[] {
  const found: Date[] = [];
  for (let back = 7; back < days; back += 7) found.unshift(daysBefore(until, back, timezone));
  return found;
}
