/** A start without an answer is looked up; if it is not found, it is lost. */

import { type Decision, NOTHING, type ServicePolicy, type Target } from '../decision.js';
import type { Facts } from '../facts.js';
import { cardsOf, end, joined, line, planOf } from '../plan.js';
import { pausing } from '../service/pause.js';
import type { ServiceState } from '../service/service.js';
import { LOOKED_FOR_MS } from './deployment.js';

const LOST_AFTER_SECONDS = 60;

/**
 * Decides about a look-up that did not find the run. Only time in which GitHub answers counts towards `lost`: after 60 s
 * it is lost, and the look-ups go on for another hour.
 */
export function notFound(state: ServiceState, target: Target, policy: ServicePolicy, facts: Facts): Decision {
  const { deployment } = target;
  const [, againMs, lostMs] = facts.pauses.github.lookUp;
  if (deployment?.status === 'lost') {
    if (facts.now.getTime() - deployment.endedAt.getTime() > LOOKED_FOR_MS) return NOTHING;
    return lookAgain(deployment.id, lostMs);
  }
  if (deployment?.status !== 'unknown') return NOTHING;
  const gap = deployment.lookedAt ? (facts.now.getTime() - deployment.lookedAt.getTime()) / 1_000 : 0;
  const seconds = Math.min(gap, 5);
  if (deployment.answeredSeconds + seconds < LOST_AFTER_SECONDS) {
    const again = lookAgain(deployment.id, againMs);
    const cards = deployment.githubSays === null ? [] : cardsOf(deployment);
    return {
      ...again,
      writes: [{ write: 'answered', deploymentId: deployment.id, seconds }],
      effects: [...again.effects, ...cards],
    };
  }
  const reason = 'no run found, though GitHub answered for 60 s';
  const { id } = deployment;
  return joined(
    end(deployment, 'lost', reason),
    pausing(state, policy, { by: 'pushbutton', why: 'lost', deploymentId: id }),
    planOf({
      effects: [
        { effect: 'look up', deploymentId: id, afterMs: lostMs },
        { effect: 'tell operators', deploymentId: id, about: 'lost' },
      ],
    }),
  );
}

function lookAgain(deploymentId: number, afterMs: number): Extract<Decision, { kind: 'accepted' }> {
  return { kind: 'accepted', writes: [], records: [], effects: [{ effect: 'look up', deploymentId, afterMs }] };
}

/** Decides about a look-up that GitHub refuses: it proves nothing, and the card says why it stays unknown. */
export function lookUpRefused({ deployment }: Target, message: string): Decision {
  if (deployment?.status !== 'unknown' || deployment.githubSays === message) return NOTHING;
  return planOf({
    writes: [{ write: 'github says', deploymentId: deployment.id, message }],
    records: [line(deployment, 'look-up refused', message)],
    effects: cardsOf(deployment),
  });
}
