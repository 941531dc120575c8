/** What comes next by the clock, in words with the offset from UTC, so that a person sees a wrong zone at once. */

import { inWords } from '../check.js';
import { type Freeze, type Frozen, nextFreeze } from '../service/freeze.js';
import { type Named, nextDue } from './digest-times.js';
import { MINUTE, zoneOf } from './zone.js';

export interface Upcoming {
  /** IANA */
  readonly timezone: string;
  /** The next three; null if no digest is configured. */
  readonly digests: readonly Date[] | null;
  /** The next weekly one; null if none is configured. */
  readonly weekly: Date | null;
  /** The one that holds now or begins first, with the services that it stops; null if there is none. */
  readonly freeze: {
    readonly services: readonly string[];
    readonly reason: string;
    readonly since: Date;
    readonly until: Date;
    readonly holds: boolean;
  } | null;
}

/** What comes next after `now`. `digest` and `weekly` are null if none is configured. */
export function upcomingAt(
  now: Date,
  timezone: string,
  digest: Named | null,
  services: readonly { readonly name: string; readonly freezes: readonly Freeze[] }[],
  weekly: Named | null = null,
): Upcoming {
  // Many services have the same windows, and each list is searched once.
  const known = new Map<string, Frozen | null>();
  const next = (freezes: readonly Freeze[]): Frozen | null => {
    const key = JSON.stringify(freezes);
    const freeze = known.has(key) ? (known.get(key) ?? null) : nextFreeze(freezes, timezone, now);
    known.set(key, freeze);
    return freeze;
  };
  const found = services.flatMap(({ name, freezes }) => {
    const freeze = next(freezes);
    return freeze ? [{ name, freeze }] : [];
  });
  const [first] = [...found].sort((a, b) => a.freeze.since.getTime() - b.freeze.since.getTime());
  const same = found.filter(
    ({ freeze }) =>
      freeze.since.getTime() === first?.freeze.since.getTime() &&
      freeze.until.getTime() === first.freeze.until.getTime() &&
      freeze.reason === first.freeze.reason,
  );
  return {
    timezone,
    digests: digest && nextDue(digest, timezone, now, 3),
    weekly: (weekly && nextDue(weekly, timezone, now, 1)[0]) ?? null,
    freeze: first
      ? { ...first.freeze, services: same.map(({ name }) => name), holds: first.freeze.since <= now }
      : null,
  };
}

/** The next digests, as in `next Mon 30 Nov 2026, 09:00 UTC+01:00; …; Europe/Berlin`. */
export function digestsInWords({ digests, weekly, timezone }: Upcoming): string {
  const said = [
    ...(digests ? [`next ${digests.map((at) => timeInWords(timezone, at)).join('; ')}`] : []),
    ...(weekly ? [`weekly next ${timeInWords(timezone, weekly)}`] : []),
  ];
  return said.length === 0 ? 'none configured' : [...said, timezone].join('; ');
}

const MOST_NAMED = 5;

/** The next freeze, or the one that holds: from when to when, the services, the reason. */
export function freezeInWords({ freeze, timezone }: Upcoming): string {
  if (freeze === null) return 'none to come in the next 400 days';
  const { services } = freeze;
  const more = services.length - MOST_NAMED;
  const who = inWords([...services.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])]);
  const [since, until] = [timeInWords(timezone, freeze.since), timeInWords(timezone, freeze.until)];
  return `${freeze.holds ? 'now, since' : 'next from'} ${since} to ${until}; ${timezone}; ${who}: ${freeze.reason}`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** The wall time at an instant, as in `Mon 30 Nov 2026, 09:00 UTC+01:00`. */
export function timeInWords(timezone: string, at: Date): string {
  const zone = zoneOf(timezone);
  const { date, minutes } = zone.wall(at.getTime());
  const day = new Date(date);
  const clock = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  const named = `${DAYS[day.getUTCDay()]} ${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
  return `${named}, ${clock} ${offsetInWords(zone.offset(at.getTime()))}`;
}

/** An offset in ms, as in `UTC+01:00`. */
export function offsetInWords(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / MINUTE);
  return `UTC${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const two = (number: number): string => String(number).padStart(2, '0');
