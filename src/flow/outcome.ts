/** What every command ends with: its outcome beside its inbox row, the answer that is due, the line in the log. */

import type { Command } from '../core/command.js';
import type { Decision, Effect } from '../core/decision.js';
import type { Refusal } from '../core/refusal.js';
import type { Done } from '../core/report.js';
import { adoptTwin } from '../db/cards.js';
import { markHandled, type ReplyTo } from '../db/inbox.js';
import type { Queryable } from '../db/pool.js';
import { type Added, replyJob } from '../db/queue.js';

/** What came of a command; kept beside its inbox row, and what the person is told is made from it. */
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

/** The inbox row that a command came by, for the person's answer and for being handled once. */
export interface From {
  readonly inboxId: number;
  readonly reply: ReplyTo | null;
}

/** Somebody else has handled the row meanwhile: nothing of this is saved. */
export class Twice extends Error {}

export function ignoreTwice(error: unknown): void {
  if (!(error instanceof Twice)) throw error;
}

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
 * Marks the inbox row handled and adopts a pressed twin. What is still to be enqueued: the answer to the person, where there
 * is something to say, and the drawing of the twin.
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

/** Who hears of decisions. */
export interface Heard {
  readonly log: { readonly info: (details: object, message: string) => void };
  readonly decided: (command: Command['type'], decision: Decision) => void;
}

/** Counts a decision and writes one line for each of its records, with ids that lead from the press to the run. */
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
