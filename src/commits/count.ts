/** How many commits a change would ship, and which. */

import type { Ships } from '../core/card.js';
import type { Change } from '../core/change/change.js';
import { mayTouch } from '../core/change/path-patterns.js';
import { isUntold } from '../core/facts.js';
import { liveSha, type ServiceState } from '../core/service/service.js';
import type { Compare } from './compare.js';

/** Which of the commits of a comparison touch the paths of the service; null for a service without paths. */
type WhichTouch = ((shas: readonly string[]) => Promise<ReadonlyMap<string, boolean>>) | null;

/** Counts from what is live. When nothing is known to be live, it is a first deployment and ships only that change. */
export async function countCommits(
  compare: Compare,
  repository: string,
  commitUrl: string,
  state: ServiceState,
  change: Change,
  from: string | null = liveSha(state),
  whichTouch: WhichTouch = null,
): Promise<Ships | null> {
  if (from === null) {
    const { sha, title, author, pullRequest } = change;
    const commit = { sha, title, author, url: `${commitUrl}/${sha}`, pullRequest: pullRequest?.number ?? null };
    return { count: 1, commits: [commit], from: null, outside: state.live.is === 'outside' };
  }
  const compared = await compare(repository, from, change.sha);
  if (isUntold(compared)) return null;
  const { aheadBy, commits } = compared;
  if (whichTouch === null) return { count: aheadBy, commits, from, outside: false };
  const shas = commits.map(({ sha }) => sha);
  const theirs = new Set(mayTouch(shas, await whichTouch(shas)));
  const own = commits.filter(({ sha }) => theirs.has(sha));
  const others = commits.length - own.length;
  return { count: aheadBy - others, commits: own, from, outside: false, ...(others > 0 && { others }) };
}
