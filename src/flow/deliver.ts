/** Carries out the effects of decisions after their commit. Each is safe to repeat; none is ever dropped. */

import type { TaskList } from 'graphile-worker';
import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { addJob } from '../db/add-jobs.js';
import { digestJob } from '../db/digests.js';
import type { JobName, Jobs } from '../db/job-names.js';
import { authorKey, faultsKey, notifyKey, resultsKey, tellKey } from '../db/queue.js';
import type { Attributes, Tracing } from '../tracing/tracing.js';

/** When a job wants to run again; null when it is done. `atLeast`: a job added in the meantime must wait as long. */
export type Again = { readonly afterMs: number; readonly atLeast?: boolean; readonly noTry?: boolean } | null;

/** Jobs that call Slack, or have it called. All others but one call GitHub. */
type SlackJob =
  | 'draw'
  | 'redraw everything'
  | 'reply'
  | 'tell'
  | 'tell operators'
  | 'tell faults'
  | 'digest'
  | 'weekly digest'
  | 'remind'
  | 'announce'
  | 'explain failure'
  | 'say taken over'
  | 'story'
  | 'notify'
  | 'notify author'
  | 'nudge'
  | 'homes';
export type SlackHandlers = Pick<Handlers, SlackJob>;
/** The one that asks the addresses of checks. */
export type CheckHandlers = Pick<Handlers, 'ask checks'>;
/** The one that calls a receiver of the team's own. */
export type ChangeTicketHandlers = Pick<Handlers, 'tell change ticket'>;
export type GitHubHandlers = Omit<Handlers, SlackJob | keyof ChangeTicketHandlers | keyof CheckHandlers>;

/** One handler per job; it returns whether, and when, it wants to run again. */
type Handlers = { readonly [N in JobName]: (payload: Jobs[N]) => Promise<Again> };

/** About a minute. */
const SOON_TRIES = 15;

/** How long a job that failed waits for its next try, in ms. */
export const retryAfter = ({ soon, later }: { soon: number; later: number }, tries: number): number =>
  tries < SOON_TRIES ? soon : later;

/** The key of a job: jobs with the same key are one job. */
const KEYS: { readonly [N in JobName]: (payload: Jobs[N]) => string } = {
  'start next': ({ service }) => `start:${service}`,
  dispatch: ({ deploymentId }) => `dispatch:${deploymentId}`,
  'look up': ({ deploymentId }) => `look up:${deploymentId}`,
  follow: ({ deploymentId }) => `follow:${deploymentId}`,
  'cancel run': ({ deploymentId }) => `cancel:${deploymentId}`,
  'cancel stray': ({ runId }) => `cancel stray:${runId}`,
  'ask checks': ({ deploymentId }) => `checks:${deploymentId}`,
  'run check': ({ deploymentId }) => `run check:${deploymentId}`,
  're-run staging': ({ changeId, attempt }) => `re-run:${changeId}:${attempt}`,
  're-run result': ({ changeId, runId, attempt }) => `re-run:${changeId}:${runId}:${attempt}`,
  'read results': resultsKey,
  describe: ({ service, sha }) => `describe:${service}:${sha}`,
  'read failure': ({ changeId, runId, attempt }) => `read:${changeId}:${runId}:${attempt}`,
  'explain failure': ({ changeId, runId, attempt }) => `explain:${changeId}:${runId}:${attempt}`,
  draw: ({ channel }) => `draw:${channel}`,
  'redraw everything': ({ after }) => `redraw everything:${after}`,
  reply: ({ inboxId }) => `reply:${inboxId}`,
  tell: tellKey,
  'tell operators': ({ deploymentId, about, operator }) =>
    `operators:${deploymentId}:${about}${operator ? `:${operator}` : ''}`,
  'tell faults': faultsKey,
  digest: ({ channel, slot }) => digestJob('daily', channel, slot).key,
  'weekly digest': ({ channel, slot }) => digestJob('weekly', channel, slot).key,
  remind: ({ deploymentId }) => `remind:${deploymentId}`,
  announce: ({ deploymentId }) => `announce:${deploymentId}`,
  'say taken over': ({ service }) => `taken over:${service}`,
  story: ({ deploymentId }) => `story:${deploymentId}`,
  notify: notifyKey,
  'notify author': authorKey,
  nudge: ({ service }) => `nudge:${service}`,
  'tell change ticket': ({ service }) => `change ticket:${service}`,
  homes: () => 'homes',
};

