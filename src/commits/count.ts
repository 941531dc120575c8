/** How many commits a change would ship, and which. */

import type { Ships } from '../core/card.js';
import type { Change } from '../core/change/change.js';
import { isUntold } from '../core/facts.js';
import { liveSha, type ServiceState } from '../core/service/service.js';
import type { Compare } from './compare.js';

/** Counts from what is live. When nothing is known to be live, it is a first deployment and ships only that change. */
export async function countCommits(
  compare: Compare,
  repository: string,
  commitUrl: string,
  state: ServiceState,
  change: Change,
  from: string | null = liveSha(state),
): Promise<Ships | null> {
  if (from === null) {
    const { sha, title, author, pullRequest } = change;
    const commit = { sha, title, author, url: `${commitUrl}/${sha}`, pullRequest: pullRequest?.number ?? null };
    return { count: 1, commits: [commit], from: null, outside: state.live.is === 'outside' };
  }
  const compared = await compare(repository, from, change.sha);
  if (isUntold(compared)) return null;
  return { count: compared.aheadBy, commits: compared.commits, from, outside: false };
}
