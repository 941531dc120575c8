/** Says at the start what comes next by the clock, and whether the database has the same time zone. */

import type pg from 'pg';
import type { Freeze } from '../core/service/freeze.js';
import { yearAhead, ZONE_MEND, zoneDifference } from '../core/time/same-zone.js';
import { digestsInWords, freezeInWords, type Upcoming, upcomingAt } from '../core/time/upcoming.js';
import { timeNow } from '../db/time.js';
import { databaseZone } from '../db/zone.js';
import { namedBy } from './digest.js';

/** The settings that follow the clock. */
export interface ByTheClock {
  /** IANA */
  readonly timezone: string;
  /** cron, in the time zone */
  readonly digest?: string;
  readonly weekly?: string;
  readonly services: readonly { readonly name: string; readonly freezes: readonly Freeze[] }[];
}

/** What comes next after an instant, by these settings. */
export function upcomingOf({ timezone, digest, weekly, services }: ByTheClock): (now: Date) => Upcoming {
  const [daily, everyWeek] = [digest, weekly].map((cron) => (cron === undefined ? null : namedBy(cron)));
  return (now) => upcomingAt(now, timezone, daily ?? null, services, everyWeek ?? null);
}

type Say = (details: object, message: string) => void;

/** Logs the next digests and the next freeze, and a warning if the database's time zone is another. Never throws. */
export async function sayTimes(
  pool: pg.Pool,
  timezone: string,
  upcoming: (now: Date) => Upcoming,
  log: { readonly info: Say; readonly warn: Say },
): Promise<void> {
  try {
    const now = await timeNow(pool);
    const next = upcoming(now);
    log.info({ digests: digestsInWords(next), freezes: freezeInWords(next) }, 'what comes next');
    const at = yearAhead(now);
    const differs = zoneDifference(
      timezone,
      at,
      await databaseZone(pool, timezone, at),
      process.versions.tz ?? 'of an unknown version',
    );
    if (differs !== null) log.warn({ timezone }, `${differs}. ${ZONE_MEND}`);
  } catch (error) {
    log.warn({ err: error }, 'the time zone of the database could not be compared');
  }
}
