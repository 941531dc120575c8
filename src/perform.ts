/** The one place where state changes: gather facts, lock the service, decide, save it all in one transaction. */

import type pg from 'pg';
import type { Command } from './core/command.js';
import { decide } from './core/decide.js';
import { type Decision, type Effect, type Facts, NOTHING, type ServicePolicy } from './core/decision.js';
import { namedIn, type ProductionRun } from './core/deployment.js';
import type { RunTarget } from './core/outside.js';
import type { Refusal } from './core/refusal.js';
import { adoptTwin } from './db/cards.js';
import { changeById, changeByKey, changeBySha } from './db/changes.js';
import { deploymentById, deploymentByKey, deploymentOfRun, isRunOf, underWayOf } from './db/deployments.js';
import { markHandled, type ReplyTo } from './db/inbox.js';
import { appendLedger } from './db/ledger.js';
import { outsideRun } from './db/outside-runs.js';
import { type Queryable, transaction } from './db/pool.js';
import { type Added, enqueueEffects, replyJob } from './db/queue.js';
import { saveWrites } from './db/save.js';
import { lockService, readService } from './db/services.js';
import { inTurn } from './db/turns.js';

/** What came of a command; kept beside its inbox row, and what the person is told is made from it. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly deploymentId: number | null }
  | { readonly kind: 'merged'; readonly deploymentId: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'nothing' };

export interface PerformDeps {
  readonly pool: pg.Pool;
  readonly policyOf: (service: string) => ServicePolicy | undefined;
  /** The other services whose production runs come from the same workflow file. */
  readonly sharersOf: (service: string) => readonly string[];
  /** Asks Slack and GitHub what the command needs; outside any transaction, after the command was saved. */
  readonly gather: (command: Command, service: string) => Promise<Omit<Facts, 'now' | 'deployId'>>;
  readonly newDeployId: () => string;
  readonly log: { info: (details: object, message: string) => void };
}

/** The inbox row that a command came by, for the person's answer and for being handled once. */
export interface From {
  readonly inboxId: number;
  readonly reply: ReplyTo | null;
}

class Twice extends Error {}

/**
 * Carries one command through. Safe to repeat: a row of the inbox is handled once, and the decision finds what has
 * happened already. Throws when the database or a needed fact fails; nothing is saved then.
 */
export async function perform(deps: PerformDeps, command: Command, from: From | null = null): Promise<Outcome> {
  const service = await serviceOf(deps.pool, command);
  const policy = service === null ? undefined : deps.policyOf(service);
  if (service === null || policy === undefined) return refuseUnknown(deps, command, service, from);
  for (let round = 0; round < 5; round += 1) {
    const asked = await deps.gather(command, service);
    const outcome = await inTurn(deps.pool, service, () => once(deps, command, policy, asked, from));
    if (outcome) return outcome;
  }
  throw new Error(`${command.type} of ${service}: the state moved on five times while its facts were gathered`);
}

async function once(
  deps: PerformDeps,
  command: Command,
  policy: ServicePolicy,
  asked: Omit<Facts, 'now' | 'deployId'>,
  from: From | null,
): Promise<Outcome | null> {
  const service = policy.name;
  try {
    const { outcome, decision } = await transaction(deps.pool, async (tx) => {
      if (!(await lockService(tx, service))) throw new Error(`no row for service ${service}`);
      const state = await readService(tx, service);
      const target = await readTarget(tx, service, command, state.queue[0]?.changeId ?? null);
      const facts: Facts = { ...asked, now: await now(tx), deployId: deps.newDeployId() };
      const decided =
        command.type === 'production seen' && !target.deployment && (await isTheirs(deps, tx, service, command.run))
          ? NOTHING
          : decide(state, target, command, policy, facts);
      if (decided.kind === 'ask again') return { outcome: null, decision: decided };
      const saved = await save(tx, service, decided);
      const changeId = target.change?.id ?? target.deployment?.changeId ?? null;
      const closing = from ? await close(tx, from, saved.outcome, changeId) : { jobs: [], effects: [] };
      await enqueueEffects(tx, service, [...saved.effects, ...closing.effects], closing.jobs);
      return { outcome: saved.outcome, decision: decided };
    });
    if (outcome) tell(deps, command, service, decision, from);
    return outcome;
  } catch (error) {
    if (error instanceof Twice) return { kind: 'nothing' };
    throw error;
  }
}

/** A run of another service's in a workflow file that both share tells nothing of this one. */
const isTheirs = (deps: PerformDeps, tx: Queryable, service: string, run: ProductionRun): Promise<boolean> =>
  isRunOf(tx, deps.sharersOf(service), run.runId, namedIn(run.title));

