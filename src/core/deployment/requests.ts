/** Requests for a deployment: Deploy and Retry, and what all requests have in common. */

import type { Change } from '../change/change.js';
import type { Press, PressOf } from '../command.js';
import { type Decision, type Effect, refused, type ServicePolicy, type Target } from '../decision.js';
import { countedIn, countOf, type Facts, isUntold } from '../facts.js';
import { cardsOf, joined, type Plan, planOf } from '../plan.js';
import type { Refusal } from '../refusal.js';
import { gateFor, refusalOf, shutGates } from '../service/gates.js';
import { pausing } from '../service/pause.js';
import {
  aheadOfLive,
  first,
  newestPassed,
  notHeld,
  notLiveYet,
  notTooMany,
  passedStaging,
  permitted,
} from '../service/policy.js';
import { isLastSent, type ServiceState } from '../service/service.js';
import { hasPassedStage } from '../stages/stage.js';
import type { Write } from '../write.js';
import { answersAgain, toAnswer } from './answering.js';
import { basisOf, patienceFrom, requiredFor } from './approvals.js';
import { answersOnLedger, givenBy } from './asks.js';
import { forLater, moved, soonEnough, timeAsked } from './at-time.js';
import type { Deployment } from './deployment.js';
import { redrawn, wrongState } from './presses.js';
import { olderThan, replaceable } from './replace.js';

export type What = Pick<
  Extract<Write, { write: 'add deployment' }>,
  'changeId' | 'sha' | 'kind' | 'restores' | 'pressedOn' | 'override' | 'confirmed' | 'startAt' | 'answered'
>;

/**
 * The plan of a new deployment: queued, or waiting for approval first; with its row among the approvals, its ledger line
 * and the redraw of its cards. A rollback also pauses continuous deployment.
 */
export function ask(
  state: ServiceState,
  by: string,
  asked: string,
  what: What,
  policy: ServicePolicy,
  facts: Facts,
): Plan {
  const cards = new Set([what.changeId, ...(what.pressedOn === null ? [] : [what.pressedOn])]);
  const required = requiredFor(what.kind, what.override, policy);
  const basis = required > 0 ? basisOf(state, facts.shipped) : null;
  const patience = required > 0 ? patienceFrom(facts.now, policy) : null;
  const broken: Effect[] = what.override === null ? [] : [{ effect: 'announce', deploymentId: 'new' }];
  const plan = planOf({
    writes: [{ write: 'add deployment', deployId: facts.deployId, by, ...what, required, basis, patience }],
    records: [
      {
        actor: by,
        kind: what.override === null ? 'requested' : 'break glass',
        sha: what.sha,
        deploymentId: 'new',
        reason: what.override,
        detail: {
          asked,
          deploy_id: facts.deployId,
          ...(required > 0 && {
            approvals_required: required,
            changes: null,
            ...(facts.shipped && !isUntold(facts.shipped) && countedIn(facts.shipped)),
            counted_from: basis?.from ?? null,
          }),
          ...(what.confirmed !== null && { confirmed_changes: what.confirmed }),
          ...(what.startAt && { start_at: what.startAt.toISOString() }),
          ...answersOnLedger(what.answered),
        },
      },
    ],
    effects: [
      { effect: 'start next', at: null },
      ...[...cards].map((changeId): Effect => ({ effect: 'redraw', changeId })),
      // The places of others in the queue may change: a rollback goes first.
      { effect: 'redraw service' },
      ...broken,
    ],
  });
  if (what.kind !== 'roll back') return plan;
  return joined(plan, pausing(state, policy, { by, why: 'rolled back', deploymentId: 'new' }));
}

/** Merges a press into the deployment of the same SHA that is under way: no second row, no second run. */
export function merge(press: Press, into: Deployment): Extract<Decision, { kind: 'merged' }> {
  const { sha, id } = into;
  return {
    kind: 'merged',
    into,
    records: [
      {
        actor: press.by.user,
        kind: 'merged',
        sha,
        deploymentId: id,
        reason: null,
        detail: {
          asked: press.type,
          status: into.status,
          ...('answers' in press && press.answers && { answers: 'not applied' }),
        },
      },
    ],
  };
}

/** The refusal by the gate that is shut now for this kind; null when none is. */
export function openFor(
  state: ServiceState,
  kind: Deployment['kind'],
  policy: ServicePolicy,
  facts: Facts,
): Refusal | null {
  const gate = gateFor(shutGates(state, policy, facts.now), kind);
  return gate && refusalOf(gate, state.name);
}

