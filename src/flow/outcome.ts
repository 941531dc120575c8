/** How every command ends: its outcome in the inbox row, the answer to the person, and the log lines. */

import type { Command } from '../core/command.js';
import type { Decision } from '../core/decision.js';
import type { Refusal } from '../core/refusal.js';
import type { Done } from '../core/report.js';
import { adoptTwin } from '../db/cards.js';
import type { Caused } from '../db/dirty-cards.js';
import type { ReplyTo } from '../db/inbox.js';
import type { Added } from '../db/job-names.js';
import type { Queryable } from '../db/pool.js';
import { replyJob } from '../db/queue.js';
import type { Left } from '../db/save-outcome.js';

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
  /** The service of what the command names; null when that is unknown, or all services. */
  readonly service: string | null;
  readonly reply: ReplyTo | null;
  /** Whether the pressed message is a card that is known; if not, it may be a second copy of one. */
  readonly onCard: boolean;
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

/** A command of the inbox that was decided, and the change whose card it is about. */
export interface Closing {
  readonly from: From;
  readonly outcome: Outcome;
  readonly changeId: number | null;
  /** The span in which it was handled. */
  readonly trace: string | null;
}

/** As jobs and cards carry it. */
export const inList = (trace: string | null): readonly string[] => (trace === null ? [] : [trace]);

/** What is to be saved of commands that were decided: their rows of the inbox, and the answers to people, if there are any. */
export function closed(closings: readonly Closing[]): Required<Pick<Left, 'handled' | 'jobs'>> {
  return {
    handled: closings.map(({ from, outcome }) => ({ id: from.inboxId, outcome })),
    jobs: closings.flatMap(({ from: { inboxId, reply }, outcome, trace }): Added[] => {
      const says = outcome.kind === 'accepted' ? outcome.mayReplace === true : outcome.kind !== 'nothing';
      return reply && (reply.typed || says) ? [{ ...replyJob(inboxId), traces: inList(trace) }] : [];
    }),
  };
}

/** Adopts second copies of cards that were pressed. Returns the redraw of those. */
export async function adoptPressed(tx: Queryable, closings: readonly Closing[]): Promise<Caused[]> {
  const pressed = new Map<string, readonly [number, string, string, readonly string[]]>();
  for (const { from, changeId, trace } of closings) {
    if (!from.reply?.message || from.onCard || changeId === null) continue;
    const { channel, ts } = from.reply.message;
    pressed.set(`${changeId} ${channel} ${ts}`, [changeId, channel, ts, inList(trace)]);
  }
  const effects: Caused[] = [];
  for (const [changeId, channel, ts, traces] of pressed.values()) {
    if (await adoptTwin(tx, changeId, channel, ts)) effects.push({ effect: 'redraw', changeId, traces });
  }
  return effects;
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
