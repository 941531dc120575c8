/** Gates: what shuts production for a while, whoever asks. Each is given with who, why, since and until. */

import type { ServicePolicy } from '../decision.js';
import type { Refusal } from '../refusal.js';
import { frozen } from './freeze.js';
import type { Lock, ServiceState, Stop } from './service.js';

export type Gate =
  | ({ readonly gate: 'locked' } & Pick<Lock, 'by' | 'reason' | 'since' | 'until'>)
  | ({ readonly gate: 'stopped' } & Stop)
  | { readonly gate: 'frozen'; readonly reason: string; readonly since: Date; readonly until: Date };

/** What shuts it now; the gate that a person can open comes first. */
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

/** A lock is over by itself when its time has passed, whether or not anybody has noticed. */
export function lockAt(lock: Lock | null, at: Date): Lock | null {
  return lock && (lock.until === null || lock.until > at) ? lock : null;
}

/**
 * The gate that a deployment waits for, or null. A roll back passes a freeze, for nobody could open it while production is broken;
 * a lock and a stop hold it up too, for any deployer can take them away.
 */
export function gateFor(gates: readonly Gate[], kind: 'deploy' | 'retry' | 'roll back'): Gate | null {
  return gates.find(({ gate }) => kind !== 'roll back' || gate !== 'frozen') ?? null;
}

/** When it opens by itself; null when a person has to. */
export const opensAt = (gate: Gate): Date | null => ('until' in gate ? gate.until : null);

/** The gate as a refusal to who asks while it is shut. */
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
