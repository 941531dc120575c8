/** What a person's press does to an existing deployment or change. */

import { rerunResults } from '../change/rerun-results.js';
import { ownStatus } from '../change/results.js';
import type { PressOf } from '../command.js';
import { type Decision, refused, type ServicePolicy, type Target } from '../decision.js';
import type { Facts } from '../facts.js';
import { cardsOf } from '../plan.js';
import { permitted } from '../service/policy.js';
import { type Deployment, hasEnded } from './deployment.js';

/** Decides a Cancel: asks GitHub to cancel the run. Only while the deployment is `deploying` or `hung`. */
export function pressCancel(target: Target, press: PressOf<'cancel'>, facts: Facts): Decision {
  const { deployment } = target;
  if (!deployment) return refused({ rule: 'unknown button' }, press.by.user, { asked: press.type });
  const { id, sha, changeId } = deployment;
  const by = press.by.user;
  const about = { sha, deploymentId: id, asked: press.type };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  if (deployment.status !== 'deploying' && deployment.status !== 'hung') {
    return redrawn(refused(wrongState(press.type, deployment), by, about), changeId);
  }
  return {
    kind: 'accepted',
    writes: [{ write: 'ask cancel', deploymentId: id, by }],
    records: [{ actor: by, kind: 'cancel asked', sha, deploymentId: id, reason: null, detail: {} }],
    effects: [{ effect: 'cancel run', deploymentId: id }, ...cardsOf(deployment)],
  };
}

/** Decides a Withdraw: only by the requester, and only before anything was sent. */
export function pressWithdraw(target: Target, press: PressOf<'withdraw'>, facts: Facts): Decision {
  const { deployment } = target;
  if (!deployment) return refused({ rule: 'unknown button' }, press.by.user, { asked: press.type });
  const { id, sha, changeId, requestedBy } = deployment;
  const by = press.by.user;
  const about = { sha, deploymentId: id, asked: press.type };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  if (by !== requestedBy) return refused({ rule: 'not the requester', sha, requestedBy }, by, about);
  if (deployment.status !== 'queued' && deployment.status !== 'waiting') {
    return redrawn(refused(wrongState(press.type, deployment), by, about), changeId);
  }
  return {
    kind: 'accepted',
    writes: [
      { write: 'end', deploymentId: id, status: 'withdrawn', reason: null, by },
      { write: 'add approval', deploymentId: id, user: by, decision: 'withdrawn' },
    ],
    records: [{ actor: by, kind: 'withdrawn', sha, deploymentId: id, reason: null, detail: {} }],
    effects: [...cardsOf(deployment), { effect: 'redraw service' }, { effect: 'start next', at: null }],
  };
}

/** Decides a Re-run: asks GitHub to run the failed staging jobs again. A second press for the same attempt is refused. */
export function pressReRun(
  target: Target,
  press: PressOf<'re-run'>,
  policy: Pick<ServicePolicy, 'requires'>,
  facts: Facts,
): Decision {
  const { change } = target;
  const by = press.by.user;
  if (!change) return refused({ rule: 'unknown button' }, by, { asked: press.type });
  const about = { sha: change.sha, asked: press.type };
  const { url, attempt } = change.staging;
  const status = ownStatus(change.staging);
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  const others = status === 'failed' ? null : rerunResults(change, by, policy.requires ?? []);
  if (others) return others;
  if (change.rerunRefused !== null) {
    const { sha, service, rerunRefused: message } = change;
    const refusal = { rule: 'github refuses', what: 'Re-run', service, sha, message } as const;
    return redrawn(refused(refusal, by, about), change.id);
  }
  if (status !== 'failed' || change.rerunOf === attempt) {
    const staging = status === 'failed' ? 'running' : status;
    return redrawn(refused({ rule: 'staging does not need it', sha: change.sha, staging, url }, by, about), change.id);
  }
  return {
    kind: 'accepted',
    writes: [{ write: 're-run asked', changeId: change.id, attempt, by }],
    records: [
      { actor: by, kind: 're-run asked', sha: change.sha, deploymentId: null, reason: null, detail: { attempt } },
    ],
    effects: [
      { effect: 're-run staging', changeId: change.id, attempt },
      { effect: 'redraw', changeId: change.id },
    ],
  };
}

/** The refusal of a press that does not fit the deployment's status: says who brought it there, and when. */
export const wrongState = (what: string, deployment: Deployment) => {
  const approvedBy = hasEnded(deployment) ? undefined : deployment.approvals.at(-1)?.user;
  return {
    rule: 'wrong state',
    what,
    sha: deployment.sha,
    status: deployment.status,
    by: hasEnded(deployment) ? (deployment.endedBy ?? deployment.requestedBy) : deployment.requestedBy,
    at: hasEnded(deployment) ? deployment.endedAt : null,
    ...(approvedBy !== undefined && { approvedBy }),
  } as const;
};

/** Adds a redraw of the card to a refusal: the person saw a button that no longer applies. */
export function redrawn(decision: Decision, changeId: number): Decision {
  if (decision.kind !== 'refused') return decision;
  return { ...decision, effects: [...decision.effects, { effect: 'redraw', changeId }] };
}
