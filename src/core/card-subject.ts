/** Which deployment a card is about, whether the card shows a pause, and whether it is closed. */

import type { CardState } from './card.js';
import { type Deployment, hasEnded } from './deployment/deployment.js';
import type { ServiceState } from './service/service.js';

/**
 * The deployment that the card of a change is about: the newest if it is under way; else the one that was sent last of all,
 * if it is of this change and failed or was lost (even when a later Retry ended before it was sent); else the newest.
 */
export function shownOf(state: ServiceState, changeId: number, newest: Deployment | null): Deployment | null {
  const { lastSent } = state;
  if (newest === null || !hasEnded(newest)) return newest;
  const cameToNothing = lastSent?.changeId === changeId && (lastSent.status === 'failed' || lastSent.status === 'lost');
  return cameToNothing ? lastSent : newest;
}

/**
 * Whether the card of a change shows that continuous deployment is paused: the card of the deployment that was sent last
 * and failed or was lost, else the live card. The card of a change that waits for Deploy also shows it.
 */
export function tellsPause({ live, lastSent }: ServiceState, changeId: number): boolean {
  if (lastSent?.changeId === changeId && (lastSent.status === 'failed' || lastSent.status === 'lost')) return true;
  if (lastSent?.status === 'failed' || lastSent?.status === 'lost') return false;
  return live.is === 'known' && live.deployment.changeId === changeId;
}

/** Whether events of other changes may still change the card. A closed card is redrawn only for events of its own. */
export function staysOpen(state: CardState): boolean {
  return state.is !== 'superseded';
}
