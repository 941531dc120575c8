import type { Card } from '../core/card.js';
import type { Pauses } from '../core/pauses.js';

/**
 * In how many ms a card that lacks the number of changes it would ship is drawn again, to ask for it; null if it lacks none. An
 * approval is asked about after as long as it has waited so far, within both bounds.
 */
export function countAgainMs(card: Card, now: Date, pauses: Pauses): number | null {
  if (!isUncounted(card)) return null;
  const { state } = card;
  const [first, most] = pauses.slack.count;
  if (state.is !== 'waiting for approval') return first;
  return Math.min(Math.max(now.getTime() - state.deployment.requestedAt.getTime(), first), most);
}

function isUncounted({ state, unmatched }: Card): boolean {
  if (state.is === 'waiting for approval')
    return state.deployment.kind !== 'roll back' && (state.ships === null || unmatched === null);
  const offersDeploy = state.is === 'passed staging' || (state.is === 'live until an outside run' && state.deployable);
  return offersDeploy && state.ships === null;
}
