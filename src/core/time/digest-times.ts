/** When a digest is due: the wall times that a cron expression names, as instants in a time zone. */

import { DAY, instantsOf, MINUTE, offsetsAround, type Zone, zoneOf } from './zone.js';

/** The times that a cron expression names, by the wall clock. */
export interface Named {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Whether it names a date; given as midnight UTC, in ms since 1970. */
  readonly onDate: (date: number) => boolean;
  /** It names every hour, or every few hours, and means each that the clocks show, also the one that they repeat. */
  readonly everyHour: boolean;
}

/** Whoever looks further ahead finds none: an expression that names no day in ten years is refused. */
const MOST_DAYS = 3_660;

/**
 * Whether a digest is due at an instant: at each time that the expression names, once. A time that the clocks show
 * twice counts the first time; one that they skip counts at the jump.
 */
export function isDue(named: Named, timezone: string, at: Date): boolean {
  return latestDue(named, timezone, at, 1) !== null;
}

/** The latest instant when a digest was due, in the `within` ms up to `now`; null if there was none. */
export function latestDue(named: Named, timezone: string, now: Date, within: number): Date | null {
  const zone = zoneOf(timezone);
  const { date } = zone.wall(now.getTime());
  const most = now.getTime();
  // A date may be skipped as a whole, so what is due at the jump may be of the day before.
  const due = [date - DAY, date, date + DAY].flatMap((day) => dueOn(named, zone, day));
  const latest = Math.max(...due.filter((instant) => instant <= most && instant > most - within));
  return Number.isFinite(latest) ? new Date(latest) : null;
}

/** The next `count` instants after `after` when a digest is due, in order. */
export function nextDue(named: Named, timezone: string, after: Date, count: number): Date[] {
  const zone = zoneOf(timezone);
  const { date } = zone.wall(after.getTime());
  const found = new Set<number>();
  for (let day = -1; day < MOST_DAYS && found.size < count; day += 1)
    for (const instant of dueOn(named, zone, date + day * DAY)) if (instant > after.getTime()) found.add(instant);
  return [...found].slice(0, count).map((instant) => new Date(instant));
}

function dueOn({ minutes, hours, onDate, everyHour }: Named, zone: Zone, date: number): number[] {
  if (!onDate(date)) return [];
  const offsets = offsetsAround(zone, date);
  const walls = hours.flatMap((hour) => minutes.map((minute) => date + (hour * 60 + minute) * MINUTE));
  const instants = walls.flatMap((wall) => {
    const { at, skipped } = instantsOf(zone, wall, offsets);
    if (everyHour) return skipped ? [] : at;
    return at.slice(0, 1);
  });
  return [...new Set(instants)].sort((a, b) => a - b);
}
