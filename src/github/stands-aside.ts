/** Finds out whether a change of a service with `paths` touches them, before it is described and gets its card. */

import type { Change } from '../core/change/change.js';
import { addJob } from '../db/add-jobs.js';
import { asideAfter } from '../db/asides.js';
import type { GitHubJobDeps, GitHubService } from './job-deps.js';

/** So often GitHub is asked, a few seconds apart. Then the change counts, as if it touched the paths. */
const TRIES = 3;

/** Null if it counts; else that it stands aside, `for now` if GitHub is to be asked again. Safe to repeat. */
export async function standsAside(
  deps: GitHubJobDeps,
  service: GitHubService & { readonly paths: readonly string[] },
  change: Change,
  tries: number,
): Promise<'for now' | 'for good' | null> {
  const aside = change.aside ? await lookedAt(deps, service, change, tries) : null;
  if (aside !== 'for now' && change.staging.status === 'failed') await carriedByNext(deps, change);
  return aside;
}

async function lookedAt(
  { carries, perform }: GitHubJobDeps,
  { repository, paths }: GitHubService & { readonly paths: readonly string[] },
  change: Change,
  tries: number,
): Promise<'for now' | 'for good' | null> {
  const { id: changeId, service, staging } = change;
  // While other results are still awaited, its card may already show those that have ended.
  if (staging.status === 'running' && staging.own === undefined) return 'for good';
  const found = await carries(repository, paths, change);
  const unread = found === 'not known';
  if (unread && tries + 1 < TRIES) return 'for now';
  const touches = found !== 'touches nothing';
  await perform({ type: 'touches seen', service, changeId, attempt: staging.attempt, touches, unread });
  return touches ? null : 'for good';
}

/** What passed later stood aside while this one could still ship by itself: now it may be the one that carries it. */
async function carriedByNext({ pool }: GitHubJobDeps, { id, service }: Change): Promise<void> {
  const sha = await asideAfter(pool, id);
  if (sha !== null) await addJob(pool, 'describe', { service, sha, tries: 0 }, { key: `describe:${service}:${sha}` });
}
