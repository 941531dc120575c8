/** What would ship: comparisons of two commits, asked once and kept for good. */

import type pg from 'pg';
import type { Ships } from '../core/card.js';
import type { Change } from '../core/change/change.js';
import { isUntold, MOST_COMMITS, type Untold } from '../core/facts.js';
import { liveSha, type ServiceState } from '../core/service/service.js';
import { type FullComparison, saveComparison, savedComparison } from '../db/comparisons.js';

export type Compare = (repository: string, base: string, head: string) => Promise<FullComparison | Untold>;

/** Comparisons from the database where they are known, else from GitHub. */
export function createCompare(pool: pg.Pool, fromGitHub: Compare): Compare {
  return async (repository, base, head) => {
    const saved = await savedComparison(pool, repository, base, head);
    if (saved) return saved;
    const found = await fromGitHub(repository, base, head);
    if (!isUntold(found) && isWhole(found)) await saveComparison(pool, repository, base, head, found);
    return found;
  };
}

/** Not while GitHub has told a part of it only: what is kept is kept for good. */
const isWhole = ({ aheadBy, commits }: FullComparison): boolean => commits.length >= Math.min(aheadBy, MOST_COMMITS);

/** Counts from what is live; with nothing known live it is a first deployment, which ships as that change alone. */
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
