/** Decides commands of one service, one after the other, and saves what was decided in one transaction. */

import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { Command } from '../core/command.js';
import { decide } from '../core/decide.js';
import { type Decision, NOTHING, type Record, type ServicePolicy } from '../core/decision.js';
import { namedIn } from '../core/deployment/deployment.js';
import type { Facts } from '../core/facts.js';
import { isNewsKind } from '../core/outcome-news.js';
import type { Pauses } from '../core/pauses.js';
import { reached } from '../crash-points.js';
import { isRunOf } from '../db/deployments.js';
import type { Caused } from '../db/dirty-cards.js';
import type { Held } from '../db/held-jobs.js';
import { type Queryable, transaction } from '../db/pool.js';
import { changeTicketJob, storyJobs } from '../db/queue.js';
import { saveWrites } from '../db/save.js';
import { saveOutcome } from '../db/save-outcome.js';
import { lockService } from '../db/services.js';
import type { Link, Tracing } from '../tracing/tracing.js';
import type { AtOnce } from './at-once.js';
import { type Ended, orAlone } from './or-alone.js';
import { adoptPressed, type Closing, closed, doneOf, type From, type Heard, inList, tell } from './outcome.js';
import { createReader } from './read-target.js';
import { createRunsSeen, type RunsSeen } from './runs-seen.js';

/** What Slack and GitHub said of a command. */
export type Asked = Omit<Facts, 'now' | 'deployId' | 'pauses'>;

/** A command that is ready to be decided. */
export interface Gathered {
  readonly command: Command;
  readonly asked: Asked;
  readonly from: From | null;
  /** The span in which it is handled. */
  readonly trace: string | null;
  /** Links the span of its decision with the handling of that which was decided first in the same transaction. */
  readonly link: Link;
}

export interface DecideDeps extends Heard {
  readonly pool: pg.Pool;
  /** The other services with the same production workflow file. */
  readonly sharersOf: (service: string) => readonly string[];
  /** The services of which change management hears. */
  readonly told: ReadonlySet<string>;
  readonly pauses: Pauses;
  /** Carries out at once what this replica can carry out itself. */
  readonly atOnce: AtOnce;
  readonly tracing: Tracing;
}

/**
 * Decides each command on the state that the one before it left. Each has its own outcome, its own ledger lines and its own
 * inbox row, and fails alone if it cannot be saved.
 */
export const decideTogether = (
  deps: DecideDeps,
  policy: ServicePolicy,
  commands: readonly Gathered[],
): Promise<PromiseSettledResult<Ended>[]> =>
  orAlone(commands, (together, began) => decideIn(deps, policy, together, began));

async function decideIn(
  deps: DecideDeps,
  policy: ServicePolicy,
  commands: readonly Gathered[],
  began: () => void,
): Promise<Ended[]> {
  const service = policy.name;
  const runs = createRunsSeen(deps.tracing, service);
  const { decided, held } = await transaction(deps.pool, async (tx) => {
    began();
    if (!(await lockService(tx, service))) throw new Error(`no row for service ${service}`);
    const { read, forget } = createReader(tx, service, (policy.requires ?? []).length > 0);
    const all: Decided[] = [];
    for (const one of commands) {
      const { state, target } = await read(one.command);
      const deployId = newDeployId();
      const facts: Facts = { ...one.asked, now: state.readAt, deployId, pauses: deps.pauses };
      const decision =
        !target.deployment && (await isTheirs(deps, tx, service, one.command))
          ? NOTHING
          : decide(state, target, one.command, policy, facts);
      const writes = decision.kind === 'accepted' || decision.kind === 'refused' ? (decision.writes ?? []) : [];
      const added = writes.length > 0 ? await saveWrites(tx, service, writes, runs.savedIn(one.trace)) : null;
      if (writes.length > 0) forget();
      // Sign off is pressed on an announcement, which is not a copy of the card.
      const onCard = one.command.type !== 'sign off';
      const changeId = onCard ? (target.deployment?.changeId ?? target.change?.id ?? null) : null;
      all.push({ ...one, decision, outcome: outcomeOf(decision, service, added), added, deployId, changeId });
    }
    const held = await saveRest(deps, tx, service, all, runs);
    reached('decided');
    return { decided: all, held };
  });
  reached('committed');
  deps.atOnce.carryOut(held);
  for (const { link } of commands) link(commands[0]?.trace ?? null);
  runs.tell();
  for (const { command, decision, from, added, deployId, outcome } of decided) {
    if (outcome) tell(deps, command, service, decision, from, added === null ? null : { id: added, deployId });
  }
  return decided.map(({ outcome }) => outcome);
}

interface Decided extends Gathered {
  readonly decision: Decision;
  readonly outcome: Ended;
  /** The deployment that it added. */
  readonly added: number | null;
  readonly deployId: string;
  /** The change whose card was pressed. */
  readonly changeId: number | null;
}

/** The ledger, the inbox, and at the very end what is to be carried out. */
async function saveRest(
  { atOnce: { holder }, pauses, told }: DecideDeps,
  tx: Queryable,
  service: string,
  all: readonly Decided[],
  runs: RunsSeen,
): Promise<Held[]> {
  const records: Record[] = [];
  const effects: Caused[] = [];
  const closings: Closing[] = [];
  for (const { decision, outcome, added, from, changeId, trace } of all) {
    if (outcome === null) continue;
    if ('records' in decision) for (const one of decision.records) records.push(ofAdded(one, added));
    if ('effects' in decision)
      for (const one of decision.effects) {
        const effect = ofAdded(one, added);
        effects.push({
          ...effect,
          traces: effect.effect === 'dispatch' ? runs.tracesOf(effect.deploymentId, trace) : inList(trace),
        });
      }
    if (from) closings.push({ from, outcome, changeId, trace });
  }
  const adopted = await adoptPressed(tx, closings);
  const { handled, jobs } = closed(closings);
  const news = told.has(service) && records.some(({ kind }) => isNewsKind(kind)) ? [changeTicketJob(service)] : [];
  return saveOutcome(tx, service, {
    ...{ records, handled, holder },
    jobs: [...jobs, ...storyJobs(records, pauses.slack.story), ...news],
    effects: [...effects, ...adopted],
  });
}

/** With the id of the deployment that the same decision added. */
function ofAdded<One extends Record | Caused>(one: One, added: number | null): One {
  return 'deploymentId' in one && one.deploymentId === 'new' && added !== null ? { ...one, deploymentId: added } : one;
}

function outcomeOf(decision: Decision, service: string, added: number | null): Ended {
  switch (decision.kind) {
    case 'ask again':
      return null;
    case 'nothing':
      return { kind: 'nothing' };
    case 'merged':
      return { kind: 'merged', deploymentId: decision.into.id };
    case 'refused':
      return { kind: 'refused', refusal: decision.refusal };
    case 'accepted': {
      const offers = decision.mayReplace ? ({ mayReplace: true } as const) : {};
      return { kind: 'accepted', deploymentId: added, done: doneOf(decision, service, added), ...offers };
    }
  }
}

/** Opaque, unguessable, and short enough to read in a run's name. */
const newDeployId = (): string => `pb-${randomBytes(8).toString('hex')}`;

/** A run of another service that shares the workflow file says nothing about this service. */
async function isTheirs(deps: DecideDeps, tx: Queryable, service: string, command: Command): Promise<boolean> {
  if (command.type !== 'production seen') return false;
  return isRunOf(tx, deps.sharersOf(service), command.run.runId, namedIn(command.run.title));
}
