/** From the head of the queue to a run on GitHub, started at most once. */

import type { DispatchAnswer } from '../command.js';
import { type Decision, NOTHING, type ServicePolicy, type Target } from '../decision.js';
import { type Facts, isUntold } from '../facts.js';
import { cardsOf, end, expired, joined, line, tellRequester } from '../plan.js';
import { detailOf, type Refusal } from '../refusal.js';
import { type Gate, gateFor, opensAt, shutGates } from '../service/gates.js';
import { endedByPause, pausing } from '../service/pause.js';
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
import { askAnew, voidAtStart } from './approvals.js';
import type { Deployment, Of, WaitsFor } from './deployment.js';

/** A fact that could not be had is asked for again after so long. */
const ASK_AGAIN_MS = 5_000;
/** A deployment that has waited for an outside fact for so long is expired, so that it cannot start out of the blue. */
const EXPIRES_MS = 2 * 3_600_000;
/** GitHub refuses for a moment what it has lost sight of; what it refuses for so long is a person's to mend. */
const REFUSED_MS = 5 * 60_000;
/** Look-ups of an unknown dispatch: the first soon, then well within the promised five seconds. */
const FIRST_LOOK_MS = 1_000;
/** A gate that a person may open, or the config, is looked at again after so long. */
const GATE_AGAIN_MS = 60_000;

/**
 * Sends the head of the queue when nothing is active, after asking every rule once more by facts gathered for
 * exactly this deployment. The intent is committed before the request leaves.
 */
export function startNext(state: ServiceState, target: Target, policy: ServicePolicy, facts: Facts): Decision {
  const head = state.queue[0];
  if (state.active || !head) return NOTHING;
  const paused = endedByPause(state, head);
  if (paused) return paused;
  const gate = gateOf(state, head, policy, facts.now);
  if (gate) return waitAt(head, gate, facts);
  if (head.notBefore && head.notBefore > facts.now) {
    return { kind: 'accepted', writes: [], records: [], effects: [{ effect: 'start next', at: head.notBefore }] };
  }
  const { gatheredFor } = facts;
  if (gatheredFor?.deploymentId !== head.id || gatheredFor.live !== liveSha(state) || gatheredFor.shut)
    return { kind: 'ask again' };
  const missing = whatIsMissing(facts);
  if (missing) return waitFor(head, missing, facts);
  const forward = head.kind !== 'roll back';
  const comparison = isUntold(facts.comparison) ? null : (facts.comparison ?? null);
  const refusal = first(
    head.requestedBy === 'pushbutton' ? stillContinuous(state, head, policy) : permitted(facts.permission),
    onBranch(head.sha, policy.branch, facts.onBranch),
    forward && target.change ? passedStaging(target.change) : null,
    forward ? notLiveYet(state, head.sha) : null,
    forward ? aheadOfLive(state, head.sha, comparison) : null,
    target.change && head.override === null ? notHeld(target.change) : null,
    forward && head.override === null
      ? notTooMany(head, policy, comparison?.aheadBy ?? null, head.confirmed, null)
      : null,
  );
  if (refusal) return rejected(head, refusal, reasonOf(refusal));
  const why = voidAtStart(head, state, policy, facts);
  if (why !== null && facts.shipped !== undefined && !isUntold(facts.shipped))
    return { kind: 'accepted', ...askAnew(state, head, facts.shipped, why, policy, facts) };
  return {
    kind: 'accepted',
    writes: [{ write: 'dispatching', deploymentId: head.id }],
    records: [line(head, 'dispatching', null, { deploy_id: head.deployId, requested_by: head.requestedBy })],
    effects: [{ effect: 'dispatch', deploymentId: head.id }, ...cardsOf(head), { effect: 'redraw service' }],
  };
}

/** The gate that the head of the queue waits for. Break glass waits for none. */
export function gateOf(state: ServiceState, head: Of<'queued'>, policy: ServicePolicy, at: Date): Gate | null {
  if (head.override !== null) return null;
  return gateFor(shutGates(state, policy, at), head.kind);
}

/** What deploys itself never goes over a live state that is not known: a person decides then. */
function stillContinuous(state: ServiceState, head: Deployment, policy: ServicePolicy): Refusal | null {
  if (policy.mode !== 'continuous') return { rule: 'not continuous', service: policy.name };
  if (state.live.is !== 'known')
    return { rule: 'what ships has changed', sha: head.sha, why: 'production was rolled back or changed from outside' };
  return null;
}

