import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { claimInbox, type InboxRow, nextInInbox, postponeInbox, type TakenRow, withSubjects } from '../db/inbox.js';
import type { Handler, Room } from '../flow/receive.js';
import { createLeases, LEASE_MS } from './leases.js';

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
  /**
   * Claims nothing more after `leaveMs`, while presses still arrive, but what waits for the next look by then; resolves when
   * what is under way has ended.
   */
  readonly stop: (leaveMs?: number) => Promise<void>;
}

/** Most of them wait for Slack, GitHub or the turn of their service, without a connection to the database. */
const AT_ONCE = 96;
/**
 * Of a row that is claimed as it comes in: its statement ends within a second, and it is renewed soon after. If the answer is
 * lost, nobody holds the row, and a replay of the press must not wait long for it.
 */
const FIRST_LEASE_MS = 1_900;

/**
 * Handles what was received: here at once, or on any replica after a crash. A row is never dropped: a failed one is
 * retried, first after half a second, then after ever longer pauses of at most half a minute.
 */
export function createInboxLoop({ pool, handle, handled, pauses, warn, traced }: InboxDeps): InboxLoop {
  const [first, most] = pauses.command;
  const leases = createLeases(pool);
  /** Rows that are handled, and rows that are being taken in for it. */
  const underWay = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let foreseeing: Promise<void> | null = null;
  let again = false;
  /** How many rows are being taken in that will be handled here. */
  let reserved = 0;
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
    const letGo = leases.hold(row.id);
    try {
      await handle(row);
      // It is handled, so a renewal that is on its way finds nothing.
      void letGo();
      handled(row, (row.age_ms + performance.now() - since) / 1_000);
    } catch (error) {
      await letGo();
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
    const free = AT_ONCE - leases.size() - reserved;
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
    const here = new Set(leases.renewed());
    for (const row of rows) {
      // This process stood still for so long that its lease had ended: it holds the row again.
      if (here.has(row.id)) continue;
      const done = carry(row).finally(() => {
        underWay.delete(done);
        if (full) wake();
      });
      underWay.add(done);
    }
  }

  function reserve(rows: number): Room | null {
    if (stopped || full || paced || gapMs() > 0 || rows > AT_ONCE - leases.size() - reserved - claiming) return null;
    begunAt = performance.now();
    reserved += rows;
    let end = () => {};
    const done = new Promise<void>((resolve) => {
      end = resolve;
    }).finally(() => underWay.delete(done));
    underWay.add(done);
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

  const gapMs = () => begunAt + pauses.together - performance.now();

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
    const ms = await nextInInbox(pool, leases.renewed());
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
      // It was answered, and nobody else may be there to handle it.
      if (again) await look().catch(unread);
      await foreseeing;
      while (underWay.size > 0) await Promise.all(underWay);
      for (const waiting of timers) clearTimeout(waiting);
    },
  };
}
