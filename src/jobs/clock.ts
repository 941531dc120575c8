/** Time passes for approvals, locks, freezes and continuous deployment, by the database's clock, on one replica. */

import type pg from 'pg';
import type { Command } from '../core/command.js';
import type { ServicePolicy } from '../core/decision.js';
import type { Pauses } from '../core/pauses.js';
import { isDue } from '../core/service/continuous.js';
import { type Frozen, frozen } from '../core/service/freeze.js';
import { noteGatesDrawn } from '../db/gates.js';
import { transaction } from '../db/pool.js';
import { enqueueEffects } from '../db/save-outcome.js';
import { readService } from '../db/service-state.js';
import { takeTimePassed } from '../db/time-passed.js';

export interface ClockDeps {
  readonly pool: pg.Pool;
  readonly services: readonly ServicePolicy[];
  readonly perform: (command: Command) => Promise<unknown>;
  readonly pauses: Pauses;
}

const OPEN = 'open';
const gatesOf = (freeze: Frozen | null): string => (freeze ? `frozen until ${freeze.until.toISOString()}` : OPEN);

/**
 * Checks all that time alone changes, and has it decided. Safe to repeat: a decision sees what is already decided. With
 * nothing due it costs one statement, however many services there are.
 */
export function createClock({ pool, services, perform, pauses }: ClockDeps): () => Promise<void> {
  const policies = new Map(services.map((policy) => [policy.name, policy]));
  const named = (which: (policy: ServicePolicy) => boolean) => services.filter(which).map(({ name }) => name);
  const freezing = named(({ freezes }) => freezes.length > 0);
  const continuous = named(({ mode }) => mode === 'continuous');

  /** The gates of each service with freezes; services with the same windows share one calculation. */
  function gatesAt(now: Date): ReadonlyMap<string, string> {
    const known = new Map<string, string>();
    return new Map(
      freezing.map((name) => {
        const { freezes, timezone } = policies.get(name) as ServicePolicy;
        const key = JSON.stringify([freezes, timezone]);
        const gates = known.get(key) ?? gatesOf(frozen(freezes, timezone, now));
        known.set(key, gates);
        return [name, gates];
      }),
    );
  }

  const redraw = (name: string, gates: string) =>
    transaction(pool, async (tx) => {
      if (!(await noteGatesDrawn(tx, name, gates))) return;
      await enqueueEffects(tx, name, [{ effect: 'redraw service' }, { effect: 'start next', at: null }]);
    });

  async function deployIfDue(name: string): Promise<void> {
    const state = await readService(pool, name);
    if (isDue(state, policies.get(name) as ServicePolicy, state.readAt))
      await perform({ type: 'service time passed', service: name });
  }

  return async () => {
    const passed = await takeTimePassed(pool, pauses.turns.clock, freezing, continuous);
    if (!passed) return;
    const gates = gatesAt(passed.now);
    const due = [
      ...passed.approvals
        .filter(({ service }) => policies.has(service))
        .map(
          ({ id, service }) =>
            () =>
              perform({ type: 'time passed', service, deploymentId: id }),
        ),
      ...passed.locks
        .filter((service) => policies.has(service))
        .map((service) => () => perform({ type: 'service time passed', service })),
      ...[...gates]
        .filter(([name, now]) => name in passed.drawn && passed.drawn[name] !== now)
        .map(
          ([name, now]) =>
            () =>
              redraw(name, now),
        ),
      ...passed.mayDeploy.filter((name) => (gates.get(name) ?? OPEN) === OPEN).map((name) => () => deployIfDue(name)),
    ];
    // A failure in one service does not stop the others.
    const met: unknown[] = [];
    for (const one of due) await one().catch((error: unknown) => met.push(error));
    if (met.length > 0) throw met[0];
  };
}
