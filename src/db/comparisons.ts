import type { ShippedCommit } from '../core/card.js';
import type { Comparison } from '../core/facts.js';
import type { Queryable } from './pool.js';

/** What lies between `base` and `head`. */
export interface FullComparison extends Comparison {
  /** Oldest first; those beyond the first thousand are left out. */
  readonly commits: readonly ShippedCommit[];
}

export async function savedComparison(
  db: Queryable,
  repository: string,
  base: string,
  head: string,
): Promise<FullComparison | null> {
  const { rows } = await db.query<{ status: Comparison['status']; ahead_by: number; commits: ShippedCommit[] }>({
    name: 'saved-comparison',
    text: 'select status, ahead_by, commits from comparisons where repository = $1 and base = $2 and head = $3',
    values: [repository, base, head],
  });
  const row = rows[0];
  return row ? { status: row.status, aheadBy: row.ahead_by, commits: row.commits } : null;
}

export async function saveComparison(
  db: Queryable,
  repository: string,
  base: string,
  head: string,
  found: FullComparison,
): Promise<void> {
  await db.query(
    `insert into comparisons (repository, base, head, status, ahead_by, commits) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing`,
    [repository, base, head, found.status, found.aheadBy, JSON.stringify(found.commits)],
  );
}
