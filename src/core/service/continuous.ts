/** Continuous deployment: when the newest change that passed deploys itself, and what it waits for. */

import { type Decision, NOTHING, type ServicePolicy } from '../decision.js';
import { ask } from '../deployment/requests.js';
import type { Facts } from '../facts.js';
import { shutGates } from './gates.js';
import type { NewestPassed, ServiceState } from './service.js';

/**
 * A hold that newer changes begin anew again and again ends after so many of its length, counted from the first of them; each has half
 * of its own at least.
 */
const LONGEST_HOLDS = 3;

/**
 * The change that deploys itself, and from when on. null where nothing does: a button service, one that is paused, a change that
 * is live, held, or was asked for already, and where what is live is not known, for then nobody knows what would ship.
 */
export function deploysItself(
  state: ServiceState,
  policy: Pick<ServicePolicy, 'mode' | 'holdMs'>,
): { readonly change: NewestPassed; readonly at: Date } | null {
  const { newestPassed: change, live, pause, resumedAt } = state;
  if (policy.mode !== 'continuous' || pause || !change || live.is !== 'known') return null;
  if (!change.afterLive || change.hold || change.wasAsked) return null;
  const from = Math.max(change.passedAt.getTime(), resumedAt?.getTime() ?? 0);
  const first = Math.max(change.firstPassedAt.getTime(), resumedAt?.getTime() ?? 0);
  const { holdMs } = policy;
  const at = Math.min(from + holdMs, Math.max(first + LONGEST_HOLDS * holdMs, from + holdMs / 2));
  return { change, at: new Date(at) };
}

/** The change that deploys itself now: its time has come, nothing else is under way, every gate is open. */
export function isDue(state: ServiceState, policy: ServicePolicy, now: Date): NewestPassed | null {
  const due = deploysItself(state, policy);
  if (!due || due.at > now) return null;
  if (state.active || state.queue.length > 0 || state.waiting.length > 0) return null;
  return shutGates(state, policy, now).length > 0 ? null : due.change;
}

/** Asks for it when it is due. What comes after is as for any other. */
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
  } as const;
  return ask(state, 'pushbutton', 'continuous', what, policy, facts);
}
