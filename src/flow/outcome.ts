/** How every command ends: its outcome in the inbox row, the answer to the person, and the log lines. */

import type { Command } from '../core/command.js';
import type { Decision, Effect } from '../core/decision.js';
import type { Refusal } from '../core/refusal.js';
import type { Done } from '../core/report.js';
import { adoptTwin } from '../db/cards.js';
import { markHandled, type ReplyTo } from '../db/inbox.js';
import type { Queryable } from '../db/pool.js';
import { type Added, replyJob } from '../db/queue.js';

/** The result of a command. It is kept in the inbox row, and the answer to the person is made from it. */
export type Outcome =
  | {
      readonly kind: 'accepted';
      readonly deploymentId: number | null;
      readonly done: Done | null;
      readonly mayReplace?: true;
    }
  | { readonly kind: 'merged'; readonly deploymentId: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'nothing' };

/** The inbox row of a command: it ensures that the command is handled once, and says where to answer. */
export interface From {
  readonly inboxId: number;
  readonly reply: ReplyTo | null;
}

/** Thrown when another replica has handled the row in the meantime; the transaction is rolled back. */
export class Twice extends Error {}

/** Rethrows any error but `Twice`. */
export function ignoreTwice(error: unknown): void {
  if (!(error instanceof Twice)) throw error;
}

/** What a command without a new deployment did, for its answer; null for a new deployment or without records. */
export function doneOf(
  { records }: Extract<Decision, { kind: 'accepted' }>,
  service: string | null,
  added: number | null,
): Done | null {
  const first = records[0];
  if (!first || added !== null) return null;
  const { kind, sha, reason, detail } = first;
  return { kind, service, sha, reason, detail };
}

/**
 * Marks the inbox row as handled and adopts a second copy of a card that was pressed. Returns what the caller must
 * still enqueue: the answer to the person, if there is one, and the redraw of that copy. Throws `Twice`.
 */
export async function close(
  tx: Queryable,
  { inboxId, reply }: From,
  outcome: Outcome,
  changeId: number | null,
): Promise<{ jobs: Added[]; effects: Effect[] }> {
  if (!(await markHandled(tx, inboxId, outcome))) throw new Twice();
  const says = outcome.kind === 'accepted' ? outcome.mayReplace === true : outcome.kind !== 'nothing';
  const answers = reply && (reply.typed || says);
  const jobs = answers ? [replyJob(inboxId)] : [];
  if (!reply?.message || changeId === null) return { jobs, effects: [] };
  const twin = await adoptTwin(tx, changeId, reply.message.channel, reply.message.ts);
  return { jobs, effects: twin ? [{ effect: 'redraw', changeId }] : [] };
}

/** What is notified of each decision: the log and the metrics. */
export interface Heard {
  readonly log: { readonly info: (details: object, message: string) => void };
  readonly decided: (command: Command['type'], decision: Decision) => void;
}

/** Counts a decision and logs one line per record, with the ids that link the press to the run. */
export function tell(
  deps: Heard,
  command: Command,
  service: string | null,
  decision: Decision,
  from: From | null,
  added: { readonly id: number; readonly deployId: string } | null = null,
): void {
  deps.decided(command.type, decision);
  if (decision.kind === 'nothing' || decision.kind === 'ask again') return;
  for (const record of decision.records) {
    const { actor, kind, sha, deploymentId, reason, detail } = record;
    const isNew = deploymentId === 'new';
    const ids = {
      ...{ inbox: from?.inboxId, deployment: isNew ? added?.id : deploymentId },
      ...{ deploy: isNew ? added?.deployId : undefined, run: detail.run_id },
    };
    deps.log.info({ service, command: command.type, actor, kind, sha, reason, ...ids }, 'decided');
  }
}