/**
 * Jobs that a person waits for, and look-ups of unanswered starts. They have their own runners, because a slow GitHub
 * can keep the runners that follow runs busy for minutes.
 */
const ORDERS: readonly JobName[] = [
  'start next',
  'dispatch',
  'look up',
  'cancel run',
  'cancel stray',
  're-run staging',
  're-run result',
];

/** Jobs with their own runners, `atOnce` at a time. */
export interface Line {
  readonly taskList: TaskList;
  readonly atOnce: number;
}

/**
 * The task lists of the queue. Each has its own runners, so that a silent vendor does not hold up the other jobs. Where no
 * change management is told, or no stage is checked, such jobs, which an earlier config may have left, are done by others.
 */
export function createLines(
  run: Run,
  slack: SlackHandlers,
  github: GitHubHandlers,
  { services }: { readonly services: ReadonlySet<string> },
  { isUsed }: { readonly isUsed: boolean },
): readonly Line[] {
  const only = (wanted: (name: string) => boolean) =>
    Object.fromEntries(
      (Object.keys(KEYS) as JobName[]).flatMap((name) =>
        wanted(name) ? [[name, (payload: unknown) => run(name, payload as object)]] : [],
      ),
    ) as TaskList;
  const isTold = services.size > 0;
  const isNews = (name: string) => name === 'tell change ticket';
  const isCheck = (name: string) => name === 'ask checks';
  const isOrder = (name: string) => ORDERS.some((one) => one === name);
  return [
    { taskList: only((name) => name in slack), atOnce: 8 },
    { taskList: only(isOrder), atOnce: 8 },
    {
      taskList: only(
        (name) => (name in github && !isOrder(name)) || (!isTold && isNews(name)) || (!isUsed && isCheck(name)),
      ),
      atOnce: 8,
    },
    ...(isTold ? [{ taskList: only(isNews), atOnce: 8 }] : []),
    ...(isUsed ? [{ taskList: only(isCheck), atOnce: 32 }] : []),
  ];
}

/** Carries out one job. Throws only when the database does not take what is to be tried again. */
export type Run = (name: JobName, payload: object) => Promise<void>;

/**
 * When a handler throws, retries it after a few seconds and counts the try. Does not use the queue's own backoff, which
 * grows to days.
 */
export function createRun(
  pool: pg.Pool,
  handlers: Handlers,
  pauses: Pauses,
  warn: (details: object, message: string) => void,
  { resume }: Tracing,
): Run {
  return async <N extends JobName>(name: N, raw: object) => {
    const { traces = [], ...rest } = raw as { traces?: readonly string[] };
    const payload = rest as Jobs[N];
    let again: Again;
    try {
      again = await resume(name, traces, aboutOf(payload), () => handlers[name](payload));
    } catch (error) {
      // Uses the field names of the decisions' log lines, so that one search finds them all.
      const { deploymentId: deployment, ...rest } = payload as { deploymentId?: number };
      warn({ job: name, deployment, ...rest, err: error }, 'a job failed and is tried again');
      again = { afterMs: retryAfter(pauses.jobs, 'tries' in payload ? payload.tries : 0) };
    }
    if (!again) return;
    const next = 'tries' in payload && !again.noTry ? { ...payload, tries: payload.tries + 1 } : payload;
    const when = { key: KEYS[name](payload), afterMs: again.afterMs };
    // A start of the service that waits for a later time is for another deployment.
    const beside = name === 'start next' ? { orSooner: true } : { unlessWaiting: again.atLeast !== true };
    const isOver = REPEATS.includes(name) || ('tries' in payload && payload.tries >= SOON_TRIES);
    await addJob(pool, name, next, { ...when, ...beside }, isOver ? [] : traces);
  };
}

/** Jobs that run until something has ended: of those, a trace has the first. */
const REPEATS: readonly JobName[] = ['look up', 'follow', 'ask checks', 'run check'];

/** What a job is about, for its span. */
function aboutOf(payload: object): Attributes {
  const { service, deploymentId } = payload as { readonly service?: string; readonly deploymentId?: number };
  return {
    ...(service === undefined ? {} : { 'pushbutton.service': service }),
    ...(deploymentId === undefined ? {} : { 'pushbutton.deployment': deploymentId }),
  };
}
