/** Which commits touch the paths of a service. */

import { createHash } from 'node:crypto';
import type pg from 'pg';
import { choosing } from '../core/change/path-patterns.js';
import { savedTouches, saveTouches } from '../db/commit-paths.js';
import type { CommitFiles } from '../github/commit-files.js';
import { fewAtOnce } from '../waits/few-at-once.js';

/**
 * Of these commits of a repository, oldest first, which touch the paths and which do not. Commits are left out of which GitHub
 * has not told: they may touch them, so they count as if they did. `anew`: also those that it did not tell of a moment ago.
 */
export type Touching = (
  repository: string,
  paths: readonly string[],
  shas: readonly string[],
  anew?: boolean,
) => Promise<ReadonlyMap<string, boolean>>;

interface TouchingDeps {
  readonly pool: pg.Pool;
  /** The files of a commit, until they are enough. Throws when GitHub does not tell. */
  readonly filesOf: (
    repository: string,
    sha: string,
    isEnough: (files: readonly string[]) => boolean,
  ) => Promise<CommitFiles>;
  /** The paths of each service of a repository. One look at a commit answers for all of them. */
  readonly pathsIn: (repository: string) => readonly (readonly string[])[];
}

/** How many commits are read from GitHub at the same time, and for one question: the newest, others with the next. */
const AT_ONCE = 5;
const MOST_READ = 100;
/** A commit that GitHub does not tell of is asked for again at most so often. */
const AGAIN_MS = 15_000;
const MOST_REMEMBERED = 10_000;

/** Each commit is read once, by whoever asks first, and its verdict kept for good. */
export function createTouching({ pool, filesOf, pathsIn }: TouchingDeps): Touching {
  const asking = new Map<string, Promise<void>>();
  /** When GitHub last did not tell of a commit. */
  const untold = new Map<string, number>();

  async function read(repository: string, paths: readonly string[], sha: string): Promise<void> {
    // Whoever read it a moment ago has saved it by now.
    if ((await savedTouches(pool, repository, digestOf(paths), [sha])).has(sha)) return;
    const lists = new Map([paths, ...pathsIn(repository)].map((one) => [digestOf(one), choosing(one)]));
    const touches = (files: readonly string[], chooses: (path: string) => boolean) => files.some(chooses);
    const chosen = [...lists.values()];
    const { files, isAll } = await filesOf(repository, sha, (some) => chosen.every((one) => touches(some, one)));
    const verdicts = [...lists].map(([digest, chooses]) => [digest, !isAll || touches(files, chooses)] as const);
    await saveTouches(pool, repository, sha, new Map(verdicts));
  }

  /** Also resolves when GitHub did not tell. */
  function readOnce(repository: string, paths: readonly string[], sha: string): Promise<void> {
    const key = `${repository} ${sha}`;
    const known = asking.get(key);
    if (known) return known;
    const asked = read(repository, paths, sha)
      .catch(() => {
        if (untold.size > MOST_REMEMBERED) untold.clear();
        untold.set(key, performance.now());
      })
      .finally(() => asking.delete(key));
    asking.set(key, asked);
    return asked;
  }

  return async (repository, paths, shas, anew = false) => {
    const digest = digestOf(paths);
    const known = await savedTouches(pool, repository, digest, shas);
    const mayAsk = (sha: string) =>
      anew || performance.now() - (untold.get(`${repository} ${sha}`) ?? -AGAIN_MS) >= AGAIN_MS;
    const missing = shas.filter((sha) => !known.has(sha) && mayAsk(sha)).slice(-MOST_READ);
    if (missing.length === 0) return known;
    await fewAtOnce(missing.toReversed(), AT_ONCE, (sha) => readOnce(repository, paths, sha));
    return new Map([...known, ...(await savedTouches(pool, repository, digest, missing))]);
  };
}

const digestOf = (paths: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(paths)).digest('hex').slice(0, 32);
