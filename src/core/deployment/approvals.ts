/** Four eyes: who may approve what, when approvals become void, and when a request expires. */

import type { PressOf } from '../command.js';
import { type Decision, NOTHING, refused, type ServicePolicy, type Target } from '../decision.js';
import { countedIn, type Facts, isUntold, type Shipped } from '../facts.js';
import { cardsOf, expired, tellRequester } from '../plan.js';
import type { Changed } from '../refusal.js';
import { passedStaging, permitted } from '../service/policy.js';
import { baseOf, type ServiceState } from '../service/service.js';
import type { Basis, Deployment, Of, Patience } from './deployment.js';
import { redrawn, wrongState } from './presses.js';
import type { Head } from './waiting.js';

/** How many approvals a deployment of this kind needs. Break glass needs none; it is signed off afterwards. */
export function requiredFor(kind: Deployment['kind'], override: string | null, policy: ServicePolicy): number {
  if (override !== null) return 0;
  return kind === 'roll back' ? policy.rollback.approvals : policy.approvals.required;
}

/** When a request made now expires, and when the approvers are reminded: half-way. */
export function patienceFrom(now: Date, policy: ServicePolicy): Patience {
  const { expiresMs } = policy.approvals;
  return {
    expiresAt: new Date(now.getTime() + expiresMs),
    remindAt: new Date(now.getTime() + expiresMs / 2),
  };
}

/** The set of commits to approve, from what was counted; null when it could not be counted. */
export function basisOf(state: ServiceState, shipped: Facts['shipped']): Basis | null {
  if (shipped === undefined || isUntold(shipped)) return null;
  return { from: shipped.from, moves: state.moves, shas: shipped.shas };
}

/** Why what ships is not what was approved; null if it is. Fewer commits are fine, since others may have shipped first. */
function whatChanged(basis: Basis, state: ServiceState, shipped: Shipped, kind: Deployment['kind']): Changed | null {
  if (basis.moves !== state.moves) return 'production was rolled back or changed from outside';
  if (kind === 'roll back') return basis.from === shipped.from ? null : 'it contains additional changes';
  const approved = new Set(basis.shas);
  return shipped.shas.every((sha) => approved.has(sha)) ? null : 'it contains additional changes';
}

/** Decides an Approve: by an approver who neither requested the deployment nor wrote any of the shipped commits. */
export function pressApprove(
  state: ServiceState,
  target: Target,
  press: PressOf<'approve'>,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const { deployment } = target;
  const by = press.by.user;
  if (!deployment) return refused({ rule: 'unknown button' }, by, { asked: press.type });
  const { id, sha, changeId } = deployment;
  const about = { sha, deploymentId: id, asked: press.type };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  if (deployment.status !== 'waiting') return redrawn(refused(wrongState(press.type, deployment), by, about), changeId);
  if (by === deployment.requestedBy) return refused({ rule: 'own request', sha }, by, about);
  const red = target.change && deployment.kind !== 'roll back' ? passedStaging(target.change, policy, facts.now) : null;
  if (red) return redrawn(refused(red, by, about), changeId);
  const before = deployment.approvals.find(({ user }) => user === by);
  if (before) return refused({ rule: 'approved already', sha, at: before.at }, by, about);
  const { shipped } = facts;
  if (facts.gatheredFor?.deploymentId !== id || facts.gatheredFor.live !== baseOf(state, deployment))
    return { kind: 'ask again' };
  if (typeof shipped === 'object' && 'refused' in shipped) {
    const refusal = { rule: 'github refuses to compare', service: state.name, sha, message: shipped.refused } as const;
    return refused(refusal, by, about);
  }
  if (shipped === undefined || isUntold(shipped)) return refused({ rule: 'not looked up', whom: 'github' }, by, about);
  if (shipped.authors === 'not looked up') return refused({ rule: 'not looked up', whom: 'slack' }, by, about);
  const own = deployment.kind === 'roll back' || policy.approvals.authors ? [] : commitsOf(shipped, by);
  if (own.length > 0) return refused({ rule: 'author of what ships', sha, commits: own }, by, about);
  // The person approves what ships now, which may be less than at the request.
  const basis = basisOf(state, shipped) as Basis;
  const changed = whatChanged(deployment.basis ?? basis, state, shipped, deployment.kind);
  if (changed) {
    const refusal = { rule: 'what ships has changed', sha, why: changed } as const;
    const no = refused(refusal, by, about);
    const anew = askAnew(state, deployment, shipped, changed, policy, facts);
    return { ...no, writes: anew.writes, records: [...anew.records, ...no.records], effects: anew.effects };
  }
  const enough = deployment.approvals.length + 1 >= deployment.required;
  const unmatched = deployment.kind === 'roll back' ? [] : shipped.unmatched;
  return {
    kind: 'accepted',
    writes: [
      { write: 'approve', deploymentId: id, user: by, at: facts.now, basis },
      ...(enough ? [{ write: 'approved', deploymentId: id } as const] : []),
    ],
    records: [
      {
        actor: by,
        kind: 'approved',
        sha,
        deploymentId: id,
        reason: unmatched.length > 0 ? `authors not found in Slack: ${unmatched.join(', ')}` : null,
        detail: {
          approval: deployment.approvals.length + 1,
          required: deployment.required,
          ...countedIn(shipped),
          counted_from: shipped.from,
        },
      },
    ],
    effects: [...cardsOf(deployment), { effect: 'redraw service' }, { effect: 'start next', at: null }],
  };
}

