/** Finds out whether a change of a service with `paths` touches them, before it is described and gets its card. */

import type { Change } from '../core/change/change.js';
import { addJob } from '../db/add-jobs.js';
import { asideAfter } from '../db/asides.js';
import type { GitHubJobDeps, GitHubService } from './job-deps.js';

/** So often GitHub is asked, a few seconds apart. Then the change counts, as if it touched the paths. */
const TRIES = 3;

/** Null if it counts; else that it stands aside, `for now` if GitHub is to be asked again. Safe to repeat. */
export async function standsAside(
  { pool, carries, perform }: GitHubJobDeps,
  { repository, paths }: GitHubService & { readonly paths: readonly string[] },
  change: Change,
  tries: number,
): Promise<'for now' | 'for good' | null> {
  const { id: changeId, service, sha, staging } = change;
  if (staging.status === 'running') return 'for good';
  const found = await carries(repository, paths, change);
  const unread = found === 'not known';
  if (unread && tries + 1 < TRIES) return 'for now';
  const touches = found !== 'touches nothing';
  await perform({ type: 'touches seen', service, changeId, attempt: staging.attempt, touches, unread });
  if (staging.status === 'failed') {
    // What passed later stood aside while this one might still have passed: now it may be the one that carries it.
    const next = await asideAfter(pool, changeId);
    const about = { service, sha: next ?? sha, tries: 0 };
    if (next !== null) await addJob(pool, 'describe', about, { key: `describe:${service}:${next}` });
  }
  return touches ? null : 'for good';
}
