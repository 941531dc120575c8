/** Continuous deployment pauses until a person resumes it. */

import type { Decision, ServicePolicy } from '../decision.js';
import type { Deployment } from '../deployment/deployment.js';
import { cardsOf, line, type Plan, planOf } from '../plan.js';
import type { Write } from '../write.js';
import type { ServiceState } from './service.js';

/**
 * The plan that pauses continuous deployment, with the reason and the deployment that caused it; empty in button mode or
 * when already paused. Ends automatic requests that were not sent: after a resume, the newest change is requested again.
 */
export function pausing(
  state: ServiceState,
  policy: Pick<ServicePolicy, 'mode'>,
  why: Omit<Extract<Write, { write: 'pause' }>, 'write'>,
): Plan {
  if (policy.mode !== 'continuous' || state.pause) return planOf({});
  const own = [...state.queue, ...state.waiting].filter(
    (one) => one.requestedBy === 'pushbutton' && one.id !== why.deploymentId,
  );
  return planOf({
    writes: [{ write: 'pause', ...why }, ...own.map(withdrawn)],
    records: [
      { actor: why.by, kind: 'paused', sha: null, deploymentId: why.deploymentId, reason: why.why, detail: {} },
      ...own.map((one) => line(one, 'withdrawn', REASON)),
    ],
    effects: own.flatMap(cardsOf),
  });
}

const REASON = 'continuous deployment is paused';

const withdrawn = ({ id }: Deployment): Write => ({
  write: 'end',
  deploymentId: id,
  status: 'withdrawn',
  reason: REASON,
});

/** Ends an automatic request whose turn comes during a pause; null for everything else. */
export function endedByPause(state: ServiceState, head: Deployment): Decision | null {
  if (head.requestedBy !== 'pushbutton' || !state.pause) return null;
  return planOf({
    writes: [withdrawn(head)],
    records: [line(head, 'withdrawn', REASON)],
    effects: [...cardsOf(head), { effect: 'redraw service' }, { effect: 'start next', at: null }],
  });
}
