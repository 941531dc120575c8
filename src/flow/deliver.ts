/** Carries out: the effects of decisions, after their commit. Each is safe to repeat; none is ever dropped. */

import type { TaskList } from 'graphile-worker';
import type pg from 'pg';
import { addJob, faultsKey, type JobName, type Jobs, tellKey } from '../db/queue.js';

/** What a job asks for when it could not do its work yet. `atLeast`: one added meanwhile must wait as long, too. */
export type Again = { readonly afterMs: number; readonly atLeast?: boolean } | null;

/** Jobs that ask Slack, and nobody else for long. All others ask GitHub. */
type SlackJob =
  | 'draw'
  | 'reply'
  | 'tell'
  | 'tell operators'
  | 'tell faults'
  | 'digest'
  | 'remind'
  | 'announce'
  | 'say taken over'
  | 'nudge';
export type SlackHandlers = Pick<Handlers, SlackJob>;
export type GitHubHandlers = Omit<Handlers, SlackJob>;

/** One handler for each effect; it says whether, and when, it wants to run again. */
type Handlers = { readonly [N in JobName]: (payload: Jobs[N]) => Promise<Again> };

/** Tries of a job that failed: every 4 s for a minute, then every 45 s. */
const SOON_MS = 4_000;
const LATER_MS = 45_000;
const SOON_TRIES = 15;

export const patience = (tries: number): number => (tries < SOON_TRIES ? SOON_MS : LATER_MS);

/** The key under which a job of this payload is one job. */
const KEYS: { readonly [N in JobName]: (payload: Jobs[N]) => string } = {
  'start next': ({ service }) => `start:${service}`,
  dispatch: ({ deploymentId }) => `dispatch:${deploymentId}`,
  'look up': ({ deploymentId }) => `look up:${deploymentId}`,
  follow: ({ deploymentId }) => `follow:${deploymentId}`,
  'cancel run': ({ deploymentId }) => `cancel:${deploymentId}`,
  'cancel stray': ({ runId }) => `cancel stray:${runId}`,
  're-run staging': ({ changeId, attempt }) => `re-run:${changeId}:${attempt}`,
  describe: ({ service, sha }) => `describe:${service}:${sha}`,
  draw: ({ channel }) => `draw:${channel}`,
  reply: ({ inboxId }) => `reply:${inboxId}`,
  tell: tellKey,
  'tell operators': ({ deploymentId, about, operator }) =>
    `operators:${deploymentId}:${about}${operator ? `:${operator}` : ''}`,
  'tell faults': faultsKey,
  digest: ({ channel, slot }) => `digest:${channel}:${slot}`,
  remind: ({ deploymentId }) => `remind:${deploymentId}`,
  announce: ({ deploymentId }) => `announce:${deploymentId}`,
  'say taken over': ({ service }) => `taken over:${service}`,
  nudge: ({ service }) => `nudge:${service}`,
};

/** What a press leads to, and looking for a start without an answer. A slow GitHub keeps what only follows busy for minutes. */
const ORDERS: readonly JobName[] = [
  'start next',
  'dispatch',
  'look up',
  'cancel run',
  'cancel stray',
  're-run staging',
];

/** Jobs with runners of their own: so many at once; how often those are looked for that were to wait. */
export interface Line {
  readonly taskList: TaskList;
  readonly atOnce: number;
  readonly lookEveryMs: number;
}

/** The queue's task lists. Each has runners of its own, so that the silence of one side holds up nothing of the others. */
export function createLines(
  pool: pg.Pool,
  slack: SlackHandlers,
  github: GitHubHandlers,
  warn: (details: object, message: string) => void,
): readonly Line[] {
  const all = createTaskList(pool, { ...slack, ...github }, warn);
  const only = (wanted: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => wanted(name)));
  const isOrder = (name: string) => ORDERS.some((one) => one === name);
  return [
    { taskList: only((name) => name in slack), atOnce: 8, lookEveryMs: 500 },
    { taskList: only(isOrder), atOnce: 8, lookEveryMs: 500 },
    // They come again every few seconds or later: a second does not matter, and each look is a statement.
    { taskList: only((name) => name in github && !isOrder(name)), atOnce: 8, lookEveryMs: 1_000 },
  ];
}

/**
 * A handler that throws is tried again after a few seconds, with its next try counted; the queue's own
 * back-off, which grows to days, is not used.
 */
function createTaskList(pool: pg.Pool, handlers: Handlers, warn: (details: object, message: string) => void): TaskList {
  const task = <N extends JobName>(name: N) => [
    name,
    async (raw: unknown) => {
      const payload = raw as Jobs[N];
      let again: Again;
      try {
        again = await handlers[name](payload);
      } catch (error) {
        // Under the name by which the lines of a decision call it: one search finds them all.
        const { deploymentId: deployment, ...rest } = payload as { deploymentId?: number };
        warn({ job: name, deployment, ...rest, err: error }, 'a job failed and will be retried');
        again = { afterMs: patience('tries' in payload ? payload.tries : 0) };
      }
      if (!again) return;
      const next = 'tries' in payload ? { ...payload, tries: payload.tries + 1 } : payload;
      const when = { key: KEYS[name](payload), afterMs: again.afterMs, unlessWaiting: again.atLeast !== true };
      await addJob(pool, name, next, when);
    },
  ];
  return Object.fromEntries((Object.keys(KEYS) as JobName[]).map(task)) as TaskList;
}
