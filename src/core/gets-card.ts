/** Which changes get a card of their own: quiet is a setting. */

import type { CardState } from './card.js';
import type { Standing } from './standing.js';

/**
 * `every`: each change with a result. `newest`: none that was overtaken before it was posted; the newest names it under What
 * ships. `decisions`: of those, only what waits for a person, failed or went live.
 */
export type Cards = 'every' | 'newest' | 'decisions';

/**
 * Whether a change that has no card yet gets one as it stands. It is asked each time that the change or its service moves, so
 * what does not get one now may get one later. What needs a person always does.
 */
export function getsCard(state: CardState, cards: Cards): boolean {
  if (cards === 'every') return true;
  if (state.is === 'superseded') return false;
  return cards === 'newest' || isForSomebody(state);
}

function isForSomebody(state: Exclude<CardState, { is: 'superseded' }>): boolean {
  switch (state.is) {
    case 'staging runs again':
    case 'waits for results':
      return false;
    case 'passed staging':
      return waitsForDeploy(state.stands);
    case 'queued':
    case 'queued for':
    case 'dispatching':
    case 'unknown':
    case 'deploying':
    case 'baking':
      return state.deployment.requestedBy !== 'pushbutton';
    case 'failed staging':
    case 'waiting for approval':
    case 'hung':
    case 'live':
    case 'live until an outside run':
    case 'failed in production':
    case 'lost':
    case 'stopped':
    case 'rolling back':
      return true;
  }
}

/** What deploys by itself waits for nobody, and while a gate is shut nobody can press Deploy: it is asked again when it opens. */
function waitsForDeploy({ is }: Standing): boolean {
  switch (is) {
    case 'ready':
    case 'by hand':
    case 'held':
    case 'paused':
      return true;
    case 'shut':
    case 'bad':
    case 'holding':
      return false;
  }
}
