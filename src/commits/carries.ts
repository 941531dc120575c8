/** Whether a change of a service with `paths` carries a commit that touches them. */

import type pg from 'pg';
import type { Change } from '../core/change/change.js';
import { isUntold } from '../core/facts.js';
import { carriedFrom } from '../db/asides.js';
import type { Compare } from './compare.js';
import type { Touching } from './touching.js';

/** `not known`: GitHub has not told. */
export type Carries = 'touches' | 'touches nothing' | 'not known';

/**
 * Creates the function that looks at all commits of a change: a push may bring several. A history that was rewritten, or more
 * commits than GitHub lists, count as touching.
 */
export function createCarries(
  pool: pg.Pool,
  compare: Compare,
  touching: Touching,
): (repository: string, paths: readonly string[], change: Pick<Change, 'id' | 'sha'>) => Promise<Carries> {
  return async (repository, paths, { id, sha }) => {
    const base = await carriedFrom(pool, id);
    if (base === null || base === sha) return 'touches';
    const compared = await compare(repository, base, sha);
    if (isUntold(compared) || (compared.aheadBy > 0 && compared.commits.length === 0)) return 'not known';
    if (compared.status !== 'ahead' || compared.commits.length < compared.aheadBy) return 'touches';
    const shas = compared.commits.map((commit) => commit.sha);
    const verdicts = [...(await touching(repository, paths, shas, true)).values()];
    if (verdicts.includes(true)) return 'touches';
    return verdicts.length === shas.length ? 'touches nothing' : 'not known';
  };
}
