/** From the head of the queue to a run on GitHub, started at most once. */

import type { DispatchAnswer } from './command.js';
import {
  type Decision,
  type Effect,
  type Facts,
  isUntold,
  NOTHING,
  type Record,
  type ServicePolicy,
  type Target,
} from './decision.js';
import type { Deployment, Of, WaitsFor } from './deployment.js';
import { aheadOfLive, first, notLiveYet, onBranch, passedStaging, permitted, reasonOf } from './policy.js';
import { detailOf, type Refusal } from './refusal.js';
import { liveSha, type ServiceState } from './service.js';

/** A fact that could not be had is asked for again after so long. */
const ASK_AGAIN_MS = 5_000;
/** A deployment that has waited for an outside fact for so long is expired, so that it cannot start out of the blue. */
const EXPIRES_MS = 2 * 3_600_000;
/** GitHub refuses for a moment what it has lost sight of; what it refuses for so long is a person's to mend. */
const REFUSED_MS = 5 * 60_000;
/** Look-ups of an unknown dispatch: the first soon, then well within the promised five seconds. */
const FIRST_LOOK_MS = 1_000;
const LOOK_EVERY_MS = 4_000;
const LOOK_FOR_LOST_EVERY_MS = 15_000;
const LOST_AFTER_SECONDS = 60;
const LOOK_FOR_LOST_MS = 3_600_000;

const line = (
  deployment: Deployment,
  kind: string,
  reason: string | null = null,
  detail: Record['detail'] = {},
): Record => ({
  actor: 'pushbutton',
  kind,
  sha: deployment.sha,
  deploymentId: deployment.id,
  reason,
  detail,
});

/** Both cards that show a deployment: its change's, and the one that a roll back was pressed on. */
export function cardsOf(deployment: Deployment): Effect[] {
  const redraw = (changeId: number): Effect => ({ effect: 'redraw', changeId });
  return [redraw(deployment.changeId), ...(deployment.pressedOn === null ? [] : [redraw(deployment.pressedOn)])];
}

/**
 * Sends the head of the queue when nothing is active, after asking every rule once more by facts gathered for
 * exactly this deployment. The intent is committed before the request leaves.
 */
export function startNext(state: ServiceState, target: Target, policy: ServicePolicy, facts: Facts): Decision {
  const head = state.queue[0];
  if (state.active || head?.status !== 'queued') return NOTHING;
  if (head.notBefore && head.notBefore > facts.now) {
    return { kind: 'accepted', writes: [], records: [], effects: [{ effect: 'start next', at: head.notBefore }] };
  }
  if (facts.gatheredFor?.deploymentId !== head.id || facts.gatheredFor.live !== liveSha(state))
    return { kind: 'ask again' };
  const missing = whatIsMissing(facts);
  if (missing) return waitFor(head, missing, facts);
  const forward = head.kind !== 'roll back';
  const comparison = isUntold(facts.comparison) ? null : (facts.comparison ?? null);
  const refusal = first(
    permitted(facts.permission),
    onBranch(head.sha, policy.branch, facts.onBranch),
    forward && target.change ? passedStaging(target.change) : null,
    forward ? notLiveYet(state, head.sha) : null,
    forward ? aheadOfLive(state, head.sha, comparison) : null,
  );
  if (refusal) return rejected(head, refusal, reasonOf(refusal));
  return {
    kind: 'accepted',
    writes: [{ write: 'dispatching', deploymentId: head.id }],
    records: [line(head, 'dispatching', null, { deploy_id: head.deployId, requested_by: head.requestedBy })],
    effects: [{ effect: 'dispatch', deploymentId: head.id }, ...cardsOf(head), { effect: 'redraw service' }],
  };
}

/** The requester is told alone: the press was accepted, and a rule has refused it since. */
function rejected(head: Deployment, refusal: Refusal, reason: string): Decision {
  const ended = end(head, 'rejected', reason, detailOf(refusal));
  return { ...ended, effects: [...ended.effects, { effect: 'tell', user: head.requestedBy, refusal }] };
}

/** What the start waits for, and for how long it is not asked again at least. */
interface Missing {
  readonly what: WaitsFor;
  readonly retryAfterMs: number;
}

function whatIsMissing({ permission, comparison, onBranch }: Facts): Missing | null {
  if (permission?.is === 'not looked up') return { what: 'slack', retryAfterMs: permission.retryAfterMs ?? 0 };
  const untold = [comparison, onBranch].filter(isUntold);
  const refused = untold.find((one) => typeof one === 'object' && 'refused' in one);
  if (refused) return { what: { githubRefuses: refused.refused }, retryAfterMs: 0 };
  const limited = untold.flatMap((one) => (typeof one === 'object' && 'retryAfterMs' in one ? [one.retryAfterMs] : []));
  if (limited.length > 0) return { what: 'github rate limit', retryAfterMs: Math.max(...limited) };
  return untold.length > 0 ? { what: 'github', retryAfterMs: 0 } : null;
}

