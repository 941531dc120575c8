import type { Deployment } from '../../core/deployment/deployment.js';
import { formatDuration } from '../../core/duration.js';
import type { LedgerLine } from '../../core/report.js';
import type { Pace } from '../../core/service/pace.js';
import { timeInWords } from '../../core/time/upcoming.js';
import { clockNote } from './clock-note.js';
import { date, type Phrase, sha } from './rich.js';
import { statusOf as stageStatus } from './stage-words.js';
import { STATUS } from './words.js';

/** When the next deployment may start, and why not before. It begins in the middle of a sentence. */
export const paceLine = ({ until, everyMs, after, since }: Pace): Phrase => [
  'not before ',
  date(until),
  `: at least ${formatDuration(everyMs)} pass between two deployments, and `,
  sha(after),
  ' was sent ',
  date(since),
];

/** The same from its line of the ledger; null where that has no such numbers. */
export function paceTold({ detail }: Pick<LedgerLine, 'detail'>): Phrase | null {
  const { until, every_ms: everyMs, after, sent_at: since } = detail;
  if (typeof until !== 'string' || typeof since !== 'string' || typeof after !== 'string') return null;
  const reason = '';
  return paceLine({
    ...{ gate: 'paced', reason, after, everyMs: Number(everyMs) },
    ...{ until: new Date(until), since: new Date(since) },
  });
}

/** When a deployment starts that was requested for a time; nothing for others. */
export const forWhen = ({ startAt }: Pick<Deployment, 'startAt'>): Phrase =>
  startAt === null ? [] : [' for ', date(startAt)];

/**
 * The status of a deployment, with the time that it waits for. `now`: by the database's clock; without it, a time counts as to
 * come until it was noticed that it came.
 */
export function statusOf(deployment: Deployment, now: Date | null = null): Phrase {
  const { status, startAt } = deployment;
  if (status !== 'queued' || startAt === null) return [stageStatus(deployment)];
  const isToCome = now ? startAt > now : deployment.cameAt === null && deployment.queuedAt < startAt;
  return isToCome ? [STATUS.queued, ...forWhen(deployment)] : [STATUS.queued];
}

/** The time that was understood, by the clocks of the config's zone, and what a person can still do. */
export const whenItStarts = (at: Date, timezone: string): Phrase[] => [
  [
    `It starts ${timeInWords(timezone, at)} (${timezone}), if every rule allows it then. Withdraw on its card takes it back.`,
  ],
  ...clockNote(timezone, at).map((note): Phrase => [...note, '.']),
];
