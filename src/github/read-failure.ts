/** Reads why a run failed: what its first failed job noted, and the lines of its log that say why. */

import type { Annotation, Explanation, FailedAttempt, FailedJob } from '../core/change/explanation.js';
import { isOver, NOTHING_MORE, saysWhy } from '../core/change/explanation.js';
import { plain } from '../core/change/plain.js';
import { howFailed } from '../core/notify.js';
import { reached } from '../crash-points.js';
import { addJob } from '../db/add-jobs.js';
import { changeById } from '../db/changes.js';
import { endFailure, type FailureRow, noteFailure, saveWhy, untoldFailure } from '../db/failures.js';
import { type Queryable, transaction } from '../db/pool.js';
import type { Again, GitHubHandlers } from '../flow/deliver.js';
import { linesOf } from '../job-logs/lines.js';
import { type Reason, reasonIn } from '../job-logs/reason.js';
import { readAnnotations } from './annotations.js';
import type { GitHubJobDeps } from './job-deps.js';
import { type ReadLog, readJobLog } from './job-log.js';
import { readJobs } from './production.js';
import { BROKEN, type JobShape } from './shapes.js';
import { later } from './silence.js';

/** Tries before GitHub is no longer asked; the first ones are soon. */
const MOST_TRIES = 20;
const SOON_TRIES = 2;
/** From this age on, each try is the last: a job that the sweep has added again begins to count anew. */
const MOST_AGE_MS = 15 * 60_000;
/** Where a firewall keeps us from the storage, the rest is told soon. */
const MOST_OF_LOG = 5;
/** So many are read at once: a slow storage does not keep the runners from following runs. */
const MOST_LOGS = 3;
/** A log may be there some seconds after its job has ended. */
const LATE_TRIES = 3;

/** Notes a failed attempt whose reason is to be read; once, however often it is called. */
export async function askWhyFailed(tx: Queryable, failed: FailedAttempt, deploymentId: number | null): Promise<void> {
  if (!(await noteFailure(tx, failed, deploymentId, null))) return;
  await addJob(tx, 'read failure', { ...failed, tries: 0 }, { key: keyOf('read', failed) });
}

/** Has what is known of a failed attempt told in the thread of its card. */
export async function tellWhyFailed(tx: Queryable, failed: FailedAttempt): Promise<void> {
  await addJob(tx, 'explain failure', { ...failed, tries: 0 }, { key: keyOf('explain', failed) });
}

const keyOf = (what: string, { changeId, runId, attempt }: FailedAttempt): string =>
  `${what}:${changeId}:${runId}:${attempt}`;

export function readFailureJob({ pool, clients, patiently, service: serviceOf, pauses }: GitHubJobDeps) {
  let logsUnderWay = 0;
  const read: GitHubHandlers['read failure'] = async ({ tries, ...failed }) => {
    const known = await untoldFailure(pool, failed);
    if (!known) return null;
    // Before anything is asked: what was read is not read again. Those who wait do not count it as a try.
    if (logsUnderWay >= MOST_LOGS) return { afterMs: pauses.github.soon, noTry: true };
    logsUnderWay += 1;
    try {
      return await readOnce(failed, tries, known);
    } catch (error) {
      if (mayTry(MOST_TRIES, tries, known)) throw error;
      return ended(failed, known);
    } finally {
      logsUnderWay -= 1;
    }
  };
  return read;

  async function readOnce(failed: FailedAttempt, tries: number, known: FailureRow): Promise<Again> {
    const change = await changeById(pool, failed.changeId);
    const service = change && serviceOf(change.service);
    // What is no run has no jobs.
    if (!change || !service?.logs || failed.attempt < 1 || isOver(change, failed, known.deploymentId))
      return ended(failed, known);
    // Nobody would see it.
    if (howFailed(service.notify, known.deploymentId === null ? 'staging' : 'production') === 'none') {
      await endFailure(pool, failed);
      return null;
    }
    const { repository } = service;
    const wait = tries < SOON_TRIES ? pauses.github.soon : pauses.github.later;
    const may = (most: number): boolean => mayTry(most, tries, known);

    const jobs = await patiently(repository, () => readJobs(clients, repository, failed.runId, failed.attempt));
    if (jobs.is === 'no answer') return may(MOST_TRIES) ? later(jobs, wait) : ended(failed, known);
    const job = jobs.is === 'found' ? firstFailed(jobs.jobs) : null;
    if (!job?.id) return ended(failed, known);
    const { id } = job;
    const noted = await patiently(repository, () => readAnnotations(clients, repository, id));
    if (noted.is === 'no answer' && may(MOST_TRIES)) return later(noted, wait);
    // The last: a log that was read is not read again.
    const log = await patiently(repository, () => readJobLog(clients, repository, id));
    if (log.is === 'no answer' && may(log.retryAfterMs === null ? MOST_OF_LOG : MOST_TRIES)) return later(log, wait);
    if (log.is === 'gone' && may(LATE_TRIES)) return { afterMs: pauses.github.soon };
    const why = { failures: [], job: failedJob(job, noted.is === 'read' ? noted.annotations : [], log) };
    if (!saysWhy(why)) return ended(failed, known);
    reached('failure: read');
    return tell(failed, why);
  }

  async function tell(failed: FailedAttempt, what: Explanation): Promise<null> {
    await transaction(pool, async (tx) => {
      await saveWhy(tx, failed, what);
      await tellWhyFailed(tx, failed);
    });
    return null;
  }

  /** It is not known why. The author of a change that failed staging hears of it all the same; of production, the story tells. */
  async function ended(failed: FailedAttempt, { deploymentId }: FailureRow): Promise<null> {
    if (deploymentId === null) return tell(failed, NOTHING_MORE);
    await endFailure(pool, failed);
    return null;
  }
}

const mayTry = (most: number, tries: number, { ageMs }: FailureRow): boolean => tries < most && ageMs < MOST_AGE_MS;

/** The one that failed first: others often fail because of it. */
function firstFailed(jobs: readonly JobShape[]): JobShape | null {
  const failed = jobs.filter(({ conclusion }) => conclusion === 'failure' || conclusion === 'timed_out');
  const endOf = ({ completed_at }: JobShape): number => Date.parse(completed_at ?? '') || Number.POSITIVE_INFINITY;
  return failed.sort((a, b) => endOf(a) - endOf(b))[0] ?? null;
}

function failedJob(job: JobShape, noted: readonly Annotation[], log: ReadLog): FailedJob {
  const step = (job.steps ?? []).find(({ conclusion }) => BROKEN.has(conclusion ?? ''));
  const at = (time: string | null | undefined): number | null => Date.parse(time ?? '') || null;
  const lines = log.is === 'read' ? linesOf(log.tail) : null;
  const times = { startedAt: at(step?.started_at), completedAt: at(step?.completed_at) };
  const reason: Reason = (lines && reasonIn(lines, times)) ?? { lines: [], exitCode: null };
  return {
    name: plain(job.name) || 'a job without a name',
    url: job.html_url ?? '',
    step: step ? plain(step.name) || null : null,
    ...reason,
    // GitHub makes annotations of what the log says with marks.
    annotations: noted.filter(({ message }) => !reason.lines.some((line) => line.includes(message.slice(0, 60)))),
  };
}
