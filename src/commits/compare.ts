/** Comparisons of two commits, which say what would ship. Each is requested once and then kept. */

import type pg from 'pg';
import type { Ships } from '../core/card.js';
import type { Change } from '../core/change/change.js';
import { isUntold, MOST_COMMITS, type Untold } from '../core/facts.js';
import { liveSha, type ServiceState } from '../core/service/service.js';
import { type FullComparison, saveComparison, savedComparison } from '../db/comparisons.js';

export type Compare = (repository: string, base: string, head: string) => Promise<FullComparison | Untold>;

/** Returns a comparison from the database if it is known, else from GitHub. */
export function createCompare(pool: pg.Pool, fromGitHub: Compare): Compare {
  return async (repository, base, head) => {
    const saved = await savedComparison(pool, repository, base, head);
    if (saved) return saved;
    const found = await fromGitHub(repository, base, head);
    if (!isUntold(found) && isWhole(found)) await saveComparison(pool, repository, base, head, found);
    return found;
  };
}

/** Whether GitHub returned the whole comparison: only those are kept, since they are never read again. */
const isWhole = ({ aheadBy, commits }: FullComparison): boolean => commits.length >= Math.min(aheadBy, MOST_COMMITS);

/**
 * What deploying a change would ship, counted from what is live; a first deployment ships as the change alone. Returns null
 * when GitHub does not say.
 */
export async function countShips(
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
