import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { claimInbox, type InboxRow, nextInInbox, postponeInbox, type TakenRow, withSubjects } from '../db/inbox.js';
import type { Handler, Room } from '../flow/receive.js';
import { renewing } from '../waits/renewing.js';

export interface InboxDeps {
  readonly pool: pg.Pool;
  /** Handles one row; throws if it must be retried. */
  readonly handle: (row: InboxRow) => Promise<unknown>;
  /** A row was handled, this many seconds after it was received. */
  readonly handled: (row: InboxRow, seconds: number) => void;
  readonly pauses: Pauses['jobs'];
  readonly warn: (details: object, message: string) => void;
  /** Whether the traces of rows are read. */
  readonly traced: boolean;
}

export interface InboxLoop extends Handler {
  readonly start: () => void;
  /** Claims nothing more after `leaveMs`, while presses still arrive; resolves when what is under way has ended. */
  readonly stop: (leaveMs?: number) => Promise<void>;
}

/** Most of them wait for Slack, GitHub or the turn of their service, without a connection to the database. */
const AT_ONCE = 32;
/** A live holder renews its lease; a dead holder's lease ends soon, and another replica takes the row. */
const LEASE_MS = 4_000;
/**
 * Of a row that is claimed as it comes in: its statement ends within a second, and it is renewed soon after. If the answer is
 * lost, nobody holds the row, and a replay of the press must not wait long for it.
 */
const FIRST_LEASE_MS = 1_900;
const RENEW_MS = 700;
/** Every look-up ends by itself long before this; a row that is held longer is left to another try. */
const MOST_HELD_MS = 120_000;

/**
 * What comes sooner after the last that was begun waits until then, and is claimed together with others: so it shares their
 * look-ups and transactions, and their answers do not wait for each handling.
 */
const GAP_MS = 40;

/**
 * Handles what was received: here at once, or on any replica after a crash. A row is never dropped: a failed one is
 * retried, first after half a second, then after ever longer pauses of at most half a minute.
 */
export function createInboxLoop({ pool, handle, handled, pauses, warn, traced }: InboxDeps): InboxLoop {
  const [first, most] = pauses.command;
  /** What is under way, and since when. */
  const running = new Map<Promise<void>, { readonly id: number; readonly since: number }>();
  const isRenewed = ({ since }: { readonly since: number }) => performance.now() - since < MOST_HELD_MS;
  const timers = new Set<NodeJS.Timeout>();
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let foreseeing: Promise<void> | null = null;
  let again = false;
  /** How many rows are being taken in that will be handled here. */
  let reserved = 0;
  const filled = new Set<Promise<void>>();
  /** How many rows a look may be claiming. */
  let claiming = 0;
  /** The last look took as many rows as there was room for: there may be more. */
  let full = false;
  /** When the last rows were begun. */
  let begunAt = Number.NEGATIVE_INFINITY;
  let paced: NodeJS.Timeout | null = null;
  let stopped = true;

  async function carry(row: InboxRow): Promise<void> {
    const since = performance.now();
    const ended = renewing(async () => {
      if (isRenewed({ since })) await postponeInbox(pool, row.id, LEASE_MS);
    }, RENEW_MS);
    try {
      await handle(row);
      await ended();
      handled(row, (row.age_ms + performance.now() - since) / 1_000);
    } catch (error) {
      await ended();
      const afterMs = Math.min(first * 2 ** Math.min(row.attempts - 1, 10), most);
      warn(
        { inbox: row.id, command: row.command.type, attempts: row.attempts, err: error },
        'a command failed and will be retried',
      );
      // If this fails too, the lease ends by itself.
      await postponeInbox(pool, row.id, afterMs).catch(() => {});
      wakeIn(afterMs);
    }
  }

  const unread = (error: unknown) => warn({ err: error }, 'the inbox could not be read; it will be read again');

  function wakeIn(ms: number): void {
    if (stopped) return;
    const waiting = setTimeout(() => {
      timers.delete(waiting);
      wake();
    }, ms);
    timers.add(waiting);
  }

  async function look(): Promise<void> {
    again = false;
    const free = AT_ONCE - running.size - reserved;
    if (stopped) return;
    full = free <= 0;
    if (full) return;
    claiming = free;
    const rows = await claimInbox(pool, free, LEASE_MS, traced).finally(() => {
      claiming = 0;
    });
    full = rows.length === free;
    begin(rows);
  }

  function begin(rows: readonly InboxRow[]): void {
    if (rows.length > 0) begunAt = performance.now();
    const here = new Set([...running.values()].filter(isRenewed).map(({ id }) => id));
    for (const row of rows) {
      // This process stood still for so long that its lease had ended: it holds the row again.
      if (here.has(row.id)) continue;
      const done = carry(row).finally(() => {
        running.delete(done);
        if (full) wake();
      });
      running.set(done, { id: row.id, since: performance.now() });
    }
  }

  function reserve(rows: number): Room | null {
    if (stopped || full || gapMs() > 0 || rows > AT_ONCE - running.size - reserved - claiming) return null;
    begunAt = performance.now();
    reserved += rows;
    let end = () => {};
    const done = new Promise<void>((resolve) => {
      end = resolve;
    }).finally(() => filled.delete(done));
    filled.add(done);
    const since = performance.now();
    const fill = (claimed: readonly TakenRow[]) => {
      // They were received before they were committed.
      const ago = performance.now() - since;
      const take = async (): Promise<void> => {
        const all = claimed.length === 0 ? [] : await withSubjects(pool, claimed).catch(unread);
        reserved -= rows;
        if (all) begin(all.map((row) => ({ ...row, age_ms: row.age_ms + ago })));
        else wakeIn(FIRST_LEASE_MS);
        end();
        if (full) wake();
      };
      void take();
      // A replay, or the answer was lost: the row may be there, claimed by nobody who knows.
      if (claimed.length < rows) wakeIn(FIRST_LEASE_MS);
    };
    return { leaseMs: FIRST_LEASE_MS, traced, fill };
  }

  const gapMs = () => begunAt + GAP_MS - performance.now();

  function wake(): void {
    if (stopped) return;
    again = true;
    if (looking || paced) return;
    const ms = gapMs();
    if (ms > 0) {
      paced = setTimeout(() => {
        paced = null;
        wake();
      }, ms);
      return;
    }
    looking = look()
      .catch(unread)
      .finally(() => {
        looking = null;
        if (again) wake();
      });
  }

  /** What another replica holds is due when its lease ends, if it dies; and so is what is held here for too long. */
  async function foresee(): Promise<void> {
    const held = [...running.values()].filter(isRenewed);
    const ms = await nextInInbox(
      pool,
      held.map(({ id }) => id),
    );
    if (ms === null || stopped) return;
    if (ms <= 0) wake();
    else if (ms < pauses.inbox) wakeIn(ms);
  }

  function tick(): void {
    foreseeing ??= foresee()
      .catch(unread)
      .finally(() => {
        foreseeing = null;
      });
  }

  return {
    wake,
    reserve,
    start: () => {
      stopped = false;
      timer = setInterval(tick, pauses.inbox);
      tick();
    },
    stop: async (leaveMs = 0) => {
      if (leaveMs > 0) await sleep(leaveMs);
      stopped = true;
      if (timer) clearInterval(timer);
      if (paced) clearTimeout(paced);
      await looking;
      await foreseeing;
      await Promise.all(filled);
      await Promise.all(running.keys());
      for (const waiting of timers) clearTimeout(waiting);
    },
  };
}
