/** Gates: what closes production for everyone for a while. Each has a reason and its times, and a person if one shut it. */

import type { ServicePolicy } from '../decision.js';
import type { Refusal } from '../refusal.js';
import { frozen } from './freeze.js';
import type { Pace } from './pace.js';
import type { Lock, ServiceState, Stop } from './service.js';

export type Gate =
  | ({ readonly gate: 'locked' } & Pick<Lock, 'by' | 'reason' | 'since' | 'until'>)
  | ({ readonly gate: 'stopped' } & Stop)
  | { readonly gate: 'frozen'; readonly reason: string; readonly since: Date; readonly until: Date };

/** The gates that are shut at `at`; those that a person can open come first. */
export function shutGates(
  state: Pick<ServiceState, 'lock' | 'stop'>,
  policy: Pick<ServicePolicy, 'freezes' | 'timezone'>,
  at: Date,
): Gate[] {
  const gates: Gate[] = [];
  if (state.stop) gates.push({ gate: 'stopped', ...state.stop });
  const lock = lockAt(state.lock, at);
  if (lock) gates.push({ gate: 'locked', by: lock.by, reason: lock.reason, since: lock.since, until: lock.until });
  const freeze = frozen(policy.freezes, policy.timezone, at);
  if (freeze) gates.push({ gate: 'frozen', ...freeze });
  return gates;
}

/** The lock if it still holds at `at`, else null. A lock ends by itself when its time is over. */
export function lockAt(lock: Lock | null, at: Date): Lock | null {
  return lock && (lock.until === null || lock.until > at) ? lock : null;
}

/**
 * The gate that a deployment waits for, or null. A rollback passes a freeze, which nobody could open while production is
 * broken. It still waits for a lock or a stop, which any deployer can remove.
 */
export function gateFor(gates: readonly Gate[], kind: 'deploy' | 'retry' | 'roll back'): Gate | null {
  return gates.find(({ gate }) => kind !== 'roll back' || gate !== 'frozen') ?? null;
}

/** When a gate opens by itself; null when a person must open it. */
export const opensAt = (gate: Gate | Pace): Date | null => ('until' in gate ? gate.until : null);

/** The refusal of a request while the gate is shut. */
export function refusalOf(gate: Gate, service: string): Refusal {
  switch (gate.gate) {
    case 'locked': {
      const { by, reason, since, until } = gate;
      return { rule: 'locked', service, by, reason, since, until };
    }
    case 'stopped': {
      const { by, reason, since } = gate;
      return { rule: 'stopped', service, by, reason, since };
    }
    case 'frozen': {
      const { reason, since, until } = gate;
      return { rule: 'frozen', service, reason, since, until };
    }
  }
}
