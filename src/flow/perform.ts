/** The only place where state changes: gathers facts, locks the service, decides, and saves in one transaction. */

import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { Command } from '../core/command.js';
import { decide } from '../core/decide.js';
import { type Decision, type Effect, NOTHING, refused, type ServicePolicy } from '../core/decision.js';
import { namedIn, type ProductionRun } from '../core/deployment/deployment.js';
import type { Facts } from '../core/facts.js';
import type { Pauses } from '../core/pauses.js';
import type { Refusal } from '../core/refusal.js';
import { reached } from '../crash-points.js';
import { isRunOf } from '../db/deployments.js';
import { appendLedger } from '../db/ledger.js';
import { type Queryable, transaction } from '../db/pool.js';
import { enqueueEffects } from '../db/queue.js';
import { saveWrites } from '../db/save.js';
import { lockService, readService } from '../db/services.js';
import { inTurn } from '../db/turns.js';
import { close, doneOf, type From, type Heard, ignoreTwice, type Outcome, Twice, tell } from './outcome.js';
import { readTarget, serviceOf } from './read-target.js';
import { performStop } from './stop.js';

export interface PerformDeps extends Heard {
  readonly pool: pg.Pool;
  readonly policyOf: (service: string) => ServicePolicy | undefined;
  /** The other services with the same production workflow file. */
  readonly sharersOf: (service: string) => readonly string[];
  /** Asks Slack and GitHub for what the command needs, outside any transaction, after the command was saved. */
  readonly gather: (command: Command, service: string) => Promise<Omit<Facts, 'now' | 'deployId' | 'pauses'>>;
  readonly pauses: Pauses;
}

/**
 * Performs one command. Safe to repeat: an inbox row is handled once, and the decision sees what has already happened.
 * Throws when the database or a required look-up fails; then nothing is saved.
 */
export async function perform(deps: PerformDeps, command: Command, from: From | null = null): Promise<Outcome> {
  if (command.type === 'stop' || command.type === 'resume all') return performStop(deps, command, from);
  const service = await serviceOf(deps.pool, command);
  const policy = service === null ? undefined : deps.policyOf(service);
  if (service === null || policy === undefined) return refuseUnknown(deps, command, service, from);
  for (let round = 0; round < 5; round += 1) {
    const asked = await deps.gather(command, service);
    reached('gathered');
    const outcome = await inTurn(deps.pool, service, () => once(deps, command, policy, asked, from));
    if (outcome) return outcome;
  }
  throw new Error(`${command.type} of ${service}: the state changed five times while its facts were gathered`);
}

async function once(
  deps: PerformDeps,
  command: Command,
  policy: ServicePolicy,
  asked: Omit<Facts, 'now' | 'deployId' | 'pauses'>,
  from: From | null,
): Promise<Outcome | null> {
  const service = policy.name;
  try {
    const deployId = newDeployId();
    const { outcome, decision } = await transaction(deps.pool, async (tx) => {
      if (!(await lockService(tx, service))) throw new Error(`no row for service ${service}`);
      const state = await readService(tx, service);
      const target = await readTarget(tx, service, command, state.queue[0]?.changeId ?? null);
      const facts: Facts = { ...asked, now: state.readAt, deployId, pauses: deps.pauses };
      const decided =
        command.type === 'production seen' && !target.deployment && (await isTheirs(deps, tx, service, command.run))
          ? NOTHING
          : decide(state, target, command, policy, facts);
      if (decided.kind === 'ask again') return { outcome: null, decision: decided };
      const saved = await save(tx, service, decided);
      // Sign off is pressed on an announcement, which is not a copy of the card.
      const onCard = command.type !== 'sign off';
      const changeId = onCard ? (target.deployment?.changeId ?? target.change?.id ?? null) : null;
      const closing = from ? await close(tx, from, saved.outcome, changeId) : { jobs: [], effects: [] };
      await enqueueEffects(tx, service, [...saved.effects, ...closing.effects], closing.jobs);
      reached('decided');
      return { outcome: saved.outcome, decision: decided };
    });
    reached('committed');
    const id = outcome?.kind === 'accepted' ? outcome.deploymentId : null;
    if (outcome) tell(deps, command, service, decision, from, id === null ? null : { id, deployId });
    return outcome;
  } catch (error) {
    if (error instanceof Twice) return { kind: 'nothing' };
    throw error;
  }
}

/** Opaque, unguessable, and short enough to read in a run's name. */
const newDeployId = (): string => `pb-${randomBytes(8).toString('hex')}`;

/** A run of another service that shares the workflow file says nothing about this service. */
const isTheirs = (deps: PerformDeps, tx: Queryable, service: string, run: ProductionRun): Promise<boolean> =>
  isRunOf(tx, deps.sharersOf(service), run.runId, namedIn(run.title));

/** Saves a decision. The caller enqueues the returned effects at the very end. */
async function save(
  tx: Queryable,
  service: string,
  decision: Exclude<Decision, { kind: 'ask again' }>,
): Promise<{ outcome: Outcome; effects: readonly Effect[] }> {
  switch (decision.kind) {
    case 'nothing':
      return { outcome: { kind: 'nothing' }, effects: [] };
    case 'accepted': {
      const added = await saveWrites(tx, service, decision.writes);
      await appendLedger(tx, service, decision.records, added);
      const effects = decision.effects.map((effect) =>
        effect.effect === 'announce' && effect.deploymentId === 'new' && added !== null
          ? { ...effect, deploymentId: added }
          : effect,
      );
      const done = doneOf(decision, service, added);
      const offers = decision.mayReplace ? ({ mayReplace: true } as const) : {};
      return { outcome: { kind: 'accepted', deploymentId: added, done, ...offers }, effects };
    }
    case 'merged':
      await appendLedger(tx, service, decision.records, null);
      return { outcome: { kind: 'merged', deploymentId: decision.into.id }, effects: [] };
    case 'refused':
      if (decision.writes) await saveWrites(tx, service, decision.writes);
      await appendLedger(tx, service, decision.records, null);
      return { outcome: { kind: 'refused', refusal: decision.refusal }, effects: decision.effects };
  }
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
      await transaction(deps.pool, (tx) => close(tx, silent, { kind: 'nothing' }, null)).catch(ignoreTwice);
    }
    return { kind: 'nothing' };
  }
  const decision = refused(refusal, command.by.user, {
    asked: command.type === 'unknown press' ? command.action : command.type,
  });
  await transaction(deps.pool, async (tx) => {
    await appendLedger(tx, service, decision.records, null);
    if (from) await enqueueEffects(tx, '', [], (await close(tx, from, outcome, null)).jobs);
  }).then(() => tell(deps, command, service, decision, from), ignoreTwice);
  return outcome;
}