/** Saves what was decided; its effects are still to be enqueued, last of all. */
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
      return { outcome: { kind: 'accepted', deploymentId: added }, effects: decision.effects };
    }
    case 'merged':
      await appendLedger(tx, service, decision.records, null);
      return { outcome: { kind: 'merged', deploymentId: decision.into.id }, effects: [] };
    case 'refused':
      await appendLedger(tx, service, decision.records, null);
      return { outcome: { kind: 'refused', refusal: decision.refusal }, effects: decision.effects };
  }
}

/**
 * Marks the inbox row handled and adopts a pressed twin. What is still to be enqueued: the answer to the person, where there
 * is something to say, and the drawing of the twin.
 */
async function close(
  tx: Queryable,
  { inboxId, reply }: From,
  outcome: Outcome,
  changeId: number | null,
): Promise<{ jobs: Added[]; effects: Effect[] }> {
  if (!(await markHandled(tx, inboxId, outcome))) throw new Twice();
  const answers = reply && (reply.typed || outcome.kind === 'refused' || outcome.kind === 'merged');
  const jobs = answers ? [replyJob(inboxId)] : [];
  if (!reply?.message || changeId === null) return { jobs, effects: [] };
  const twin = await adoptTwin(tx, changeId, reply.message.channel, reply.message.ts);
  return { jobs, effects: twin ? [{ effect: 'redraw', changeId }] : [] };
}

async function serviceOf(db: Queryable, command: Command): Promise<string | null> {
  if ('service' in command) return command.service;
  if (command.type === 'unknown press') return null;
  if ('change' in command) return (await changeByKey(db, command.change))?.service ?? null;
  return (await deploymentByKey(db, command.deployment))?.service ?? null;
}

async function readTarget(tx: Queryable, service: string, command: Command, head: number | null): Promise<RunTarget> {
  const nothing: RunTarget = { change: null, deployment: null, underWay: null, outside: null, restored: null };
  switch (command.type) {
    case 'deploy':
    case 're-run': {
      const change = await changeByKey(tx, command.change);
      return { ...nothing, change, underWay: change ? await underWayOf(tx, service, change.sha) : null };
    }
    case 'retry':
    case 'roll back':
    case 'cancel':
    case 'withdraw': {
      const deployment = await deploymentByKey(tx, command.deployment);
      return { ...nothing, deployment, underWay: deployment ? await underWayOf(tx, service, deployment.sha) : null };
    }
    case 'roll back service':
    case 'unknown press':
      return nothing;
    case 'staging seen':
      return { ...nothing, change: await changeBySha(tx, service, command.run.sha) };
    case 're-run not seen':
      return { ...nothing, change: await changeById(tx, command.changeId) };
    case 'job moved':
      return { ...nothing, deployment: await deploymentOfRun(tx, service, command.runId, []) };
    case 'production seen': {
      const { run } = command;
      const deployment = await deploymentOfRun(tx, service, run.runId, namedIn(run.title));
      const restored = deployment?.restores ? await deploymentById(tx, deployment.restores) : null;
      return { ...nothing, deployment, restored, outside: await outsideRun(tx, service, run.runId, run.attempt) };
    }
    case 'start next':
      return { ...nothing, change: head === null ? null : await changeById(tx, head) };
    case 'dispatch answered':
    case 'not sent':
    case 'not found':
    case 'cancel answered':
    case 'stray refused':
    case 'time passed':
      return { ...nothing, deployment: await deploymentById(tx, command.deploymentId) };
  }
}

/** A button or a service that is not ours any more. The refusal is on the ledger all the same. */
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
  const actor = command.by.user;
  const record = {
    actor,
    kind: 'refused',
    sha: null,
    deploymentId: null,
    reason: refusal.rule,
    detail: { asked: command.type === 'unknown press' ? command.action : command.type },
  };
  await transaction(deps.pool, async (tx) => {
    await appendLedger(tx, service, [record], null);
    if (from) await enqueueEffects(tx, '', [], (await close(tx, from, outcome, null)).jobs);
  }).catch(ignoreTwice);
  return outcome;
}

function ignoreTwice(error: unknown): void {
  if (!(error instanceof Twice)) throw error;
}

async function now(tx: Queryable): Promise<Date> {
  const { rows } = await tx.query<{ now: Date }>('select clock_timestamp() as now');
  return (rows[0] as { now: Date }).now;
}

/** One line for a decision, with ids that lead from the press to the run. */
function tell(deps: PerformDeps, command: Command, service: string, decision: Decision, from: From | null): void {
  if (decision.kind === 'nothing' || decision.kind === 'ask again') return;
  for (const record of decision.records) {
    const { actor, kind, sha, deploymentId, reason } = record;
    deps.log.info(
      { service, command: command.type, actor, kind, sha, deploymentId, reason, inbox: from?.inboxId },
      'decided',
    );
  }
}
