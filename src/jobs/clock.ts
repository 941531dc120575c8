/** Time passes for approvals, locks, freezes and continuous deployment, by the database's clock, on one replica. */

import type pg from 'pg';
import type { Command } from '../core/command.js';
import type { ServicePolicy } from '../core/decision.js';
import type { Pauses } from '../core/pauses.js';
import { isDue } from '../core/service/continuous.js';
import { frozen } from '../core/service/freeze.js';
import { approvalsDue } from '../db/deployments.js';
import { locksDue, noteGatesDrawn } from '../db/gates.js';
import { takeTurn } from '../db/pace.js';
import { transaction } from '../db/pool.js';
import { enqueueEffects } from '../db/queue.js';
import { readService } from '../db/services.js';

export interface ClockDeps {
  readonly pool: pg.Pool;
  readonly services: readonly ServicePolicy[];
  readonly perform: (command: Command) => Promise<unknown>;
  readonly pauses: Pauses;
}

/** Checks all that time alone changes, and has it decided. Safe to repeat: a decision sees what is already decided. */
export function createClock({ pool, services, perform, pauses }: ClockDeps): () => Promise<void> {
  const known = new Set(services.map(({ name }) => name));
  const watched = services.filter(({ mode, freezes }) => mode === 'continuous' || freezes.length > 0);

  async function look(policy: ServicePolicy): Promise<void> {
    const { name, freezes } = policy;
    const state = await readService(pool, name);
    if (freezes.length > 0) {
      const freeze = frozen(freezes, policy.timezone, state.readAt);
      const gates = freeze ? `frozen until ${freeze.until.toISOString()}` : 'open';
      await transaction(pool, async (tx) => {
        if (!(await noteGatesDrawn(tx, name, gates))) return;
        await enqueueEffects(tx, name, [{ effect: 'redraw service' }, { effect: 'start next', at: null }]);
      });
    }
    if (isDue(state, policy, state.readAt)) await perform({ type: 'service time passed', service: name });
  }

  return async () => {
    if (!(await takeTurn(pool, 'clock', pauses.turns.clock))) return;
    const due = [
      ...(await approvalsDue(pool))
        .filter(({ service }) => known.has(service))
        .map(
          ({ id, service }) =>
            () =>
              perform({ type: 'time passed', service, deploymentId: id }),
        ),
      ...(await locksDue(pool))
        .filter((service) => known.has(service))
        .map((service) => () => perform({ type: 'service time passed', service })),
      ...watched.map((policy) => () => look(policy)),
    ];
    // A failure in one service does not stop the others.
    const met: unknown[] = [];
    for (const one of due) await one().catch((error: unknown) => met.push(error));
    if (met.length > 0) throw met[0];
  };
}