const commitsOf = (shipped: Shipped, user: string): string[] =>
  shipped.authors === 'not looked up'
    ? []
    : shipped.authors.filter((author) => author.user === user).map((author) => author.sha);

/** Decides a Reject: ends the deployment with the reason and tells the requester. */
export function pressReject(target: Target, press: PressOf<'reject'>, facts: Facts): Decision {
  const { deployment } = target;
  const by = press.by.user;
  if (!deployment) return refused({ rule: 'unknown button' }, by, { asked: press.type });
  const { id, sha, changeId, service } = deployment;
  const about = { sha, deploymentId: id, asked: press.type };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  if (deployment.status !== 'waiting') return redrawn(refused(wrongState(press.type, deployment), by, about), changeId);
  const { reason } = press;
  return {
    kind: 'accepted',
    writes: [
      { write: 'end', deploymentId: id, status: 'rejected', reason, by },
      { write: 'add approval', deploymentId: id, user: by, decision: 'rejected', reason },
    ],
    records: [{ actor: by, kind: 'rejected', sha, deploymentId: id, reason, detail: {} }],
    effects: [
      ...cardsOf(deployment),
      { effect: 'redraw service' },
      ...tellRequester(deployment, by, { rule: 'rejected by a person', service, sha, by, reason }),
    ],
  };
}

/** Voids the approvals: the deployment waits for new approvals of what would ship now, and the card says why. */
export function askAnew(
  state: ServiceState,
  deployment: Of<'waiting'> | Of<'queued'>,
  shipped: Shipped,
  why: Changed,
  policy: ServicePolicy,
  facts: Facts,
): Omit<Extract<Decision, { kind: 'accepted' }>, 'kind'> {
  const { id, sha } = deployment;
  const basis = basisOf(state, shipped) as Basis;
  const required = requiredFor(deployment.kind, deployment.override, policy);
  const patience = patienceFrom(facts.now, policy);
  const had = deployment.approvals.map(({ user }) => user).join(' ');
  return {
    writes: [{ write: 'ask anew', deploymentId: id, basis, why, required, patience }],
    records: [
      {
        actor: 'pushbutton',
        kind: 'approvals void',
        sha,
        deploymentId: id,
        reason: why,
        detail: {
          approved_by: had,
          approvals_required: required,
          ...countedIn(shipped),
          counted_from: shipped.from,
        },
      },
    ],
    effects: [...cardsOf(deployment), { effect: 'redraw service' }, { effect: 'start next', at: null }],
  };
}

/** Why the approvals of the next deployment no longer count; null if they do. Checked right before the start. */
export function voidAtStart(head: Head, state: ServiceState, policy: ServicePolicy, facts: Facts): Changed | null {
  // The rule may have become stricter since the request.
  const required = requiredFor(head.kind, head.override, policy);
  if (required === 0) return null;
  const { shipped, approvers } = facts;
  if (head.approvals.length < required) return 'more approvals are required now';
  if (shipped === undefined || isUntold(shipped) || !head.basis) return 'it contains additional changes';
  const changed = whatChanged(head.basis, state, shipped, head.kind);
  if (changed) return changed;
  const good = head.approvals.filter(({ user }) => approvers?.get(user)?.is === 'granted');
  if (good.length < required) return 'an approver may no longer approve';
  const free =
    head.kind === 'roll back' || policy.approvals.authors
      ? good
      : good.filter(({ user }) => commitsOf(shipped, user).length === 0);
  return free.length < required ? 'an approver turned out to be an author' : null;
}

/** Reminds the approvers once, when half the time is over; expires the request at its end. */
export function approvalTimePassed(deployment: Of<'waiting'>, facts: Facts): Decision {
  const { id, sha, expiresAt, remindAt, approvals, required } = deployment;
  if (facts.now >= expiresAt) {
    const reason = `approvals missing: ${approvals.length} of ${required}`;
    return expired(deployment, reason, { approvals: approvals.length, required });
  }
  if (remindAt === null || facts.now < remindAt) return NOTHING;
  return {
    kind: 'accepted',
    writes: [{ write: 'reminded', deploymentId: id }],
    records: [
      {
        actor: 'pushbutton',
        kind: 'reminded',
        sha,
        deploymentId: id,
        reason: null,
        detail: { approvals: approvals.length, required, expires_at: expiresAt.toISOString() },
      },
    ],
    effects: [{ effect: 'remind', deploymentId: id }],
  };
}
