/** Saves incoming commands and deliveries in one commit, then answers the caller. */

import type pg from 'pg';
import type { Deadlines } from '../core/pauses.js';
import { reached } from '../crash-points.js';
import { type Incoming, type TakenRow, takeIn, takeInClaimed } from '../db/inbox.js';

/**
 * Saves what came in, all or nothing, and returns once it is committed. Throws within two seconds: `Unconfirmed` when
 * it may have been saved, any other error when it was not.
 */
export type Receive = (...incoming: readonly Incoming[]) => Promise<void>;

/** The statement was sent and its result is unknown: it may have been committed. */
export class Unconfirmed extends Error {
  override readonly name = 'Unconfirmed';
}

/** Who handles what was received. */
export interface Handler {
  /** Something was committed that nobody has claimed. */
  readonly wake: () => void;
  /** Room for so many rows, which may be claimed as they are committed; null while there is none, or others wait. */
  readonly reserve: (rows: number) => Room | null;
}

export interface Room {
  readonly leaseMs: number;
  readonly traced: boolean;
  /** Handles the rows that were claimed, if any, and gives the rest of the room back. */
  readonly fill: (rows: readonly TakenRow[]) => void;
}

const MOST_AT_ONCE = 200;
const STATEMENTS_AT_ONCE = 2;

interface Waiting {
  readonly incoming: readonly Incoming[];
  readonly since: number;
  /** Whether its statement was sent. */
  sent: boolean;
  readonly saved: () => void;
  readonly failed: (error: Error) => void;
}

/**
 * Items that arrive together share a statement and a commit; each caller is answered only then, and `handler` begins, at once
 * or together with others that come soon after.
 * `pool` must cancel a statement after `deadlines.statement` (statement_timeout).
 */
export function createReceive(pool: pg.Pool, deadlines: Deadlines, { wake, reserve }: Handler): Receive {
  let waiting: Waiting[] = [];
  let saving = 0;

  async function save(): Promise<void> {
    saving += 1;
    let together: Waiting[] = [];
    let handle = wake;
    try {
      const connection = await pool.connect();
      try {
        together = takeFresh();
        for (const one of together) one.sent = true;
        if (together.length > 0) handle = await takeTogether(connection, together);
      } catch (error) {
        // After a statement with an unknown result, its connection must not be used again.
        connection.release(true);
        throw error;
      }
      connection.release();
      if (together.length > 0) reached('taken in');
      for (const one of together) one.saved();
      if (together.length > 0) handle();
    } catch (error) {
      const why = error instanceof Error ? error : new Error(String(error));
      if (together.length === 0) for (const one of waiting.splice(0)) one.failed(why);
      for (const one of together) one.failed(isCertain(error) ? why : new Unconfirmed(why.message));
    } finally {
      saving -= 1;
      if (waiting.length > 0) start();
    }
  }

  /** Returns what begins the handling. An item that the database cannot store fails alone, not together with the others. */
  async function takeTogether(connection: pg.PoolClient, together: Waiting[]): Promise<() => void> {
    const incoming = together.flatMap((one) => one.incoming);
    const room = reserve(incoming.length);
    try {
      if (room) {
        const rows = await takeInClaimed(connection, incoming, room.leaseMs, room.traced);
        return () => room.fill(rows);
      }
      await takeIn(connection, incoming);
    } catch (error) {
      room?.fill([]);
      if (!isDataError(error) || together.length === 1) throw error;
      for (const one of together) {
        await takeIn(connection, one.incoming).then(one.saved, (own: unknown) => {
          if (!isDataError(own)) throw own;
          one.failed(own as Error);
        });
      }
    }
    return wake;
  }

  function takeFresh(): Waiting[] {
    const oldest = performance.now() - deadlines.oldest;
    for (const late of waiting.filter((one) => one.since < oldest))
      late.failed(new Error('no database connection in time'));
    const fresh = waiting.filter((one) => one.since >= oldest);
    waiting = fresh.slice(MOST_AT_ONCE);
    return fresh.slice(0, MOST_AT_ONCE);
  }

  function start(): void {
    if (saving < STATEMENTS_AT_ONCE) void save();
  }

  return (...incoming) =>
    new Promise((resolve, reject) => {
      const words = 'the database did not answer in time';
      const late = setTimeout(() => reject(one.sent ? new Unconfirmed(words) : new Error(words)), deadlines.save);
      const done = (settle: () => void) => {
        clearTimeout(late);
        settle();
      };
      const one: Waiting = {
        incoming,
        since: performance.now(),
        sent: false,
        saved: () => done(resolve),
        failed: (error) => done(() => reject(error)),
      };
      waiting.push(one);
      start();
    });
}

/** PostgreSQL's error class 22: the fault is in the value, not in the database. */
const isDataError = (error: unknown): boolean => String((error as { code?: unknown }).code ?? '').startsWith('22');

/**
 * Whether it is certain that the server did not commit. When the server shuts down or the connection breaks, it may
 * already have committed the statement (PostgreSQL error classes 08 and 57P).
 */
function isCertain(error: unknown): boolean {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return severity !== undefined && !/^(08|57P)/.test(String(code));
}
