/** The queue of a service: what is sent next, and what is not sent before its time. */

import type { Of } from './deployment.js';

/** Those that may be sent, in the order of sending, and apart from them those whose time has not come, soonest first. */
export interface Queue {
  readonly queue: readonly Of<'queued'>[];
  readonly scheduled: readonly Of<'queued'>[];
}

/** Puts queued deployments in order, by the database's clock. `HEAD` in db/service-state.ts orders them in the same way. */
export function queueOf(queued: readonly Of<'queued'>[], now: Date): Queue {
  const isLater = ({ startAt }: Of<'queued'>) => startAt !== null && startAt > now;
  return {
    queue: queued
      .filter((one) => !isLater(one))
      .sort((a, b) => rank(a) - rank(b) || Number(placedAt(a)) - Number(placedAt(b)) || a.id - b.id),
    scheduled: queued.filter(isLater).sort((a, b) => Number(a.startAt) - Number(b.startAt) || a.id - b.id),
  };
}

/** Rollbacks first, then break-glass deployments. */
const rank = ({ kind, override }: Of<'queued'>): number => (kind === 'roll back' ? 0 : override !== null ? 1 : 2);

/** One that was requested for a time goes behind all that were ready before that time. */
const placedAt = ({ queuedAt, startAt }: Of<'queued'>): Date =>
  startAt !== null && startAt > queuedAt ? startAt : queuedAt;
