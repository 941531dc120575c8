/** Re-runs a required run that failed. */

import { changeById } from '../db/changes.js';
import { claimResultRerun, forgetResultRerun, resultRerunAskedFor } from '../db/results.js';
import type { GitHubHandlers } from '../flow/deliver.js';
import type { GitHubJobDeps } from './job-deps.js';
import { keep } from './keep.js';
import { readRunShape } from './production.js';
import { rerunOnce } from './rerun.js';
import { resultsOfRun } from './results.js';
import { later } from './silence.js';

/**
 * Re-runs its failed jobs, or all when none failed, with one request that GitHub takes; repeated only after a rate limit. If
 * nothing shows that it has begun, the run itself is read.
 */
export function rerunResultJob({
  pool,
  clients,
  patiently,
  perform,
  service: serviceOf,
  pauses,
}: GitHubJobDeps): GitHubHandlers['re-run result'] {
  const lookAfterMs = pauses.github.accepted;
  return async (rerun) => {
    const { changeId, runId, attempt } = rerun;
    const change = await changeById(pool, changeId);
    const service = change && serviceOf(change.service);
    const asked = change?.results?.find((one) => one.id === runId && one.attempt === attempt && one.askedBy);
    if (!change || !service || !asked) return null;
    const { repository, branch, requires = [] } = service;
    const about = { service: change.service, changeId, runId, attempt };
    if (await claimResultRerun(pool, rerun)) {
      const answer = await rerunOnce({ clients, patiently }, repository, runId);
      if (answer.is === 'refused') {
        await keep(pauses, async () => {
          await perform({ type: 'result re-run not seen', ...about, refused: answer.message });
          await forgetResultRerun(pool, rerun);
        });
        return null;
      }
      if (answer.is === 'done' || answer.retryAfterMs === null) return { afterMs: lookAfterMs };
      await keep(pauses, () => forgetResultRerun(pool, rerun));
      return later(answer, pauses.github.soon);
    }
    const sentMs = await resultRerunAskedFor(pool, rerun);
    if (sentMs !== null && sentMs < lookAfterMs) return { afterMs: lookAfterMs - sentMs };
    const found = await patiently(repository, () => readRunShape(clients, repository, runId));
    if (found.is === 'no answer') return later(found, pauses.github.soon);
    const seen =
      found.is === 'found'
        ? resultsOfRun(found.run, found.run.repository?.id ?? Number.NaN, { branch, requires }).map((one) => one.seen)
        : [];
    if (seen.some((one) => one.attempt > attempt)) {
      await perform({ type: 'results seen', service: change.service, sha: change.sha, results: seen });
      return null;
    }
    await perform({ type: 'result re-run not seen', ...about });
    await forgetResultRerun(pool, rerun);
    return null;
  };
}
