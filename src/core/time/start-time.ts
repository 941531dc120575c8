/** The instant that somebody means who names a time for a deployment, by the clocks of a time zone. */

import { DAY, instantsOf, MINUTE, zoneOf } from './zone.js';

/** `date`: `YYYY-MM-DD`, or null for the next such time. `minutes`: since midnight, by the wall clock. */
export type TimeNamed =
  | { readonly is: 'at'; readonly date: string | null; readonly minutes: number }
  | { readonly is: 'in'; readonly ms: number };

/**
 * The instant, a whole minute after `now`; null if the time that is named is over. A wall time that the clocks show twice
 * is the first of the two that is to come; one that they skip is the moment when they go forward. A duration is rounded up.
 */
export function instantNamed(time: TimeNamed, timezone: string, now: Date): Date | null {
  if (time.is === 'in') return new Date(Math.ceil((now.getTime() + time.ms) / MINUTE) * MINUTE);
  const zone = zoneOf(timezone);
  const today = zone.wall(now.getTime()).date;
  const dates = time.date === null ? [today, today + DAY] : [Date.parse(time.date)];
  const instants = dates.flatMap((date) => instantsOf(zone, date + time.minutes * MINUTE).at);
  const next = Math.min(...instants.filter((instant) => instant > now.getTime()));
  return Number.isFinite(next) ? new Date(next) : null;
}

/** What the clocks do at an instant: `skip`: they go forward. `first`, `second`: they show this time twice. */
export type Clocks =
  | { readonly is: 'usual' }
  | { readonly is: 'skip'; readonly from: string; readonly to: string }
  | { readonly is: 'first' | 'second'; readonly shows: string };

export function clocksAt(timezone: string, at: Date): Clocks {
  const zone = zoneOf(timezone);
  const instant = at.getTime();
  const [before, now] = [zone.offset(instant - 1_000), zone.offset(instant)];
  const shows = clock(instant + now);
  if (now > before) return { is: 'skip', from: clock(instant + before), to: shows };
  const { at: instants } = instantsOf(zone, instant + now);
  if (instants.length < 2) return { is: 'usual' };
  return { is: instants[0] === instant ? 'first' : 'second', shows };
}

/** The time of day of a wall time, which is given as if it were UTC. */
const clock = (wall: number): string => new Date(wall).toISOString().slice(11, 16);