const inWords = (what: WaitsFor): string => (typeof what === 'string' ? what : `GitHub refuses: ${what.githubRefuses}`);

function waitFor(head: Of<'queued'>, { what, retryAfterMs }: Missing, facts: Facts): Decision {
  const reason = inWords(what);
  const since = (date: Date | null) => (date ? facts.now.getTime() - date.getTime() : 0);
  if (typeof what === 'object' && since(head.refusedSince) > REFUSED_MS) {
    const { service, sha } = head;
    return rejected(head, { rule: 'github refuses to compare', service, sha, message: what.githubRefuses }, reason);
  }
  if (since(head.waitsSince) > EXPIRES_MS)
    return end(head, 'expired', what === 'slack' || what === 'github' ? `no answer from ${what}` : reason);
  const notBefore = new Date(facts.now.getTime() + Math.max(ASK_AGAIN_MS, retryAfterMs));
  const isNew = head.waitsFor === null || inWords(head.waitsFor) !== reason;
  return {
    kind: 'accepted',
    writes: [{ write: 'queue again', deploymentId: head.id, notBefore, waitsFor: what }],
    records: isNew ? [line(head, 'waits', reason)] : [],
    effects: [{ effect: 'start next', at: notBefore }, ...(isNew ? cardsOf(head) : [])],
  };
}

function end(
  head: Deployment,
  status: 'rejected' | 'expired' | 'failed' | 'lost',
  reason: string,
  detail: Record['detail'] = {},
): Extract<Decision, { kind: 'accepted' }> {
  return {
    kind: 'accepted',
    writes: [{ write: 'end', deploymentId: head.id, status, reason }],
    records: [line(head, status, reason, detail)],
    effects: [...cardsOf(head), { effect: 'redraw service' }, { effect: 'start next', at: null }],
  };
}

/** The request did not leave in time for its facts to be fresh: back to the queue, everything is asked again. */
export function notSent(target: Target): Decision {
  const { deployment } = target;
  if (deployment?.status !== 'dispatching' || deployment.sentAt !== null) return NOTHING;
  return {
    kind: 'accepted',
    writes: [{ write: 'queue again', deploymentId: deployment.id, notBefore: null, waitsFor: null }],
    records: [line(deployment, 'not sent', 'too late after its checks')],
    effects: [{ effect: 'start next', at: null }, ...cardsOf(deployment), { effect: 'redraw service' }],
  };
}

export function dispatchAnswered(target: Target, answer: DispatchAnswer, facts: Facts): Decision {
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
        records: [line(deployment, 'deploying', null, { run_id: answer.runId })],
        effects: [...cardsOf(deployment), { effect: 'follow', deploymentId: id, afterMs: 1_000 }],
      };
    case 'refused':
      return end(deployment, 'failed', answer.message);
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
        effects: [...cardsOf(deployment), { effect: 'look up', deploymentId: id, afterMs: FIRST_LOOK_MS }],
      };
  }
}

/**
 * GitHub answered a look-up and the run was not there. Only time in which GitHub answered counts towards `lost`,
 * and a lost run is looked for during the next hour.
 */
export function notFound(target: Target, facts: Facts): Decision {
  const { deployment } = target;
  if (deployment?.status === 'lost') {
    if (facts.now.getTime() - deployment.endedAt.getTime() > LOOK_FOR_LOST_MS) return NOTHING;
    return lookAgain(deployment.id, LOOK_FOR_LOST_EVERY_MS);
  }
  if (deployment?.status !== 'unknown') return NOTHING;
  const gap = deployment.lookedAt ? (facts.now.getTime() - deployment.lookedAt.getTime()) / 1_000 : 0;
  const seconds = Math.min(gap, 5);
  if (deployment.answeredSeconds + seconds < LOST_AFTER_SECONDS) {
    const again = lookAgain(deployment.id, LOOK_EVERY_MS);
    return { ...again, writes: [{ write: 'answered', deploymentId: deployment.id, seconds }] };
  }
  const lost = end(deployment, 'lost', 'no run found in 60 s in which GitHub answered');
  return {
    ...lost,
    effects: [
      ...lost.effects,
      { effect: 'look up', deploymentId: deployment.id, afterMs: LOOK_FOR_LOST_EVERY_MS },
      { effect: 'tell operators', deploymentId: deployment.id, about: 'lost' },
    ],
  };
}

function lookAgain(deploymentId: number, afterMs: number): Extract<Decision, { kind: 'accepted' }> {
  return { kind: 'accepted', writes: [], records: [], effects: [{ effect: 'look up', deploymentId, afterMs }] };
}
