import type pg from 'pg';
import { renewInbox } from '../db/inbox.js';

/** The rows of the inbox that this process handles. */
export interface Leases {
  /** How many it holds. */
  readonly size: () => number;
  /** Those whose leases are renewed: what is held for too long is left to another try. */
  readonly renewed: () => number[];
  /**
   * Renews the lease of a row that was claimed until the returned function is called, which resolves when no renewal is on its
   * way any more: one that arrives after the lease was given back would take it again.
   */
  readonly hold: (id: number) => () => Promise<void>;
}

/** A live holder renews its lease; a dead holder's lease ends soon, and another replica takes the row. */
export const LEASE_MS = 4_000;
const RENEW_MS = 700;
/** Every look-up ends by itself long before this. */
const MOST_HELD_MS = 120_000;

/** One statement renews all of them. One that fails is not reported: if all do, the leases end by themselves. */
export function createLeases(pool: pg.Pool): Leases {
  const held = new Set<{ readonly id: number; readonly since: number }>();
  let timer: NodeJS.Timeout | null = null;
  let renewal: Promise<unknown> | null = null;

  const renewed = (): number[] =>
    [...held].filter(({ since }) => performance.now() - since < MOST_HELD_MS).map(({ id }) => id);

  function renew(): void {
    const ids = renewed();
    if (ids.length === 0) return;
    renewal ??= renewInbox(pool, ids, LEASE_MS)
      .catch(() => {})
      .finally(() => {
        renewal = null;
      });
  }

  return {
    size: () => held.size,
    renewed,
    hold: (id) => {
      const one = { id, since: performance.now() };
      held.add(one);
      timer ??= setInterval(renew, RENEW_MS);
      return async () => {
        held.delete(one);
        if (held.size === 0 && timer) {
          clearInterval(timer);
          timer = null;
        }
        await renewal;
      };
    },
  };
}
