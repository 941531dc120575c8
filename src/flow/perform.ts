/** The only place where state changes: gathers facts, locks the service, decides, and saves in one transaction. */

import type { Command } from '../core/command.js';
import { refused, type ServicePolicy } from '../core/decision.js';
import type { Refusal } from '../core/refusal.js';
import { reached } from '../crash-points.js';
import { transaction } from '../db/pool.js';
import { saveOutcome, Twice } from '../db/save-outcome.js';
import { inTurn } from '../db/turns.js';
import { type Asked, type DecideDeps, decideTogether, type Gathered } from './decide-together.js';
import { performMoved } from './job-moved.js';
import { type Closing, closed, type From, type Outcome, tell } from './outcome.js';
import { performStop } from './stop.js';

export interface PerformDeps extends DecideDeps {
  readonly policyOf: (service: string) => ServicePolicy | undefined;
  /** Asks Slack and GitHub for what the command needs, outside any transaction, after the command was saved. */
  readonly gather: (command: Command, service: string) => Promise<Asked>;
}

/**
 * Performs one command, in one transaction with others of its service that are ready at the same time. Safe to repeat: an
 * inbox row is handled once, and the decision sees what has already happened. Throws when the database or a required look-up fails; then nothing is saved.
 */
export async function perform(deps: PerformDeps, command: Command, from: From | null = null): Promise<Outcome> {
  if (command.type === 'stop' || command.type === 'resume all') return performStop(deps, command, from);
  const service = 'service' in command ? command.service : (from?.service ?? null);
  const policy = service === null ? undefined : deps.policyOf(service);
  if (service === null || policy === undefined) return refuseUnknown(deps, command, service, from);
  if (command.type === 'job moved') return performMoved(deps, command, from);
  const { here, within, linker } = deps.tracing;
  const about = { 'pushbutton.command': command.type };
  for (let round = 0; round < 5; round += 1) {
    const asked = await within('gather', about, () => deps.gather(command, service));
    reached('gathered');
    const trace = here();
    const outcome = await within('decide', about, () => {
      const ready: Gathered = { command, asked, from, trace, link: linker() };
      return inTurn(deps.pool, service, ready, (all) => decideTogether(deps, policy, all));
    });
    if (outcome) return outcome;
  }
  throw new Error(`${command.type} of ${service}: the state changed five times while its facts were gathered`);
}

/** Refuses an unknown button or a service that is no longer in the config. The refusal still goes on the ledger. */
async function refuseUnknown(
  deps: PerformDeps,
  command: Command,
  service: string | null,
  from: From | null,
): Promise<Outcome> {
  const refusal: Refusal = service === null ? { rule: 'unknown button' } : { rule: 'unknown service', service };
  const outcome: Outcome = { kind: 'refused', refusal };
  if (!('by' in command)) {
    if (from) {
      const silent = { ...from, reply: null };
      const nothing: Closing = { from: silent, outcome: { kind: 'nothing' }, changeId: null, trace: null };
      await transaction(deps.pool, (tx) => saveOutcome(tx, null, closed([nothing]))).catch(ignoreTwice);
    }
    return { kind: 'nothing' };
  }
  const decision = refused(refusal, command.by.user, {
    asked: command.type === 'unknown press' ? command.action : command.type,
  });
  const closing: Closing[] = from ? [{ from, outcome, changeId: null, trace: deps.tracing.here() }] : [];
  await transaction(deps.pool, (tx) =>
    saveOutcome(tx, service, { records: decision.records, ...closed(closing) }),
  ).then(() => tell(deps, command, service, decision, from), ignoreTwice);
  return outcome;
}

/** Rethrows any error but `Twice`. */
function ignoreTwice(error: unknown): void {
  if (!(error instanceof Twice)) throw error;
}
