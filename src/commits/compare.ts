/** Comparisons of two commits: requested from GitHub once, then kept for good. */

import type pg from 'pg';
import { mayTouch } from '../core/change/path-patterns.js';
import { type Comparison, isUntold, MOST_COMMITS, type Untold } from '../core/facts.js';
import { type FullComparison, saveComparison, savedComparison } from '../db/comparisons.js';
import type { Touching } from './touching.js';

export type Compare = (repository: string, base: string, head: string) => Promise<FullComparison | Untold>;

/** So many are remembered here, beside the database: a press, its start and its card ask for the same one. */
const REMEMBERED = 50;
/** Those with more commits than this are not. */
const MOST_REMEMBERED = 100;

/** Returns a comparison from the database if it is known, else from GitHub. */
export function createCompare(pool: pg.Pool, fromGitHub: Compare): Compare {
  const known = new Map<string, FullComparison>();

  function remember(key: string, found: FullComparison): FullComparison {
    if (found.commits.length > MOST_REMEMBERED) return found;
    known.set(key, found);
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    return found;
  }

  return async (repository, base, head) => {
    const key = `${repository} ${base} ${head}`;
    const saved = known.get(key) ?? (await savedComparison(pool, repository, base, head));
    if (saved) return remember(key, saved);
    const found = await fromGitHub(repository, base, head);
    if (isUntold(found) || !isWhole(found)) return found;
    await saveComparison(pool, repository, base, head, found);
    return remember(key, found);
  };
}

/** The same, and how many of the commits touch none of the paths, if there are paths. */
export const createCompareFor =
  (
    compare: Compare,
    touching: Touching,
  ): ((repository: string, base: string, head: string, paths?: readonly string[]) => Promise<Comparison | Untold>) =>
  async (repository, base, head, paths) => {
    const compared = await compare(repository, base, head);
    if (!paths || isUntold(compared)) return compared;
    const shas = compared.commits.map(({ sha }) => sha);
    const others = shas.length - mayTouch(shas, await touching(repository, paths, shas)).length;
    return others > 0 ? { ...compared, others } : compared;
  };

/** Whether GitHub returned the whole comparison: only those are kept, since they are never read again. */
const isWhole = ({ aheadBy, commits }: FullComparison): boolean => commits.length >= Math.min(aheadBy, MOST_COMMITS);
