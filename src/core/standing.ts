/** What stands between a change that passed staging and production. */

import type { Change, Hold } from './change/change.js';
import type { ServicePolicy } from './decision.js';
import { deploysItself } from './service/continuous.js';
import { shutGates } from './service/gates.js';
import type { Pace } from './service/pace.js';
import type { Pause, ServiceState } from './service/service.js';

export type Standing =
  | { readonly is: 'ready' }
  /** A gate is shut; no Deploy. */
  | { readonly is: 'shut' }
  /** Marked bad; no Deploy. */
  | { readonly is: 'bad'; readonly hold: Hold }
  /** Continuous deployment, or everything, waits for a person to resume it; no Deploy. */
  | { readonly is: 'paused'; readonly pause: Pause }
  /** It deploys by itself at that time, or as soon after it as nothing else is under way. `pace`: what makes it that late. */
  | { readonly is: 'holding'; readonly at: Date; readonly pace?: Pace }
  /** It does not deploy by itself; a person may deploy it. */
  | { readonly is: 'held'; readonly hold: Hold }
  /** Continuous deployment leaves it to a person: nothing is known to be live. */
  | { readonly is: 'by hand' };

/** The parts of the config that a card's state depends on. */
export type CardPolicy = Pick<ServicePolicy, 'mode' | 'holdMs' | 'freezes' | 'timezone' | 'timeoutMs' | 'everyMs'>;

/** The first obstacle decides what is offered for a change that passed. */
export function standing({
  state,
  change,
  policy,
}: {
  readonly state: ServiceState;
  readonly policy: CardPolicy;
  readonly change: Pick<Change, 'id' | 'hold'>;
}): Standing {
  const { hold } = change;
  if (hold && hold.reason !== null) return { is: 'bad', hold };
  if (shutGates(state, policy, state.readAt).length > 0) return { is: 'shut' };
  if (state.pause?.why === 'roll back failed') return { is: 'paused', pause: state.pause };
  if (policy.mode === 'button') return { is: 'ready' };
  if (state.pause) return { is: 'paused', pause: state.pause };
  if (hold) return { is: 'held', hold };
  const due = deploysItself(state, policy);
  if (due?.change.id === change.id) return { is: 'holding', at: due.at, ...(due.pace && { pace: due.pace }) };
  return state.live.is === 'known' ? { is: 'ready' } : { is: 'by hand' };
}
