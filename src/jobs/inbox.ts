import type pg from 'pg';
import { claimInbox, type InboxRow, postponeInbox } from '../db/inbox.js';

export interface InboxDeps {
  readonly pool: pg.Pool;
  /** Carries one row through; throws when it must be tried again. */
  readonly handle: (row: InboxRow) => Promise<unknown>;
  readonly warn: (details: object, message: string) => void;
}

export interface InboxLoop {
  /** So many were received and are committed: look now. */
  readonly arrived: (count: number) => void;
  readonly start: () => void;
  /** Claims nothing more; resolves when what is under way has ended. */
  readonly stop: () => Promise<void>;
}

const AT_ONCE = 8;
/**
 * Whoever waits for an answer goes first. While so many come in so short a time, what was answered is handled one by one, with a rest
 * after each of twice as long as it took; what has waited for a second is handled without rests. One that takes long waits
 * for Slack or GitHub: it is no load, and holds nobody up.
 */
const MANY = 10;
const MANY_WITHIN_MS = 100;
const RESTS = 2;
const MOST_REST_MS = 100;
const LATE_MS = 1_000;
const LONG_MS = 100;
/** A holder that lives renews its lease; that of a dead one ends soon, and another replica takes the row. */
const LEASE_MS = 12_000;
const RENEW_MS = 4_000;
/** Every look-up ends by itself long before; one that does not is given up to another try. */
const MOST_HELD_MS = 120_000;
const LOOK_EVERY_MS = 1_000;
const MOST_PATIENT_MS = 30_000;

/**
 * Handles what was received, here at once and by any replica after a crash. A row is never dropped: what fails is tried
 * again, at first after half a second, then ever later, at most after half a minute.
 */
export function createInboxLoop({ pool, handle, warn }: InboxDeps): InboxLoop {
  const running = new Map<Promise<void>, number>();
  let timer: NodeJS.Timeout | null = null;
  let resting: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let again = false;
  let stopped = true;
  let arrivals: number[] = [];

  const comeMany = (): boolean =>
    arrivals.length === MANY && performance.now() - (arrivals[0] as number) < MANY_WITHIN_MS;

  function free(): number {
    if (stopped || resting) return 0;
    if (!comeMany()) return AT_ONCE - running.size;
    const now = performance.now();
    const short = [...running.values()].filter((since) => now - since < LONG_MS).length;
    return Math.min(1 - short, AT_ONCE - running.size);
  }

  async function carry(row: InboxRow): Promise<void> {
    const since = performance.now();
    const renewing = setInterval(() => {
      if (performance.now() - since < MOST_HELD_MS) void postponeInbox(pool, row.id, LEASE_MS).catch(() => {});
    }, RENEW_MS);
    try {
      await handle(row);
      clearInterval(renewing);
      if (comeMany() && row.waitedMs < LATE_MS) rest(Math.min((performance.now() - since) * RESTS, MOST_REST_MS));
    } catch (error) {
      clearInterval(renewing);
      const afterMs = Math.min(500 * 2 ** Math.min(row.attempts - 1, 10), MOST_PATIENT_MS);
      warn(
        { inbox: row.id, command: row.command.type, attempts: row.attempts, err: error },
        'a command failed and is tried again',
      );
      // When this fails, too, the lease ends by itself.
      await postponeInbox(pool, row.id, afterMs).catch(() => {});
    }
  }

  function rest(ms: number): void {
    resting ??= setTimeout(() => {
      resting = null;
      look();
    }, ms);
  }

  async function claim(): Promise<void> {
    do {
      again = false;
      const most = free();
      if (most <= 0) return;
      const rows = await claimInbox(pool, most, LEASE_MS);
      for (const row of rows) {
        const done = carry(row).finally(() => {
          running.delete(done);
          look();
        });
        running.set(done, performance.now());
      }
    } while (again);
  }

  function look(): void {
    if (stopped) return;
    again = true;
    looking ??= claim()
      .catch((error: unknown) => warn({ err: error }, 'the inbox could not be read'))
      .finally(() => {
        looking = null;
      });
  }

  return {
    arrived: (count) => {
      const now = performance.now();
      arrivals = [...arrivals, ...Array.from({ length: Math.min(count, MANY) }, () => now)].slice(-MANY);
      look();
    },
    start: () => {
      stopped = false;
      timer = setInterval(look, LOOK_EVERY_MS);
      look();
    },
    stop: async () => {
      stopped = true;
      if (timer) clearInterval(timer);
      if (resting) clearTimeout(resting);
      await looking;
      await Promise.all(running.keys());
    },
  };
}
