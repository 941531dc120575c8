/** Where a queued deployment stands, as its card shows it. */

import type { ServicePolicy } from '../decision.js';
import { type Frozen, frozen } from '../service/freeze.js';
import { shutGates } from '../service/gates.js';
import { type Pace, paceFor } from '../service/pace.js';
import type { ServiceState } from '../service/service.js';
import type { Deployment, Of } from './deployment.js';

export type InQueue =
  | {
      readonly is: 'queued';
      readonly deployment: Of<'queued'>;
      readonly place: number;
      readonly behind: Deployment | null;
      /** The pace that it keeps, also while others go before it. */
      readonly pace: Pace | null;
    }
  /** It waits for a time that has not come. */
  | {
      readonly is: 'queued for';
      readonly deployment: Of<'queued'>;
      readonly at: Date;
      /** The freeze window into which that time falls. */
      readonly frozen: Frozen | null;
      /** Whether a press of Deploy now would pass the gates, and no newer change is there. */
      readonly mayGo: boolean;
    };

type Policy = Pick<ServicePolicy, 'freezes' | 'timezone' | 'everyMs'>;

export function inQueue(state: ServiceState, deployment: Of<'queued'>, policy: Policy): InQueue {
  const { startAt } = deployment;
  if (startAt !== null && startAt > state.readAt) {
    const isNewest = (state.newestPassed?.runNumber ?? 0) <= deployment.runNumber;
    const mayGo = isNewest && shutGates(state, policy, state.readAt).length === 0;
    const { freezes, timezone } = policy;
    return { is: 'queued for', deployment, at: startAt, frozen: frozen(freezes, timezone, startAt), mayGo };
  }
  const index = state.queue.findIndex((queued) => queued.id === deployment.id);
  const behind = state.queue[index - 1] ?? state.active;
  const place = index + 1 + (state.active ? 1 : 0);
  return { is: 'queued', deployment, place, behind, pace: paceFor(state, deployment, policy, state.readAt) };
}