/** It stays where it is, with the gate on its card and the ledger once, and goes on by itself when the gate opens. */
function waitAt(head: Of<'queued'>, gate: Gate, facts: Facts): Decision {
  const again = facts.now.getTime() + GATE_AGAIN_MS;
  const at = new Date(Math.min(again, opensAt(gate)?.getTime() ?? again));
  const by = 'by' in gate ? gate.by : null;
  const { reason } = gate;
  if (
    head.gated?.gate === gate.gate &&
    head.gated.reason === reason &&
    head.gated.until === null &&
    head.waitsFor === gate.gate
  )
    return { kind: 'accepted', writes: [], records: [], effects: [{ effect: 'start next', at }] };
  return {
    kind: 'accepted',
    writes: [
      {
        write: 'queue again',
        deploymentId: head.id,
        notBefore: head.notBefore,
        waitsFor: gate.gate,
        gate: { by, reason },
      },
    ],
    records: [line(head, 'waits', `${gate.gate}: ${reason}`, { gate: gate.gate, by })],
    effects: [{ effect: 'start next', at }, ...cardsOf(head), { effect: 'redraw service' }],
  };
}

/** The requester is told alone: the press was accepted, and a rule has refused it since. */
function rejected(head: Deployment, refusal: Refusal, reason: string): Decision {
  const ended = end(head, 'rejected', reason, detailOf(refusal));
  return { ...ended, effects: [...ended.effects, ...tellRequester(head, null, refusal)] };
}

/** What the start waits for, and for how long it is not asked again at least. */
interface Missing {
  readonly what: WaitsFor;
  readonly retryAfterMs: number;
}

function whatIsMissing({ permission, approvers, comparison, shipped, onBranch }: Facts): Missing | null {
  const people = [permission, ...(approvers?.values() ?? [])].filter((one) => one?.is === 'not looked up');
  if (people.length > 0)
    return { what: 'slack', retryAfterMs: Math.max(...people.map((one) => one?.retryAfterMs ?? 0)) };
  const untold = [comparison, shipped, onBranch].filter(isUntold);
  const refused = untold.find((one) => typeof one === 'object' && 'refused' in one);
  if (refused) return { what: { githubRefuses: refused.refused }, retryAfterMs: 0 };
  const limited = untold.flatMap((one) => (typeof one === 'object' && 'retryAfterMs' in one ? [one.retryAfterMs] : []));
  if (limited.length > 0) return { what: 'github rate limit', retryAfterMs: Math.max(...limited) };
  if (untold.length > 0) return { what: 'github', retryAfterMs: 0 };
  const authors = shipped === undefined || isUntold(shipped) ? null : shipped.authors;
  return authors === 'not looked up' ? { what: 'slack', retryAfterMs: 0 } : null;
}

const inWords = (what: WaitsFor): string => (typeof what === 'string' ? what : `GitHub refuses: ${what.githubRefuses}`);

function waitFor(head: Of<'queued'>, { what, retryAfterMs }: Missing, facts: Facts): Decision {
  const reason = inWords(what);
  const since = (date: Date | null) => (date ? facts.now.getTime() - date.getTime() : 0);
  if (typeof what === 'object' && since(head.refusedSince) > REFUSED_MS) {
    const { service, sha } = head;
    return rejected(head, { rule: 'github refuses to compare', service, sha, message: what.githubRefuses }, reason);
  }
  // What it waited for at a gate is no silence: that begins now.
  const atGate = head.gated !== null && head.waitsFor === head.gated.gate;
  if (!atGate && since(head.waitsSince) > EXPIRES_MS)
    return expired(head, what === 'slack' || what === 'github' ? `no answer from ${what}` : reason);
  const notBefore = new Date(facts.now.getTime() + Math.max(ASK_AGAIN_MS, retryAfterMs));
  const isNew = head.waitsFor === null || inWords(head.waitsFor) !== reason;
  return {
    kind: 'accepted',
    writes: [{ write: 'queue again', deploymentId: head.id, notBefore, waitsFor: what }],
    records: isNew ? [line(head, 'waits', reason)] : [],
    effects: [{ effect: 'start next', at: notBefore }, ...(isNew ? cardsOf(head) : [])],
  };
}

/** Its facts were no longer fresh, or something was shut since, when the request was to leave: back to the queue, everything is asked again. */
export function notSent(target: Target): Decision {
  const { deployment } = target;
  if (deployment?.status !== 'dispatching' || deployment.sentAt !== null) return NOTHING;
  return {
    kind: 'accepted',
    writes: [{ write: 'queue again', deploymentId: deployment.id, notBefore: null, waitsFor: null }],
    records: [line(deployment, 'not sent', 'too late after its checks, or something was shut since')],
    effects: [{ effect: 'start next', at: null }, ...cardsOf(deployment), { effect: 'redraw service' }],
  };
}

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
        records: [line(deployment, 'deploying', null, { run_id: answer.runId })],
        effects: [...cardsOf(deployment), { effect: 'follow', deploymentId: id, afterMs: 1_000 }],
      };
    case 'refused':
      return joined(
        end(deployment, 'failed', answer.message),
        pausing(state, policy, { by: 'pushbutton', why: 'failed', deploymentId: id }),
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
        effects: [...cardsOf(deployment), { effect: 'look up', deploymentId: id, afterMs: FIRST_LOOK_MS }],
      };
  }
}
