/** Jobs of production runs moved: the runs are read again. Nothing else changes, so no service is locked for it. */

import type pg from 'pg';
import type { Command } from '../core/command.js';
import { jobMoved } from '../core/deployment/production.js';
import { reached } from '../crash-points.js';
import { deploymentsOfRuns } from '../db/deployments.js';
import { transaction } from '../db/pool.js';
import { saveOutcome } from '../db/save-outcome.js';
import { inTurn } from '../db/turns.js';
import type { Tracing } from '../tracing/tracing.js';
import { orAlone } from './or-alone.js';
import { type Closing, closed, type From, type Heard, inList, type Outcome, tell } from './outcome.js';

type Moved = Extract<Command, { type: 'job moved' }>;

interface MovedDeps extends Heard {
  readonly pool: pg.Pool;
  readonly tracing: Tracing;
}

interface Asked {
  readonly command: Moved;
  readonly from: From | null;
  readonly trace: string | null;
}

/** The name of the turn in which all of them are decided; no service has it. */
const TURN = ' job moved';

/** Like `perform`, in one transaction with those of other services. */
export async function performMoved(deps: MovedDeps, command: Moved, from: From | null): Promise<Outcome> {
  const asked: Asked = { command, from, trace: deps.tracing.here() };
  const outcome = await deps.tracing.within('decide', { 'pushbutton.command': command.type }, () =>
    inTurn(deps.pool, TURN, asked, (all) => orAlone(all, (together, began) => decideIn(deps, together, began))),
  );
  return outcome ?? { kind: 'nothing' };
}

async function decideIn(deps: MovedDeps, all: readonly Asked[], began: () => void): Promise<Outcome[]> {
  const decided = await transaction(deps.pool, async (tx) => {
    began();
    const found = await deploymentsOfRuns(
      tx,
      all.map(({ command }) => command),
    );
    const each = all.map(({ command, from, trace }) => {
      const of = found.find((one) => one.service === command.service && one.runId === command.runId);
      const decision = jobMoved(of ?? null);
      const outcome: Outcome =
        decision.kind === 'accepted' ? { kind: 'accepted', deploymentId: null, done: null } : { kind: 'nothing' };
      return { command, from, trace, decision, outcome };
    });
    const effects = each.flatMap(({ decision, trace }) =>
      decision.kind === 'accepted' ? decision.effects.map((one) => ({ ...one, traces: inList(trace) })) : [],
    );
    const closings = each.flatMap(({ from, trace, outcome }): Closing[] =>
      from ? [{ from, outcome, changeId: null, trace }] : [],
    );
    await saveOutcome(tx, null, { ...closed(closings), effects });
    reached('jobs moved: decided');
    return each;
  });
  for (const { command, from, decision } of decided) tell(deps, command, command.service, decision, from);
  return decided.map(({ outcome }) => outcome);
}
