import cron from 'node-cron';
import type pg from 'pg';
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
 * The daily digest, once per channel and slot of the cron over any number of replicas. node-cron says when; Postgres
 * settles who takes the slot, in one transaction with its job. After an outage only the latest missed slot is taken.
 */
export function scheduleDigest(
  pool: pg.Pool,
  pattern: string,
  timezone: string,
  channels: readonly string[],
): DigestSchedule {
  const take = async (slot: Date) =>
    isRepeated(slot, pattern, timezone) ? 0 : transaction(pool, (tx) => takeDigestSlot(tx, slot, channels));
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
      const slot = latestSlot(
        (date) => task.match(date) && !isRepeated(date, pattern, timezone),
        await timeNow(pool),
        pattern,
      );
      if (!slot) return;
      const due = channels.filter((channel) => slot > (since.get(channel) ?? slot));
      if (due.length > 0) await transaction(pool, (tx) => takeDigestSlot(tx, slot, due));
    },
  };
}

/** The next time that the cron names; null if it names none. */
export function nextSlot(pattern: string, timezone: string): Date | null {
  const task = cron.createTask(pattern, () => {}, { timezone });
  const [next] = task.getNextRuns(1);
  void task.destroy();
  return next ?? null;
}

/** The latest time within the last hour that the cron names; null if it names none. Pure. */
export function latestSlot(matches: (date: Date) => boolean, now: Date, pattern: string): Date | null {
  const step = pattern.trim().split(/\s+/).length > 5 ? 1_000 : 60_000;
  const newest = Math.floor(now.getTime() / step) * step;
  for (let at = newest; at > now.getTime() - HOUR_MS; at -= step) {
    const date = new Date(at);
    if (matches(date)) return date;
  }
  return null;
}

/**
 * Whether the clock shows this time for the second time, in the night when it goes back an hour. False for a cron that
 * names every hour, or every few hours: it means each of them. Pure.
 */
export function isRepeated(slot: Date, pattern: string, timezone: string): boolean {
  const hours = pattern.trim().split(/\s+/).at(-4) ?? '*';
  if (hours.startsWith('*')) return false;
  const clock = new Intl.DateTimeFormat('en', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  return clock.format(slot) === clock.format(new Date(slot.getTime() - HOUR_MS));
}
