/** Comparisons of two commits: requested from GitHub once, then kept for good. */

import type pg from 'pg';
import { isUntold, MOST_COMMITS, type Untold } from '../core/facts.js';
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
