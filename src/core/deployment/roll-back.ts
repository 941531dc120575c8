/** Requests for a rollback. */

import type { PressOf } from '../command.js';
import { type Decision, refused, type ServicePolicy, type Target } from '../decision.js';
import type { Facts } from '../facts.js';
import { joined, type Plan, planOf } from '../plan.js';
import type { Refusal } from '../refusal.js';
import { permitted } from '../service/policy.js';
import { isLastSent, lastKnownLive, rollBackTarget, type ServiceState } from '../service/service.js';
import { stopped } from '../stages/between.js';
import { standardAnswers } from './asks.js';
import { type Deployment, type Ended, hasEnded } from './deployment.js';
import { redrawn, wrongState } from './presses.js';
import { ask, instead, merge, openFor, type What } from './requests.js';

/**
 * Decides a Roll back, from a card or by service name: deploys the last good SHA that was live before. A deployment that is
 * between two stages ends for it.
 */
export function pressRollBack(
  before: ServiceState,
  target: Target,
  press: PressOf<'roll back'> | PressOf<'roll back service'>,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const by = press.by.user;
  const { active } = before;
  const isAbout = press.type === 'roll back service' || target.deployment?.id === active?.id;
  const baking = active?.status === 'baking' && isAbout ? active : null;
  const ending = baking ? stopped(baking, 'rolled back', by) : null;
  const state = baking ? withoutActive(before, baking, 'stopped') : before;
  const deployment = baking && target.deployment ? asEnded(baking, 'stopped', before.readAt) : target.deployment;
  if (press.type === 'roll back' && !deployment) return refused({ rule: 'unknown button' }, by, { asked: press.type });
  const about = { sha: deployment?.sha, deploymentId: deployment?.id, asked: 'roll back' };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  if (deployment) {
    const isLive = state.live.is === 'known' && state.live.deployment.id === deployment.id;
    const last = state.lastSent;
    if (!isLive && last && !isLastSent(state, deployment)) {
      const refusal = { rule: 'no longer the last', sha: deployment.sha, status: deployment.status, last } as const;
      return redrawn(refused(refusal, by, about), deployment.changeId);
    }
    if (!hasEnded(deployment))
      return redrawn(refused(wrongState('roll back', deployment), by, about), deployment.changeId);
  }
  const back = rollBackTarget(state, deployment);
  const no = (refusal: Refusal) => {
    const decision = refused(refusal, by, about);
    return deployment ? redrawn(decision, deployment.changeId) : decision;
  };
  if (!back) return no({ rule: 'nothing to roll back to', service: state.name });
  if (deployment && press.type === 'roll back' && (press.to ?? back.key) !== back.key)
    return no({ rule: 'leads elsewhere', service: state.name, sha: deployment.sha, to: back.sha });
  const same = [state.active, ...state.queue, ...state.waiting].find((one) => one?.sha === back.sha);
  if (same) return ending ? joined(ending, planOf({ records: merge(press, same).records })) : merge(press, same);
  const shut = openFor(state, 'roll back', policy, facts);
  if (shut) return no(shut);
  const from = deployment ?? undone(state);
  const what: What = {
    changeId: back.changeId,
    sha: back.sha,
    kind: 'roll back',
    restores: back.id,
    pressedOn: from === null || from.changeId === back.changeId ? null : from.changeId,
    override: null,
    confirmed: null,
    answered: standardAnswers(policy.asks),
  };
  const request = ask(state, by, press.type, what, policy, facts);
  const urgent = inPlaceOf(state, back.sha, by, request);
  const asked = ending ? joined(ending, urgent) : urgent;
  if (!from || from.sha === back.sha) return asked;
  // Also goes on the history of the commit that it removes.
  const detail = { leads_to: back.sha };
  const record = { actor: by, kind: 'roll back asked', sha: from.sha, deploymentId: from.id, reason: null, detail };
  return joined(asked, planOf({ records: [record] }));
}

/** The state once what is active has ended. */
const withoutActive = (state: ServiceState, active: Deployment, status: 'stopped' | 'failed'): ServiceState => ({
  ...state,
  active: null,
  lastSent: asEnded(active, status, state.readAt),
});

function asEnded(deployment: Deployment, status: 'stopped' | 'failed', at: Date): Ended {
  const run = 'run' in deployment ? deployment.run : null;
  const sentAt = run?.startedAt ?? at;
  return { ...deployment, status, run, sentAt, endedAt: at, reason: null, cancelBy: null, endedBy: null };
}

/**
 * The plan by which a service rolls back by itself a deployment that fails now, after it had `reached` production; else empty.
 * It is part of the same decision, so that nothing starts in between. It waits for a gate as any rollback does. With nothing to
 * roll back to, the service pauses and the operators are told.
 */
export function rollsBackItself(
  before: ServiceState,
  failing: Deployment,
  policy: ServicePolicy,
  facts: Facts,
  reached: boolean,
): Plan {
  const { id, kind, stages, sha, changeId } = failing;
  if (policy.onFailure !== 'roll back' || kind === 'roll back' || stages.length === 0 || !reached) return planOf({});
  const by = 'pushbutton';
  const state = withoutActive(before, failing, 'failed');
  const back = rollBackTarget(state, state.lastSent);
  if (!back) {
    const rule = 'nothing to roll back to';
    return planOf({
      writes: [{ write: 'pause', by, why: 'roll back failed', deploymentId: id }],
      records: [{ actor: by, kind: 'refused', sha, deploymentId: id, reason: rule, detail: { asked: ITSELF } }],
      effects: [{ effect: 'tell operators', deploymentId: id, about: 'roll back failed' }],
    });
  }
  if ([...state.queue, ...state.waiting].some((one) => one.sha === back.sha)) return planOf({});
  const what: What = {
    changeId: back.changeId,
    sha: back.sha,
    kind: 'roll back',
    restores: back.id,
    pressedOn: changeId === back.changeId ? null : changeId,
    override: null,
    confirmed: null,
    answered: standardAnswers(policy.asks),
  };
  const detail = { leads_to: back.sha };
  const record = { actor: by, kind: 'roll back asked', sha, deploymentId: id, reason: null, detail };
  // The failure has paused continuous deployment already.
  const paused = { by, why: 'failed', since: facts.now, deploymentId: id } as const;
  const asked = ask({ ...state, pause: state.pause ?? paused }, by, ITSELF, what, policy, facts);
  return joined(inPlaceOf(state, back.sha, by, asked), planOf({ records: [record] }));
}

/** A rollback takes the place of a deployment of the same commit that waits for its time. */
function inPlaceOf({ scheduled }: ServiceState, sha: string, by: string, asked: Plan): Plan {
  const set = scheduled.find((one) => one.sha === sha);
  return set ? instead(asked, set, by, 'a rollback took its place') : asked;
}

const ITSELF = 'roll back itself';

/** What a typed rollback removes: the deployment that was sent last and did not go live, else what is live. */
function undone(state: ServiceState): Deployment | null {
  const { lastSent } = state;
  return lastSent && hasEnded(lastSent) && lastSent.status !== 'live' ? lastSent : lastKnownLive(state);
}
