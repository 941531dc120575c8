/** Freeze windows: when nothing is deployed, by wall time in a time zone, also on days when its clocks change. */

import { changeBetween, DAY, MINUTE, offsetsAround, type Wall, type Zone, zoneOf } from '../time/zone.js';

export type Freeze =
  | {
      readonly days: readonly Day[];
      /** `HH:MM`; `to` may be `24:00`; a `to` before `from` is on the next day. */
      readonly from: string;
      readonly to: string;
      readonly reason: string;
    }
  /** `YYYY-MM-DD`, both days included. */
  | { readonly from: string; readonly to: string; readonly reason: string };

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
type Day = (typeof DAYS)[number];

export interface Frozen {
  readonly reason: string;
  readonly since: Date;
  readonly until: Date;
}

/** How far to search for the start and end of a freeze; a longer freeze is reported to end there. */
const MOST_DAYS = 400;

/**
 * The freeze at an instant, or null. Windows that overlap or touch count as one: `since` is when the unbroken frozen time
 * began, `until` the first instant that is not frozen, `reason` that of the window that ends last. A wall time that occurs
 * twice is frozen both times; one that is skipped starts or ends at the instant of the clock change.
 */
export function frozen(freezes: readonly Freeze[], timezone: string, at: Date): Frozen | null {
  if (freezes.length === 0) return null;
  const zone = zoneOf(timezone);
  const now = at.getTime();
  const active = freezes.filter((freeze) => holds(freeze, zone.wall(now)));
  if (active.length === 0) return null;
  const isFrozen = (instant: number) => anyHolds(freezes, zone.wall(instant));
  const ends = (freeze: Freeze) => firstAfter(freezes, zone, now, (instant) => !holds(freeze, zone.wall(instant)));
  const last = active.reduce((a, b) => (ends(b) > ends(a) ? b : a));
  return {
    reason: last.reason,
    since: new Date(lastBefore(freezes, zone, now, (instant) => !isFrozen(instant - 1))),
    until: new Date(firstAfter(freezes, zone, now, (instant) => !isFrozen(instant))),
  };
}

/** The freeze at an instant, or the next one within 400 days; null if there is none. */
export function nextFreeze(freezes: readonly Freeze[], timezone: string, at: Date): Frozen | null {
  const now = frozen(freezes, timezone, at);
  const zone = zoneOf(timezone);
  const today = zone.wall(at.getTime()).date;
  // Those of past years would be looked for in vain, day by day.
  const coming = freezes.filter((freeze) => 'days' in freeze || Date.parse(freeze.to) >= today);
  if (now || coming.length === 0) return now;
  const isFrozen = (instant: number) => anyHolds(coming, zone.wall(instant));
  return frozen(freezes, timezone, new Date(firstAfter(coming, zone, at.getTime(), isFrozen)));
}

/** Whether the weekly windows alone cover every minute of the week. */
export function neverOpens(freezes: readonly Freeze[]): boolean {
  const week = new Set<number>();
  for (const freeze of freezes) {
    if (!('days' in freeze)) continue;
    const [from, to] = [minutesOf(freeze.from), minutesOf(freeze.to)];
    const length = to > from ? to - from : to - from + 1_440;
    for (const day of freeze.days)
      for (let minute = 0; minute < length; minute += 1)
        week.add((DAYS.indexOf(day) * 1_440 + from + minute) % (7 * 1_440));
  }
  return week.size === 7 * 1_440;
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const anyHolds = (freezes: readonly Freeze[], wall: Wall): boolean => freezes.some((freeze) => holds(freeze, wall));

function holds(freeze: Freeze, { date, minutes }: Wall): boolean {
  if (!('days' in freeze)) return date >= Date.parse(freeze.from) && date <= Date.parse(freeze.to);
  const [from, to] = [minutesOf(freeze.from), minutesOf(freeze.to)];
  const on = (midnight: number) => freeze.days.includes(DAYS[new Date(midnight).getUTCDay()] as Day);
  if (from < to) return on(date) && minutes >= from && minutes < to;
  return (on(date) && minutes >= from) || (on(date - DAY) && minutes < to);
}

/** The instants of one local day when a window may start or end: window times, midnight, and a clock change. */
function boundaries(freezes: readonly Freeze[], zone: Zone, date: number): number[] {
  const walls = new Set([0]);
  for (const freeze of freezes)
    if ('days' in freeze) for (const time of [freeze.from, freeze.to]) walls.add(minutesOf(time) % 1_440);
  const [before, after] = offsetsAround(zone, date);
  const instants = new Set<number>();
  for (const minutes of walls) {
    for (const offset of [before, after]) {
      const instant = date + minutes * MINUTE - offset;
      if (zone.offset(instant) === offset) instants.add(instant);
    }
  }
  if (before !== after) instants.add(changeBetween(zone, date - DAY, date + 2 * DAY));
  // Keep only instants of this day: those of neighbouring days come with their own day.
  return [...instants].filter((instant) => zone.wall(instant).date === date).sort((a, b) => a - b);
}

function firstAfter(freezes: readonly Freeze[], zone: Zone, now: number, is: (instant: number) => boolean): number {
  const { date } = zone.wall(now);
  for (let day = -1; day < MOST_DAYS; day += 1) {
    const found = boundaries(freezes, zone, date + day * DAY).find((instant) => instant > now && is(instant));
    if (found !== undefined) return found;
  }
  return now + MOST_DAYS * DAY;
}

function lastBefore(freezes: readonly Freeze[], zone: Zone, now: number, is: (instant: number) => boolean): number {
  const { date } = zone.wall(now);
  for (let day = 1; day > -MOST_DAYS; day -= 1) {
    const found = boundaries(freezes, zone, date + day * DAY).findLast((instant) => instant <= now && is(instant));
    if (found !== undefined) return found;
  }
  return now - MOST_DAYS * DAY;
}
