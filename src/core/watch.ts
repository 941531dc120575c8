/** What time and a refused cancel do to a deployment that is sent. */

import {
  type Decision,
  type Effect,
  type Facts,
  NOTHING,
  type Record,
  type ServicePolicy,
  type Target,
} from './decision.js';
import type { Deployment } from './deployment.js';
import { cardsOf } from './dispatch.js';

/** A cancel that GitHub did not take: there is no such run any more, or it refuses. */
export function cancelAnswered(target: Target, answer: 'gone' | { readonly refused: string }): Decision {
  const { deployment } = target;
  if (deployment?.status !== 'deploying' && deployment?.status !== 'hung') return NOTHING;
  if (deployment.cancelBy === null) return NOTHING;
  const { id, run, cancelBy } = deployment;
  const effects: Effect[] = [...cardsOf(deployment), { effect: 'redraw service' }];
  if (answer === 'gone') {
    const reason = 'GitHub has no such run any more';
    return {
      kind: 'accepted',
      writes: [{ write: 'end', deploymentId: id, status: 'cancelled', reason }],
      records: [line(deployment, 'cancelled', reason, { run_id: run.id, cancelled_by: cancelBy })],
      effects: [...effects, { effect: 'start next', at: null }],
    };
  }
  return {
    kind: 'accepted',
    writes: [{ write: 'cancel refused', deploymentId: id }],
    records: [line(deployment, 'cancel refused', answer.refused, { run_id: run.id })],
    effects: [
      ...effects,
      {
        effect: 'tell',
        user: cancelBy,
        refusal: {
          rule: 'github refuses',
          what: 'Cancel',
          service: deployment.service,
          sha: deployment.sha,
          message: answer.refused,
        },
      },
      { effect: 'tell operators', deploymentId: id, about: 'cancel refused' },
    ],
  };
}

/**
 * A run longer than its time, started or not, is hung: it keeps the service until it ends, and someone is told. Someone is
 * told as well of one that is unknown for so long because GitHub does not say whether there is a run.
 */
export function timePassed(target: Target, policy: ServicePolicy, facts: Facts): Decision {
  const { deployment } = target;
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

function line(deployment: Deployment, kind: string, reason: string | null, detail: Record['detail'] = {}): Record {
  return { actor: 'pushbutton', kind, sha: deployment.sha, deploymentId: deployment.id, reason, detail };
}
