import type pg from 'pg';
import { renewInbox } from '../db/inbox.js';

/** The rows of the inbox that this process handles. */
export interface Leases {
  /** How many it holds. */
  readonly size: () => number;
  /** Those whose leases are renewed: what is held for too long is left to another try. */
  readonly renewed: () => number[];
  /**
   * Renews the lease of a row that was claimed until the returned function is called, which resolves when no renewal of it is
   * on its way any more: one that arrives after the lease was given back would take it again.
   */
  readonly hold: (id: number) => () => Promise<unknown>;
}

/** A live holder renews its lease; a dead holder's lease ends soon, and another replica takes the row. */
export const LEASE_MS = 4_000;
const RENEW_MS = 700;
/** A renewal that takes longer is not waited for: another connection may be better. */
const SLOW_MS = 1_000;
const MOST_RENEWALS = 2;
/** Every look-up ends by itself long before this. */
const MOST_HELD_MS = 120_000;

/** One statement renews all of them. One that fails is not reported: if all do, the leases end by themselves. */
export function createLeases(pool: pg.Pool): Leases {
  const held = new Set<{ readonly id: number; readonly since: number }>();
  let timer: NodeJS.Timeout | null = null;
  const renewals = new Set<{
    readonly ids: readonly number[];
    readonly since: number;
    readonly ended: Promise<unknown>;
  }>();

  const renewed = (): number[] =>
    [...held].filter(({ since }) => performance.now() - since < MOST_HELD_MS).map(({ id }) => id);

  function renew(): void {
    const ids = renewed();
    const isOnItsWay = [...renewals].some(({ since }) => performance.now() - since < SLOW_MS);
    if (ids.length === 0 || isOnItsWay || renewals.size >= MOST_RENEWALS) return;
    const ended = renewInbox(pool, ids, LEASE_MS)
      .catch(() => {})
      .finally(() => renewals.delete(renewal));
    const renewal = { ids, since: performance.now(), ended };
    renewals.add(renewal);
  }

  return {
    size: () => held.size,
    renewed,
    hold: (id) => {
      const one = { id, since: performance.now() };
      held.add(one);
      timer ??= setInterval(renew, RENEW_MS);
      return () => {
        held.delete(one);
        if (held.size === 0 && timer) {
          clearInterval(timer);
          timer = null;
        }
        return Promise.all([...renewals].flatMap(({ ids, ended }) => (ids.includes(id) ? [ended] : [])));
      };
    },
  };
}
