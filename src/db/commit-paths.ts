import type { Queryable } from './pool.js';

/** Which of these commits touch the patterns with this digest, and which do not; those that are not known are left out. */
export async function savedTouches(
  db: Queryable,
  repository: string,
  paths: string,
  shas: readonly string[],
): Promise<Map<string, boolean>> {
  const { rows } = await db.query<{ sha: string; touches: boolean }>({
    name: 'saved-touches',
    text: 'select sha, touches from commit_paths where repository = $1 and paths = $2 and sha = any($3)',
    values: [repository, paths, shas],
  });
  return new Map(rows.map(({ sha, touches }) => [sha, touches]));
}

/** For each list of patterns, by its digest, whether one commit touches it. */
export async function saveTouches(
  db: Queryable,
  repository: string,
  sha: string,
  touches: ReadonlyMap<string, boolean>,
): Promise<void> {
  await db.query(
    `insert into commit_paths (repository, sha, paths, touches)
     select $1, $2, unnest($3::text[]), unnest($4::boolean[]) on conflict do nothing`,
    [repository, sha, [...touches.keys()], [...touches.values()]],
  );
}
