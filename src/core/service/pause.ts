/** Continuous deployment pauses until a person resumes it. */

import type { Decision, ServicePolicy } from '../decision.js';
import type { Deployment } from '../deployment/deployment.js';
import type { Head } from '../deployment/waiting.js';
import { cardsOf, line, type Plan, planOf } from '../plan.js';
import { stopped } from '../stages/between.js';
import type { Write } from '../write.js';
import type { ServiceState } from './service.js';

/**
 * The plan that pauses continuous deployment, with the reason and the deployment that caused it; empty in button mode or
 * when already paused. Ends automatic requests that were not sent: after a resume, the newest change is requested again. A
 * rollback that began by itself and did not go live pauses any service and calls the operators, so that nothing loops.
 */
export function pausing(
  state: ServiceState,
  policy: Pick<ServicePolicy, 'mode'>,
  why: Omit<Extract<Write, { write: 'pause' }>, 'write'>,
): Plan {
  const isOwn = [state.active, ...state.queue].some((one) => one?.id === why.deploymentId && isOwnRollBack(one));
  if (isOwn ? state.pause?.why === 'roll back failed' : policy.mode !== 'continuous' || state.pause) return planOf({});
  const because = isOwn ? 'roll back failed' : why.why;
  const own = [...state.queue, ...state.waiting].filter(
    (one) => one.requestedBy === 'pushbutton' && one.kind !== 'roll back' && one.id !== why.deploymentId,
  );
  return planOf({
    writes: [{ write: 'pause', ...why, why: because }, ...own.map(withdrawn)],
    records: [
      { actor: why.by, kind: 'paused', sha: null, deploymentId: why.deploymentId, reason: because, detail: {} },
      ...own.map((one) => line(one, 'withdrawn', REASON)),
    ],
    effects: [
      ...own.flatMap(cardsOf),
      ...(isOwn && typeof why.deploymentId === 'number'
        ? [{ effect: 'tell operators', deploymentId: why.deploymentId, about: 'roll back failed' } as const]
        : []),
    ],
  });
}

/** Whether Pushbutton itself rolls back. */
export const isOwnRollBack = ({ kind, requestedBy }: Deployment): boolean =>
  kind === 'roll back' && requestedBy === 'pushbutton';

const REASON = 'continuous deployment is paused';

const withdrawn = ({ id }: Deployment): Write => ({
  write: 'end',
  deploymentId: id,
  status: 'withdrawn',
  reason: REASON,
});

/** Ends an automatic request whose turn comes during a pause; null for everything else. */
export function endedByPause(state: ServiceState, head: Head): Decision | null {
  if (head.requestedBy !== 'pushbutton' || !state.pause || isOwnRollBack(head)) return null;
  if (head.status === 'baking') return stopped(head, REASON);
  return planOf({
    writes: [withdrawn(head)],
    records: [line(head, 'withdrawn', REASON)],
    effects: [...cardsOf(head), { effect: 'redraw service' }, { effect: 'start next', at: null }],
  });
}
