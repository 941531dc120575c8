import { reached } from '../crash-points.js';
import { changeById, claimRerun, forgetRerunSent, rerunAskedFor } from '../db/changes.js';
import type { GitHubHandlers } from '../flow/deliver.js';
import type { GitHubJobDeps } from './job-deps.js';
import { keep } from './keep.js';
import { type Ordered, rerunJobs } from './orders.js';
import { readStagingRun } from './production.js';
import { later } from './silence.js';

/** What GitHub says of a run without a failed job, such as one that was cancelled: then all of its jobs may run again (403). */
const NOTHING_FAILED = /cannot be (retried|rerun|re-run)/i;
/** What it says of a run that is too old; one that never started cannot be run again either. */
const TOO_OLD = /over a month ago|Unable to retry/i;

/** Re-runs the failed jobs of a run, or all when none failed, with one request that GitHub takes. The caller has claimed it. */
export async function rerunOnce(
  { clients, patiently }: Pick<GitHubJobDeps, 'clients' | 'patiently'>,
  repository: string,
  runId: number,
): Promise<Ordered> {
  reached('re-run: claimed');
  const failed = await patiently(repository, () => rerunJobs(clients, repository, runId, 'failed'));
  const answer =
    failed.is === 'refused' && NOTHING_FAILED.test(failed.message)
      ? await patiently(repository, () => rerunJobs(clients, repository, runId, 'all'))
      : failed;
  reached('re-run: answered');
  return answer;
}

/**
 * Re-runs a staging run that failed, once for an attempt; repeated only after a rate limit. A delivery or the poll shows
 * whether it worked; if neither comes, the run itself does: its attempt is then newer.
 */
export function rerunJob({ pool, clients, patiently, perform, service: serviceOf, pauses }: GitHubJobDeps) {
  // After this long, the run itself is read to see whether it has begun again.
  const lookAfterMs = pauses.github.accepted;
  const rerun: GitHubHandlers['re-run staging'] = async ({ changeId, attempt }) => {
    const change = await changeById(pool, changeId);
    const service = change && serviceOf(change.service);
    if (!service || change.rerunOf !== attempt) return null;
    const { repository } = service;
    const { runId } = change.staging;
    const notSeen = { type: 're-run not seen', service: change.service, changeId, attempt } as const;
    if (await claimRerun(pool, changeId, attempt)) {
      const answer = await rerunOnce({ clients, patiently }, repository, runId);
      if (answer.is === 'refused') {
        const forGood = TOO_OLD.test(answer.message) || NOTHING_FAILED.test(answer.message);
        await keep(pauses, () => perform({ ...notSeen, refused: answer.message, forGood }));
        return null;
      }
      if (answer.is === 'done' || answer.retryAfterMs === null) return { afterMs: lookAfterMs };
      await keep(pauses, () => forgetRerunSent(pool, changeId, attempt));
      return later(answer, pauses.github.soon);
    }
    const asked = await rerunAskedFor(pool, changeId);
    if (asked !== null && asked < lookAfterMs) return { afterMs: lookAfterMs - asked };
    const found = await patiently(repository, () => readStagingRun(clients, repository, runId));
    if (found.is === 'no answer') return later(found, pauses.github.soon);
    const begun = found.is === 'found' && found.run.attempt > attempt;
    await perform(begun ? { type: 'staging seen', service: change.service, run: found.run } : notSeen);
    return null;
  };
  return rerun;
}
