/** Carries out the effects of decisions after their commit. Each is safe to repeat; none is ever dropped. */

import type { TaskList } from 'graphile-worker';
import type pg from 'pg';
import { addJob, faultsKey, type JobName, type Jobs, tellKey } from '../db/queue.js';

/** When a job wants to run again; null when it is done. `atLeast`: a job added meanwhile must wait as long. */
export type Again = { readonly afterMs: number; readonly atLeast?: boolean } | null;

/** Jobs that call Slack. All others call GitHub. */
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

/** One handler per job; it returns whether, and when, it wants to run again. */
type Handlers = { readonly [N in JobName]: (payload: Jobs[N]) => Promise<Again> };

/** A failed job is retried every 4 s for a minute, then every 45 s. */
const SOON_MS = 4_000;
const LATER_MS = 45_000;
const SOON_TRIES = 15;

/** How long to wait before the next try, in ms, after this many tries. */
export const patience = (tries: number): number => (tries < SOON_TRIES ? SOON_MS : LATER_MS);

/** The key of a job: jobs with the same key are one job. */
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

/**
 * Jobs that a person waits for, and look-ups of unanswered starts. They have runners of their own: a slow GitHub can keep
 * those that follow runs busy for minutes.
 */
const ORDERS: readonly JobName[] = [
  'start next',
  'dispatch',
  'look up',
  'cancel run',
  'cancel stray',
  're-run staging',
];

/** Jobs with runners of their own: how many run at once, and how often the queue is checked for due jobs. */
export interface Line {
  readonly taskList: TaskList;
  readonly atOnce: number;
  readonly lookEveryMs: number;
}

/** The task lists of the queue. Each has its own runners, so that a silent vendor does not hold up the others' jobs. */
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
    // These repeat every few seconds or more rarely: a second does not matter, and each check is a statement.
    { taskList: only((name) => name in github && !isOrder(name)), atOnce: 8, lookEveryMs: 1_000 },
  ];
}

/**
 * Retries a handler that throws after a few seconds and counts the try. Does not use the queue's own back-off, which
 * grows to days.
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
        // Uses the field names of the decisions' log lines, so that one search finds them all.
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
