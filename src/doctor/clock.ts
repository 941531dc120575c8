import { ok, skipped, type Verdict, wrong } from '../core/check.js';
import { type DatabaseZone, ZONE_MEND, zoneDifference } from '../core/time/same-zone.js';
import { timeInWords } from '../core/time/upcoming.js';

/** Requests are refused when the clocks differ by five minutes; a drift of one minute is an early sign. */
const MOST_MS = 60_000;

/**
 * Judges how far another clock is ahead of this machine's, in milliseconds; null when it gave no answer.
 * `whose` names it in a sentence: `Slack`, `the database`.
 */
export function clockVerdict(whose: string, aheadMs: number | null): Verdict {
  if (aheadMs === null) return skipped(`${whose} did not answer`);
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const which = aheadMs > 0 ? 'ahead of' : 'behind';
  if (Math.abs(aheadMs) <= MOST_MS) {
    return ok(seconds < 2 ? 'agrees with this machine' : `${seconds} s ${which} this machine`);
  }
  return wrong(
    `${whose} is ${seconds} s ${which} this machine`,
    'Synchronise the clocks with a time server (on Linux: timedatectl set-ntp true). Beyond 5 minutes every press is refused.',
  );
}

/** Judges whether the database has the same time zone as Node at the instants `at`, the first of which is now. */
export function zoneVerdict(
  timezone: string,
  database: { readonly at: readonly Date[]; readonly of: DatabaseZone } | null,
): Verdict {
  if (database === null) return skipped('the database did not answer');
  const { at, of } = database;
  // Nothing depends on it: the database is only a second opinion.
  if (of.offsets === null)
    return skipped(
      `PostgreSQL ${of.server} does not know ${timezone}: its time zone data (tzdata; on Debian, tzdata-legacy for older names) lacks it`,
    );
  const differs = zoneDifference(timezone, at, of, process.versions.tz ?? 'of an unknown version');
  const [now = new Date()] = at;
  if (differs !== null) return wrong(differs, ZONE_MEND);
  return ok(`${timezone}, ${timeInWords(timezone, now)} now; the database agrees for the year ahead`);
}
