/** Requests for a rollback. */

import type { PressOf } from '../command.js';
import { type Decision, refused, type ServicePolicy, type Target } from '../decision.js';
import type { Facts } from '../facts.js';
import { joined, planOf } from '../plan.js';
import type { Refusal } from '../refusal.js';
import { permitted } from '../service/policy.js';
import { isLastSent, lastKnownLive, rollBackTarget, type ServiceState } from '../service/service.js';
import { type Deployment, hasEnded } from './deployment.js';
import { redrawn, wrongState } from './presses.js';
import { ask, merge, openFor, type What } from './requests.js';

/** Decides a Roll back, from a card or by service name: deploys the last good SHA that was live before. */
export function pressRollBack(
  state: ServiceState,
  target: Target,
  press: PressOf<'roll back'> | PressOf<'roll back service'>,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const { deployment } = target;
  const by = press.by.user;
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
  if (same) return merge(press, same);
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
  };
  const asked = ask(state, by, press.type, what, policy, facts);
  if (!from || from.sha === back.sha) return asked;
  // Also goes on the history of the commit that it removes.
  const detail = { leads_to: back.sha };
  const record = { actor: by, kind: 'roll back asked', sha: from.sha, deploymentId: from.id, reason: null, detail };
  return joined(asked, planOf({ records: [record] }));
}

/** What a typed rollback removes: the deployment that was sent last and did not go live, else what is live. */
function undone(state: ServiceState): Deployment | null {
  const { lastSent } = state;
  return lastSent && hasEnded(lastSent) && lastSent.status !== 'live' ? lastSent : lastKnownLive(state);
}
