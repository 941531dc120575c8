/** From the head of the queue to a run on GitHub, which is started at most once. */

import type { DispatchAnswer } from '../command.js';
import { type Decision, NOTHING, type ServicePolicy, type Target } from '../decision.js';
import { countOf, type Facts, isUntold } from '../facts.js';
import { cardsOf, end, inStage, joined, line, rejected } from '../plan.js';
import type { Refusal } from '../refusal.js';
import { type Gate, gateFor, shutGates } from '../service/gates.js';
import { type Pace, paceFor } from '../service/pace.js';
import { endedByPause, isOwnRollBack, pausing } from '../service/pause.js';
import {
  aheadOfLive,
  first,
  notHeld,
  notLiveYet,
  notTooMany,
  onBranch,
  passedStaging,
  permitted,
  reasonOf,
} from '../service/policy.js';
import { liveSha, type ServiceState } from '../service/service.js';
import { toStart, whileBaking } from '../stages/between.js';
import { hasPassedStage } from '../stages/stage.js';
import { startOf } from '../stages/start.js';
import { askAnew, voidAtStart } from './approvals.js';
import { mindingTimes, timesCome } from './at-time.js';
import type { Deployment } from './deployment.js';
import { onward } from './end-run.js';
import type { RunTarget } from './outside.js';
import { rollsBackItself } from './roll-back.js';
import { type Head, notYet, waitAt, waitFor, whatIsMissing } from './waiting.js';

/**
 * Sends the head of the queue when nothing is active, or the next stage of what is active, after checking every rule again with facts gathered for exactly
 * this deployment. The status `dispatching` is committed before the request leaves.
 */
export function startNext(state: ServiceState, target: RunTarget, policy: ServicePolicy, facts: Facts): Decision {
  return mindingTimes(timesCome(state, facts) ?? startHead(state, target, policy, facts), state);
}

function startHead(state: ServiceState, target: RunTarget, policy: ServicePolicy, facts: Facts): Decision {
  const { active } = state;
  if (active?.status === 'baking') {
    const meanwhile = whileBaking(state, active, facts, (stage) => onward(state, target, active, stage));
    if (meanwhile) return meanwhile;
  }
  const head = toStart(state);
  if (!head) return NOTHING;
  // After a rollback by itself that failed, people decide what comes next: they resume, roll back or break the glass.
  const isHeld = head.status === 'queued' && head.kind !== 'roll back' && head.override === null;
  if (isHeld && state.pause?.why === 'roll back failed') return NOTHING;
  const paused = endedByPause(state, head);
  if (paused) return paused;
  const gate = gateOf(state, head, policy, facts.now);
  if (gate) return waitAt(head, gate, facts);
  if (head.notBefore && head.notBefore > facts.now) return notYet(head, head.notBefore);
  const { gatheredFor } = facts;
  if (gatheredFor?.deploymentId !== head.id || gatheredFor.live !== liveSha(state) || gatheredFor.shut)
    return { kind: 'ask again' };
  const broken = head.override !== null;
  // Break glass does not wait for a comparison that GitHub does not make: its card then says that nothing was counted.
  const missing = whatIsMissing(broken ? { ...facts, comparison: null } : facts);
  if (missing) return orCalled(state, head, waitFor(head, missing, facts), policy);
  const forward = head.kind !== 'roll back';
  const comparison = isUntold(facts.comparison) ? null : (facts.comparison ?? null);
  const refusal = first(
    head.requestedBy === 'pushbutton' ? stillItself(state, head, policy) : permitted(facts.permission),
    onBranch(head.sha, policy.branch, facts.onBranch),
    forward && target.change ? passedStaging(target.change, policy, facts.now) : null,
    forward ? notLiveYet(state, head.sha) : null,
    forward ? aheadOfLive(state, head.sha, comparison, broken) : null,
    target.change && !broken ? notHeld(target.change) : null,
    forward && !broken ? notTooMany(head, policy, comparison && countOf(comparison), head.confirmed, null) : null,
  );
  if (refusal) return noStart(state, head, refusal, policy);
  const why = voidAtStart(head, state, policy, facts);
  if (why !== null) {
    if (head.status === 'baking')
      return noStart(state, head, { rule: 'what ships has changed', sha: head.sha, why }, policy);
    if (facts.shipped !== undefined && !isUntold(facts.shipped))
      return { kind: 'accepted', ...askAnew(state, head, facts.shipped, why, policy, facts) };
  }
  const start = startOf(state, head, policy, facts.deployId);
  return {
    kind: 'accepted',
    writes: [
      ...start.writes,
      { write: 'dispatching', deploymentId: head.id, uncounted: broken ? notCounted(facts.comparison) : null },
    ],
    records: [
      line(head, 'dispatching', null, {
        deploy_id: start.deployId,
        ...(start.stage !== null && { stage: start.stage }),
        requested_by: head.requestedBy,
        // What was checked again: the permission, the approvals, and how far it is ahead of what is live.
        may: mayBecause(head),
        approved_by: head.approvals.map(({ user }) => user).join(' '),
        ahead_of_live: comparison?.aheadBy ?? null,
        ...(comparison?.others !== undefined && { others: comparison.others }),
        live: liveSha(state),
      }),
    ],
    effects: [{ effect: 'dispatch', deploymentId: head.id }, ...cardsOf(head), { effect: 'redraw service' }],
  };
}

