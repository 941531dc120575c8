import cron from 'node-cron';
import type pg from 'pg';
import type { DigestKind } from '../core/report.js';
import { isDue, latestDue, type Named } from '../core/time/digest-times.js';
import { MINUTE } from '../core/time/zone.js';
import { digestsSince, takeDigestSlot } from '../db/digests.js';
import { transaction } from '../db/pool.js';
import { timeNow } from '../db/time.js';

export interface DigestSchedule {
  readonly stop: () => Promise<void>;
  /** Takes the latest slot that nobody has taken, if it is within the last hour. */
  readonly catchUp: () => Promise<void>;
}

const HOUR_MS = 3_600_000;

/** The times of the config at which digests are posted: cron, in the time zone. */
interface Times {
  readonly digest?: string;
  readonly weekly?: string;
  readonly timezone: string;
}

/** The daily and the weekly digest, as far as the config has times for them. */
export function scheduleDigests(
  pool: pg.Pool,
  { digest, weekly, timezone }: Times,
  channels: readonly string[],
): DigestSchedule {
  const schedules = [
    ...(digest === undefined ? [] : [scheduleDigest(pool, digest, timezone, channels)]),
    ...(weekly === undefined ? [] : [scheduleDigest(pool, weekly, timezone, channels, 'weekly')]),
  ];
  return {
    stop: async () => void (await Promise.all(schedules.map((one) => one.stop()))),
    catchUp: async () => {
      for (const one of schedules) await one.catchUp();
    },
  };
}

/**
 * A digest, once per channel and slot of the cron over any number of replicas. node-cron wakes us on the minute,
 * `namedBy` says what is due, also when the clocks change, and Postgres settles who takes the slot, in one transaction
 * with its job. What node-cron passes over, `catchUp` finds. After an outage only the latest missed slot is taken.
 */
export function scheduleDigest(
  pool: pg.Pool,
  pattern: string,
  timezone: string,
  channels: readonly string[],
  kind: DigestKind = 'daily',
): DigestSchedule {
  const named = namedBy(pattern);
  const take = async (slot: Date) =>
    isDue(named, timezone, slot) ? transaction(pool, (tx) => takeDigestSlot(tx, slot, channels, kind)) : 0;
  const name = kind === 'daily' ? 'digest' : 'weekly digest';
  const task = cron.schedule(pattern, () => {}, {
    name,
    timezone,
    distributed: true,
    suppressMissedWarning: true,
    runCoordinator: {
      shouldRun: async (key) => (await take(new Date(key.slice(`${name}:`.length)))) > 0,
    },
  });
  return {
    stop: async () => void (await task.destroy()),
    catchUp: async () => {
      const times = kind === 'daily' ? `${pattern} ${timezone}` : `weekly ${pattern} ${timezone}`;
      const since = await digestsSince(pool, times, channels);
      const slot = latestDue(named, timezone, await timeNow(pool), HOUR_MS);
      if (!slot) return;
      const due = channels.filter((channel) => slot > (since.get(channel) ?? slot));
      if (due.length > 0) await transaction(pool, (tx) => takeDigestSlot(tx, slot, due, kind));
    },
  };
}

/**
 * What a cron expression of five fields, or a name such as `@daily`, names. An hour field that begins with `*`, or that
 * names all hours, means every hour or every few. Throws if node-cron cannot read it: the config has refused such ones.
 */
export function namedBy(pattern: string): Named {
  const { minute, hour } = cron.parse(pattern);
  // In UTC a task is asked about wall times as if they were UTC.
  const task = cron.createTask(pattern, () => {}, { timezone: 'UTC' });
  void task.destroy();
  const [first = 0, on = 0] = [hour[0], minute[0]];
  return {
    minutes: minute,
    hours: hour,
    onDate: (date) => task.match(new Date(date + first * HOUR_MS + on * MINUTE)),
    everyHour: hour.length === 24 || pattern.trim().split(/\s+/).at(-4)?.startsWith('*') === true,
  };
}