/** Decides a Deploy: a new deployment, a merge into one under way, the move of one to another time, or a refusal. */
export function pressDeploy(
  state: ServiceState,
  target: Target,
  press: PressOf<'deploy' | 'deploy at'>,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const { change, underWay } = target;
  const by = press.by.user;
  if (!change) return refused({ rule: 'unknown button' }, by, { asked: press.type });
  const override = press.override ?? null;
  const about = { sha: change.sha, asked: override === null ? press.type : 'break glass' };
  const comparison = isUntold(facts.comparison) ? null : (facts.comparison ?? null);
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  const unsent = underWay?.status === 'waiting' || underWay?.status === 'queued' ? underWay : null;
  const inTheWay = unsent?.kind === 'roll back' ? null : unsent;
  const startAt = timeAsked(press, facts);
  const when = startAt === null ? {} : { startAt };
  const later = override === null ? forLater(inTheWay, facts.now) : null;
  if (underWay && !later && (override === null || !inTheWay || inTheWay.override !== null))
    return merge(press, underWay);
  const refusal = first(
    soonEnough(startAt, state.name, change.sha, facts.now),
    passedStaging(change, policy, facts.now),
    notLiveYet(state, change.sha),
    press.from === 'card' ? newestPassed(state, change) : null,
    aheadOfLive(state, change.sha, comparison, override !== null),
    // What is shut now may be open at that time.
    override === null && startAt === null ? openFor(state, 'deploy', policy, facts) : null,
    override === null ? notHeld(change) : null,
  );
  if (refusal) return redrawn(refused(refusal, by, about), change.id);
  const given = (policy.asks && press.all ? facts.answers : undefined) ?? givenBy(press);
  // What is only brought forward, or moved, keeps its answers.
  const answers = later ? { answered: later.answered } : toAnswer(state, change, policy, given);
  if ('rule' in answers) return redrawn(refused(answers, by, about), change.id);
  const count = comparison && countOf(comparison);
  const confirmed = press.all && facts.confirmed ? facts.confirmed : null;
  const many = override === null ? notTooMany(change, policy, count, confirmed, change.key) : null;
  if (many) {
    const asking: Write = {
      write: 'ask to confirm',
      ...{ changeId: change.id, user: by, changes: many.count },
      ...when,
      ...(policy.asks && given && { answers: given }),
    };
    const asked = startAt === null ? many : { ...many, at: startAt };
    return { ...refused(asked, by, about), writes: [asking] };
  }
  if (later) return moved(later, by, startAt, confirmed);
  const what = { changeId: change.id, sha: change.sha, kind: 'deploy', restores: null, pressedOn: null } as const;
  const request = { ...what, override, confirmed, ...when, ...answers };
  const asked = counting(change, ask(state, by, press.type, request, policy, facts));
  if (inTheWay) return instead(asked, inTheWay, by, 'break glass took its place');
  const runNumber = change.staging.runNumber;
  const required = requiredFor('deploy', override, policy);
  const mayReplace =
    override === null &&
    startAt === null &&
    required === 0 &&
    (olderThan(state, runNumber).length > 0 || replaceable(state, { kind: 'deploy', required, runNumber }) !== null);
  return mayReplace ? { ...asked, mayReplace: true } : asked;
}

/** A change that stands aside counts once somebody deploys it, and has a card. */
function counting({ id, sha, aside }: Change, asked: Plan): Plan {
  if (!aside) return asked;
  return {
    ...asked,
    writes: [{ write: 'aside', changeId: id, aside: null }, ...asked.writes],
    effects: [...asked.effects, { effect: 'describe', sha }],
  };
}

/** What is more urgent replaces a request for the same SHA that waits for a gate, for approval or for its time. */
export function instead(asked: Plan, old: Deployment, by: string, reason: string): Plan {
  return {
    ...asked,
    writes: [{ write: 'end', deploymentId: old.id, status: 'withdrawn', reason, by }, ...asked.writes],
    records: [
      { actor: by, kind: 'withdrawn', sha: old.sha, deploymentId: old.id, reason, detail: {} },
      ...asked.records,
    ],
    effects: [...asked.effects, ...cardsOf(old)],
  };
}

/** Whether Retry is offered: it failed, was lost, or ended with stages that it had passed. */
const mayBeRetried = (deployment: Deployment): boolean =>
  deployment.status === 'failed' ||
  deployment.status === 'lost' ||
  (hasPassedStage(deployment) && (deployment.status === 'stopped' || deployment.status === 'cancelled'));

/** Decides a Retry: a new deployment of the same SHA, never GitHub's re-run; every rule is checked again. */
export function pressRetry(
  state: ServiceState,
  target: Target,
  press: PressOf<'retry'>,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const { deployment, change, underWay } = target;
  if (!deployment) return refused({ rule: 'unknown button' }, press.by.user, { asked: press.type });
  const about = { sha: deployment.sha, deploymentId: deployment.id, asked: press.type };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, press.by.user, about);
  if (underWay) return merge(press, underWay);
  if (!mayBeRetried(deployment)) {
    return redrawn(refused(wrongState(press.type, deployment), press.by.user, about), deployment.changeId);
  }
  const last = state.lastSent;
  if (last && !isLastSent(state, deployment)) {
    const refusal = { rule: 'no longer the last', sha: deployment.sha, status: deployment.status, last } as const;
    return redrawn(refused(refusal, press.by.user, about), deployment.changeId);
  }
  const { changeId, sha, restores, pressedOn, confirmed } = deployment;
  const kind = deployment.kind === 'roll back' ? deployment.kind : 'retry';
  const shut = first(openFor(state, kind, policy, facts), change ? notHeld(change) : null);
  if (shut) return redrawn(refused(shut, press.by.user, about), changeId);
  const answers = answersAgain(state, deployment, policy);
  if ('rule' in answers) return redrawn(refused(answers, press.by.user, about), changeId);
  const what = { changeId, sha, kind, restores, pressedOn, override: null, confirmed, ...answers } as const;
  return ask(state, press.by.user, press.type, what, policy, facts);
}