/** What allowed the request. */
function mayBecause(head: Head): string {
  if (head.requestedBy === 'pushbutton') return isOwnRollBack(head) ? 'rolls back itself' : 'continuous';
  return head.override === null ? 'deployer' : 'override';
}

/** Ends it because a rule refuses; a rollback that began by itself is then a person's matter. */
function noStart(state: ServiceState, head: Head, refusal: Refusal, policy: ServicePolicy): Decision {
  return orCalled(state, head, rejected(head, refusal, reasonOf(refusal)), policy);
}

/** A rollback that began by itself and ends before it was sent, also after a long wait, is a person's matter. */
function orCalled(state: ServiceState, head: Head, decision: Decision, policy: ServicePolicy): Decision {
  const ends = decision.kind === 'accepted' && decision.writes.some(({ write }) => write === 'end');
  if (!ends || !isOwnRollBack(head)) return decision;
  return joined(decision, pausing(state, policy, { by: 'pushbutton', why: 'failed', deploymentId: head.id }));
}

/** Why what ships could not be counted from what is live; null when it was. */
function notCounted(comparison: Facts['comparison']): string | null {
  if (isUntold(comparison)) {
    if (typeof comparison === 'object' && 'refused' in comparison)
      return `GitHub refuses to compare: ${comparison.refused}`;
    return typeof comparison === 'object' && 'failed' in comparison
      ? `GitHub answers ${comparison.failed} when asked to compare`
      : 'GitHub did not compare it';
  }
  return comparison?.status === 'diverged' ? 'it does not contain what was live' : null;
}

/** The gate that the head of the queue waits for, or the pace that it keeps, or null. Break glass waits for none. */
export function gateOf(state: ServiceState, head: Head, policy: ServicePolicy, at: Date): Gate | Pace | null {
  if (head.override !== null) return null;
  return gateFor(shutGates(state, policy, at), head.kind) ?? paceFor(state, head, policy, at);
}

/** Continuous deployment never deploys over an unknown live state: a person must decide. A rollback goes on. */
function stillItself(state: ServiceState, head: Deployment, policy: ServicePolicy): Refusal | null {
  if (isOwnRollBack(head)) return null;
  if (policy.mode !== 'continuous') return { rule: 'not continuous', service: policy.name };
  if (state.live.is !== 'known')
    return { rule: 'what ships has changed', sha: head.sha, why: 'production was rolled back or changed from outside' };
  return null;
}

/**
 * Decides about a request that did not leave, since its facts were stale, a gate had shut or GitHub could not be asked: it is
 * queued again, and everything is asked again before it starts.
 */
export function notSent(target: Target): Decision {
  const { deployment } = target;
  if (deployment?.status !== 'dispatching' || deployment.sentAt !== null) return NOTHING;
  return {
    kind: 'accepted',
    writes: [{ write: 'queue again', deploymentId: deployment.id, notBefore: null, waitsFor: null }],
    records: [line(deployment, 'not sent', 'its checks are too old, a gate shut since, or GitHub could not be asked')],
    effects: [{ effect: 'start next', at: null }, ...cardsOf(deployment), { effect: 'redraw service' }],
  };
}

/** Decides what GitHub's answer to a start means: it runs, failed, waits for the rate limit, or is unknown. */
export function dispatchAnswered(
  state: ServiceState,
  target: Target,
  answer: DispatchAnswer,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const { deployment } = target;
  if (!deployment || (deployment.status !== 'dispatching' && deployment.status !== 'unknown')) return NOTHING;
  const { id } = deployment;
  switch (answer.is) {
    case 'accepted':
      return {
        kind: 'accepted',
        writes: [
          {
            write: 'deploying',
            deploymentId: id,
            run: { id: answer.runId, url: answer.url, attempt: 1, startedAt: facts.now },
          },
        ],
        records: [line(deployment, 'deploying', null, { run_id: answer.runId, ...inStage(deployment) })],
        effects: [
          ...cardsOf(deployment),
          { effect: 'follow', deploymentId: id, afterMs: facts.pauses.github.follow[0] },
        ],
      };
    case 'refused':
      return joined(
        end(deployment, 'failed', answer.message),
        pausing(state, policy, { by: 'pushbutton', why: 'failed', deploymentId: id }),
        rollsBackItself(state, deployment, policy, facts, hasPassedStage(deployment)),
      );
    case 'rate limited': {
      const notBefore = new Date(facts.now.getTime() + answer.retryAfterMs);
      return {
        kind: 'accepted',
        writes: [{ write: 'queue again', deploymentId: id, notBefore, waitsFor: 'github rate limit' }],
        records: [line(deployment, 'rate limited', null, { retry_after_ms: answer.retryAfterMs })],
        effects: [{ effect: 'start next', at: notBefore }, ...cardsOf(deployment), { effect: 'redraw service' }],
      };
    }
    case 'unknown':
      if (deployment.status === 'unknown') return NOTHING;
      return {
        kind: 'accepted',
        writes: [{ write: 'unknown', deploymentId: id }],
        records: [line(deployment, 'unknown', 'no usable answer from GitHub')],
        effects: [
          ...cardsOf(deployment),
          { effect: 'look up', deploymentId: id, afterMs: facts.pauses.github.lookUp[0] },
        ],
      };
  }
}
