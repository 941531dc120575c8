/** Stops or resumes everything, with the one row that all services share. */

import type pg from 'pg';
import type { PressOf } from '../core/command.js';
import type { Facts } from '../core/facts.js';
import { decideStop } from '../core/service/locks.js';
import { lockStop } from '../db/gates.js';
import { transaction } from '../db/pool.js';
import { saveWrites } from '../db/save.js';
import { saveForAll, Twice } from '../db/save-outcome.js';
import type { Tracing } from '../tracing/tracing.js';
import { closed, doneOf, type From, type Heard, inList, type Outcome, tell } from './outcome.js';

type StopPress = PressOf<'stop'> | PressOf<'resume all'>;

interface StopDeps extends Heard {
  readonly pool: pg.Pool;
  readonly tracing: Tracing;
  /** Asks Slack whether the person may do it; the service is '', since it concerns all of them. */
  readonly gather: (command: StopPress, service: string) => Promise<Pick<Facts, 'permission'>>;
}

/** Like `perform`, for commands that concern all services. */
export async function performStop(deps: StopDeps, command: StopPress, from: From | null): Promise<Outcome> {
  const { here, within } = deps.tracing;
  const { permission } = await within('gather', { 'pushbutton.command': command.type }, () => deps.gather(command, ''));
  try {
    const { outcome, decision } = await transaction(deps.pool, async (tx) => {
      const decision = decideStop(await lockStop(tx), command, permission);
      if (decision.kind !== 'accepted' && decision.kind !== 'refused')
        throw new Error(`${command.type} must be accepted or refused`);
      if (decision.kind === 'accepted') await saveWrites(tx, '', decision.writes);
      const outcome: Outcome =
        decision.kind === 'accepted'
          ? { kind: 'accepted', deploymentId: null, done: doneOf(decision, null, null) }
          : { kind: 'refused', refusal: decision.refusal };
      await saveForAll(tx, {
        records: decision.records,
        ...closed(from ? [{ from, outcome, changeId: null, trace: here() }] : []),
        effects: decision.effects.map((one) => ({ ...one, traces: inList(here()) })),
      });
      return { outcome, decision };
    });
    tell(deps, command, '', decision, from);
    return outcome;
  } catch (error) {
    if (error instanceof Twice) return { kind: 'nothing' };
    throw error;
  }
}
