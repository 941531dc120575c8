import cron from 'node-cron';
import type pg from 'pg';
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

/**
 * The daily digest, once per channel and slot of the cron over any number of replicas. node-cron wakes us on the minute,
 * `namedBy` says what is due, also when the clocks change, and Postgres settles who takes the slot, in one transaction
 * with its job. What node-cron passes over, `catchUp` finds. After an outage only the latest missed slot is taken.
 */
export function scheduleDigest(
  pool: pg.Pool,
  pattern: string,
  timezone: string,
  channels: readonly string[],
): DigestSchedule {
  const named = namedBy(pattern);
  const take = async (slot: Date) =>
    isDue(named, timezone, slot) ? transaction(pool, (tx) => takeDigestSlot(tx, slot, channels)) : 0;
  const task = cron.schedule(pattern, () => {}, {
    name: 'digest',
    timezone,
    distributed: true,
    suppressMissedWarning: true,
    runCoordinator: {
      shouldRun: async (key) => (await take(new Date(key.slice('digest:'.length)))) > 0,
    },
  });
  return {
    stop: async () => void (await task.destroy()),
    catchUp: async () => {
      const since = await digestsSince(pool, `${pattern} ${timezone}`, channels);
      const slot = latestDue(named, timezone, await timeNow(pool), HOUR_MS);
      if (!slot) return;
      const due = channels.filter((channel) => slot > (since.get(channel) ?? slot));
      if (due.length > 0) await transaction(pool, (tx) => takeDigestSlot(tx, slot, due));
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
