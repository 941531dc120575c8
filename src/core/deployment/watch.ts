/** What the passing of time and a refused cancel mean for a deployment that was sent. */

import type { CancelAnswer } from '../command.js';
import {
  type Decision,
  type Effect,
  NOTHING,
  type OperatorNews,
  type ServicePolicy,
  type Target,
} from '../decision.js';
import type { Facts } from '../facts.js';
import { cardsOf, joined, line, planOf } from '../plan.js';
import { pausing } from '../service/pause.js';
import type { ServiceState } from '../service/service.js';
import { approvalTimePassed } from './approvals.js';
import { type Deployment, hasEnded } from './deployment.js';

/** How long GitHub has to carry out a Cancel: then the operators are told, and the run may be forced or given up. */
export const CANCEL_MS = 60_000;

/** Decides about a cancel that GitHub did not accept: the run is gone, GitHub refuses, or it gave no usable answer. */
export function cancelAnswered(
  state: ServiceState,
  target: Target,
  answer: CancelAnswer,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const { deployment } = target;
  if (deployment?.status !== 'deploying' && deployment?.status !== 'hung') return NOTHING;
  if (deployment.cancelBy === null) return NOTHING;
  const { id, run, cancelBy, cancelAskedAt, cancelToldAt } = deployment;
  const effects: Effect[] = [...cardsOf(deployment), { effect: 'redraw service' }];
  switch (answer.is) {
    case 'gone': {
      const reason = 'GitHub no longer has this run';
      return joined(
        planOf({
          writes: [{ write: 'end', deploymentId: id, status: 'cancelled', reason }],
          records: [line(deployment, 'cancelled', reason, { run_id: run.id, cancelled_by: cancelBy })],
          effects: [...effects, { effect: 'start next', at: null }],
        }),
        pausing(state, policy, { by: cancelBy, why: 'cancelled', deploymentId: id }),
      );
    }
    case 'not taken': {
      if (cancelToldAt || !cancelAskedAt || facts.now.getTime() - cancelAskedAt.getTime() <= CANCEL_MS) return NOTHING;
      return {
        kind: 'accepted',
        writes: [{ write: 'told not cancelled', deploymentId: id }],
        records: [line(deployment, 'not cancelled', 'GitHub has not done it', { run_id: run.id })],
        effects: [...cardsOf(deployment), { effect: 'tell operators', deploymentId: id, about: 'not cancelled' }],
      };
    }
    case 'refused': {
      const { service, sha } = deployment;
      const refusal = { rule: 'github refuses', what: 'Cancel', service, sha, message: answer.message } as const;
      return {
        kind: 'accepted',
        writes: [{ write: 'cancel refused', deploymentId: id }],
        records: [line(deployment, 'cancel refused', answer.message, { run_id: run.id })],
        effects: [
          ...effects,
          { effect: 'tell', user: cancelBy, refusal },
          { effect: 'tell operators', deploymentId: id, about: 'cancel refused' },
        ],
      };
    }
  }
}

/** Whether a message to the operators is out of date: it may have waited a long time for Slack. */
export function isPast(about: OperatorNews, deployment: Deployment): boolean {
  switch (about) {
    case 'hung':
    case 'unknown':
    case 'lost':
      return deployment.status !== about;
    case 'run gone':
    case 'given up':
      return deployment.status !== 'lost';
    case 'not cancelled':
    case 'cancel refused':
      return hasEnded(deployment);
    case 'roll back failed':
      return deployment.status === 'live';
    case 'waits for continue':
      return deployment.status !== 'baking';
    case 'lost run found':
    case 'stray run':
    case 'stray refused':
      return false;
  }
}

/** Whether the operators hear of a run that is not the deployment's own. */
export const isOfStray = (about: OperatorNews): boolean => about === 'stray run' || about === 'stray refused';

/** Decides about a stray run that GitHub refuses to cancel: the operators are told, since only a person can stop it. */
export function strayRefused({ deployment }: Target, runId: number, message: string): Decision {
  if (!deployment) return NOTHING;
  return {
    kind: 'accepted',
    writes: [],
    records: [line(deployment, 'cancel refused', message, { run_id: runId })],
    effects: [{ effect: 'tell operators', deploymentId: deployment.id, about: 'stray refused' }],
  };
}

/**
 * Decides what the passing of time means. A run longer than `timeoutMs`, started or not, becomes `hung` and the operators
 * are told; they are also told of a start that stays unknown this long. Also sends reminders of approvals and expires requests.
 */
export function timePassed(target: Target, policy: ServicePolicy, facts: Facts): Decision {
  const { deployment } = target;
  if (deployment?.status === 'waiting') return approvalTimePassed(deployment, facts);
  if (deployment?.status === 'unknown') {
    if (deployment.toldAt || facts.now.getTime() - deployment.sentAt.getTime() <= policy.timeoutMs) return NOTHING;
    return {
      kind: 'accepted',
      writes: [{ write: 'told unknown', deploymentId: deployment.id }],
      records: [line(deployment, 'still unknown', 'GitHub does not say whether there is a run')],
      effects: [...cardsOf(deployment), { effect: 'tell operators', deploymentId: deployment.id, about: 'unknown' }],
    };
  }
  if (deployment?.status !== 'deploying') return NOTHING;
  const ran = facts.now.getTime() - deployment.run.startedAt.getTime();
  if (ran <= policy.timeoutMs) return NOTHING;
  return {
    kind: 'accepted',
    writes: [{ write: 'hung', deploymentId: deployment.id }],
    records: [line(deployment, 'hung', null, { timeout_ms: policy.timeoutMs, run_id: deployment.run.id })],
    effects: [...cardsOf(deployment), { effect: 'tell operators', deploymentId: deployment.id, about: 'hung' }],
  };
}
