/** Which deployment a card is about, and whether it tells of a pause. */

import { type Deployment, hasEnded } from './deployment/deployment.js';
import type { ServiceState } from './service/service.js';

/**
 * The deployment that the card of a change is about: one that is under way; else one that was sent last of all and came to nothing,
 * though a Retry of it was asked for and ended before it was sent; else the newest.
 */
export function shownOf(state: ServiceState, changeId: number, newest: Deployment | null): Deployment | null {
  const { lastSent } = state;
  if (newest === null || !hasEnded(newest)) return newest;
  const cameToNothing = lastSent?.changeId === changeId && (lastSent.status === 'failed' || lastSent.status === 'lost');
  return cameToNothing ? lastSent : newest;
}

/**
 * Whether the card of a change tells that continuous deployment is paused: the one of what was sent last and came to nothing, else the
 * one that is live. A change that waits for Deploy tells it, too.
 */
export function tellsPause({ live, lastSent }: ServiceState, changeId: number): boolean {
  if (lastSent?.changeId === changeId && (lastSent.status === 'failed' || lastSent.status === 'lost')) return true;
  if (lastSent?.status === 'failed' || lastSent?.status === 'lost') return false;
  return live.is === 'known' && live.deployment.changeId === changeId;
}
