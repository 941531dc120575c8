import type { Route } from '../core/change/pull-request.js';
import type { Queryable } from './pool.js';

/** One author of a commit, as GitHub reports them. */
export interface SavedAuthor {
  readonly login: string | null;
  readonly name: string;
  readonly email: string | null;
  /** Missing in rows that an earlier version saved. */
  readonly as?: 'author' | 'co-author' | 'tool' | 'opener';
  /** Where the pull request led that somebody opened. */
  readonly opened?: Route;
}

/** Who wrote a commit never changes; which pull requests contain it may. Unknown commits are left out. */
export async function savedAuthors(
  db: Queryable,
  repository: string,
  shas: readonly string[],
): Promise<Map<string, readonly SavedAuthor[]>> {
  const { rows } = await db.query<{ sha: string; authors: SavedAuthor[] }>(
    'select sha, authors from commit_authors where repository = $1 and sha = any($2)',
    [repository, shas],
  );
  return new Map(rows.map(({ sha, authors }) => [sha, authors]));
}

export async function saveAuthors(
  db: Queryable,
  repository: string,
  sha: string,
  authors: readonly SavedAuthor[],
): Promise<void> {
  await db.query(
    `insert into commit_authors (repository, sha, authors) values ($1, $2, $3)
     on conflict (repository, sha) do update set authors = excluded.authors`,
    [repository, sha, JSON.stringify(authors)],
  );
}
