/** Comparisons of two commits: asked of GitHub once, then kept for good. */

import type pg from 'pg';
import { isUntold, MOST_COMMITS, type Untold } from '../core/facts.js';
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
