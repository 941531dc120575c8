/** Continuous deployment: when the newest change that passed is deployed automatically, and what it waits for. */

import { type Decision, NOTHING, type ServicePolicy } from '../decision.js';
import { standardAnswers } from '../deployment/asks.js';
import { ask } from '../deployment/requests.js';
import type { Facts } from '../facts.js';
import { shutGates } from './gates.js';
import { type Pace, paceOf } from './pace.js';
import type { NewestPassed, ServiceState } from './service.js';

/**
 * Newer changes restart the hold. It ends at the latest this many hold lengths after the first of them, but every change
 * gets at least half a hold.
 */
const LONGEST_HOLDS = 3;

/**
 * The change that deploys automatically, and from when on. null when none does: the service is in button mode or paused,
 * the change is live, held or was requested before, or what is live is not known.
 */
export function deploysItself(
  state: ServiceState,
  policy: Pick<ServicePolicy, 'mode' | 'holdMs' | 'everyMs'>,
): { readonly change: NewestPassed; readonly at: Date; readonly pace?: Pace } | null {
  const { newestPassed: change, live, pause, resumedAt } = state;
  if (policy.mode !== 'continuous' || pause || !change || live.is !== 'known') return null;
  if (!change.afterLive || change.hold || change.wasAsked) return null;
  const from = Math.max(change.passedAt.getTime(), resumedAt?.getTime() ?? 0);
  const first = Math.max(change.firstPassedAt.getTime(), resumedAt?.getTime() ?? 0);
  const { holdMs } = policy;
  const at = Math.min(from + holdMs, Math.max(first + LONGEST_HOLDS * holdMs, from + holdMs / 2));
  // It is requested when it may be sent: until then a newer change can take its place.
  const pace = paceOf(state, policy, state.readAt);
  return pace && pace.until.getTime() > at ? { change, at: pace.until, pace } : { change, at: new Date(at) };
}

/** The change to deploy automatically now: it is due, nothing else is under way and every gate is open; else null. */
export function isDue(state: ServiceState, policy: ServicePolicy, now: Date): NewestPassed | null {
  const due = deploysItself(state, policy);
  if (!due || due.at > now) return null;
  if (state.active || state.queue.length > 0 || state.waiting.length > 0) return null;
  return shutGates(state, policy, now).length > 0 ? null : due.change;
}

/** Requests the deployment when a change is due; it then goes the way of any other request. */
export function deployItself(state: ServiceState, policy: ServicePolicy, facts: Facts): Decision {
  const due = isDue(state, policy, facts.now);
  if (!due) return NOTHING;
  const { id: changeId, sha } = due;
  const what = {
    changeId,
    sha,
    kind: 'deploy',
    restores: null,
    pressedOn: null,
    override: null,
    confirmed: null,
    answered: standardAnswers(policy.asks),
  } as const;
  return ask(state, 'pushbutton', 'continuous', what, policy, facts);
}
