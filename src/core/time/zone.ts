/** Wall time in a time zone, as Node's copy of the tz database has it. Instants are ms since 1970. */

export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** Wall time: the date as midnight UTC in ms, and the minutes since midnight. */
export interface Wall {
  readonly date: number;
  readonly minutes: number;
}

export interface Zone {
  readonly wall: (instant: number) => Wall;
  /** How many ms its clocks are ahead of UTC. */
  readonly offset: (instant: number) => number;
}

const zones = new Map<string, Zone>();

/** The zone with an IANA name. Throws a RangeError when Node does not know it. */
export function zoneOf(timezone: string): Zone {
  const known = zones.get(timezone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    ...({ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const),
    second: 'numeric',
  });
  const offset = (instant: number): number => {
    // 11/26/2026, 13:05:00
    const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = (
      format.format(instant).match(/\d+/g) ?? []
    ).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1_000) * 1_000;
  };
  const wall = (instant: number): Wall => {
    const local = instant + offset(instant);
    const date = Math.floor(local / DAY) * DAY;
    return { date, minutes: Math.floor((local - date) / MINUTE) };
  };
  const zone = { offset, wall };
  zones.set(timezone, zone);
  return zone;
}

/** The offsets that a local date can have: those of the day before and of the day after. `date`: as in `Wall`. */
export const offsetsAround = (zone: Zone, date: number): readonly [before: number, after: number] => [
  zone.offset(date - DAY),
  zone.offset(date + 2 * DAY),
];

/** The first instant, to the second, when the zone's offset differs from that at `from`. */
export function changeBetween(zone: Zone, from: number, to: number): number {
  const before = zone.offset(from);
  let [low, high] = [from / 1_000, to / 1_000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offset(middle * 1_000) === before) low = middle;
    else high = middle;
  }
  return high * 1_000;
}

/**
 * The instants, in order, at which the clocks show a wall time: one, or two in the night when they go back. When they
 * skip it, `skipped` says so, and the instant is that of the jump. `wall`: in ms since 1970, as if it were UTC.
 */
export function instantsOf(
  zone: Zone,
  wall: number,
  [before, after] = offsetsAround(zone, Math.floor(wall / DAY) * DAY),
): { readonly at: readonly number[]; readonly skipped: boolean } {
  if (before === after) return { at: [wall - before], skipped: false };
  const at = [wall - before, wall - after].filter((instant) => zone.offset(instant) === wall - instant);
  if (at.length > 0) return { at: at.sort((a, b) => a - b), skipped: false };
  const date = Math.floor(wall / DAY) * DAY;
  return { at: [changeBetween(zone, date - DAY, date + 2 * DAY)], skipped: true };
}

/** The instant at which a local date begins, or one so many days later; `date` is written as 2026-12-20. */
export function startOfDate(timezone: string, date: string, days: number): Date {
  const [first = 0] = instantsOf(zoneOf(timezone), Date.parse(date) + days * DAY).at;
  return new Date(first);
}
