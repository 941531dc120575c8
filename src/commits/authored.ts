/** What a deployment that needs approvals would ship, and which Slack users wrote it. */

import type pg from 'pg';
import { mayTouch } from '../core/change/path-patterns.js';
import { broughtTo } from '../core/change/pull-request.js';
import { isUntold, type Shipped, TOOL, type Untold } from '../core/facts.js';
import { type SavedAuthor, saveAuthors, savedAuthors } from '../db/authors.js';
import type { Compare } from './compare.js';
import type { Touching } from './touching.js';

/** A commit with its authors, as GitHub told now or earlier. */
interface Written {
  readonly sha: string;
  readonly authors: readonly SavedAuthor[];
}

interface ReadShippedDeps {
  readonly pool: pg.Pool;
  readonly compare: Compare;
  readonly touching: Touching;
  /** Throws when GitHub does not answer. */
  readonly readAuthors: (repository: string, sha: string) => Promise<Written>;
  /** The Slack user id of each GitHub login, in lower case; `TOOL` for one that no person writes under. */
  readonly people: Readonly<Record<string, string>>;
  /** The Slack user id of an e-mail address; null when there is none. Throws when Slack does not answer. */
  readonly byEmail: (email: string) => Promise<string | null>;
}

/** How many commits' authors are read from GitHub at the same time. */
const AT_ONCE = 5;
/** The authors of a commit are asked for again at most so often. */
const AGAIN_MS = 600_000;
const MOST_REMEMBERED = 10_000;

type ReadShipped = (
  repository: string,
  base: string | null,
  sha: string,
  whose: 'authors too' | 'commits alone',
  branch: string,
  paths?: readonly string[],
) => Promise<Shipped | Untold>;

/**
 * Reads what ships after `base` on `branch`, or only `sha` if it is null. Matches authors by the config's people, else
 * e-mail. With `paths`, only the commits that touch them have authors, and those of which that is not known.
 */
export function createReadShipped(deps: ReadShippedDeps): ReadShipped {
  const { pool } = deps;
  // A Map, since a login may equal the name of a property that every object has.
  const people = new Map(Object.entries(deps.people));

  /** When the authors of a commit were asked for again, by repository and SHA. */
  const askedAgain = new Map<string, number>();
  const isMissing = (key: string, authors: readonly SavedAuthor[] | undefined, branch: string): boolean => {
    if (authors === undefined) return true;
    return ledElsewhere(authors, branch) && performance.now() - (askedAgain.get(key) ?? -AGAIN_MS) >= AGAIN_MS;
  };

  async function authorsOf(repository: string, shas: readonly string[], branch: string): Promise<Written[] | Untold> {
    const known = new Map(await savedAuthors(pool, repository, shas));
    const missing = shas.filter((sha) => isMissing(`${repository} ${sha}`, known.get(sha), branch));
    try {
      for (let from = 0; from < missing.length; from += AT_ONCE) {
        await Promise.all(
          missing.slice(from, from + AT_ONCE).map(async (sha) => {
            const { authors } = await deps.readAuthors(repository, sha);
            await saveAuthors(pool, repository, sha, authors);
            if (askedAgain.size > MOST_REMEMBERED) askedAgain.clear();
            askedAgain.set(`${repository} ${sha}`, performance.now());
            known.set(sha, authors);
          }),
        );
      }
    } catch {
      return 'unavailable';
    }
    return shas.map((sha) => ({ sha, authors: known.get(sha) ?? [] }));
  }

  async function matched(written: readonly Written[], branch: string): Promise<Pick<Shipped, 'authors' | 'unmatched'>> {
    const users: { user: string; sha: string }[] = [];
    const unmatched = new Set<string>();
    const asked = new Map<string, Promise<string | null>>();
    const byEmail = (email: string) => {
      const answer = asked.get(email) ?? deps.byEmail(email);
      asked.set(email, answer);
      return answer;
    };
    for (const { sha, authors } of written) {
      for (const author of authorsOn(branch, authors)) {
        const { login, name, email } = author;
        const listed = login === null ? undefined : people.get(login.toLowerCase());
        const user = listed !== undefined && listed !== TOOL ? listed : email === null ? null : await byEmail(email);
        // Whoever is matched counts, tool or not: this only decides whom people are warned of.
        if (user) users.push({ user, sha });
        else if (!isTool(author, listed)) unmatched.add(login ?? name);
      }
    }
    return { authors: users, unmatched: [...unmatched] };
  }

  return async (repository, base, sha, whose, branch, paths) => {
    const shas = await commitsFrom(deps.compare, repository, base, sha);
    if (!Array.isArray(shas)) return shas;
    // A first deployment ships its change, whatever that touches.
    const theirs = paths && base !== null ? mayTouch(shas, await deps.touching(repository, paths, shas)) : shas;
    const others = shas.length - theirs.length;
    const shipped = { from: base, shas, ...(others > 0 && { others }) };
    if (whose === 'commits alone') return { ...shipped, authors: [], unmatched: [] };
    const written = await authorsOf(repository, theirs, branch);
    if (!Array.isArray(written)) return written;
    try {
      return { ...shipped, ...(await matched(written, branch)) };
    } catch {
      return { ...shipped, authors: 'not looked up', unmatched: [] };
    }
  };
}

/**
 * Whether only pull requests are known that led elsewhere, so that the one which brought the commit to this branch may have
 * come since. There may never be one.
 */
function ledElsewhere(authors: readonly SavedAuthor[], branch: string): boolean {
  const routes = authors.flatMap(({ opened }) => opened ?? []);
  return routes.length > 0 && !routes.some(({ made, base, merged }) => made || (base === branch && merged));
}

/**
 * Of those who opened a pull request with the commit, only who brought it to the branch is an author. Services with other
 * branches share the answer of GitHub, and rows of an earlier version do not say where the pull request led.
 */
function authorsOn(branch: string, authors: readonly SavedAuthor[]): SavedAuthor[] {
  const brought = broughtTo(
    branch,
    authors.flatMap(({ opened }) => opened ?? []),
  );
  const wrote = authors.filter(({ opened }) => opened === undefined);
  const known = new Set(wrote.map(({ login }) => login?.toLowerCase()));
  const opener = authors.filter(
    ({ opened, login }) => opened && opened === brought && login !== null && !known.has(login.toLowerCase()),
  );
  return [...wrote, ...opener];
}

/** Whether an author is no person to look for. The commit's own author always is one, but for GitHub's own bots. */
function isTool({ login, as = 'author' }: SavedAuthor, listed: string | undefined): boolean {
  if (login?.endsWith('[bot]') || as === 'tool') return true;
  return as !== 'author' && listed === TOOL;
}

async function commitsFrom(
  compare: Compare,
  repository: string,
  base: string | null,
  sha: string,
): Promise<string[] | Untold> {
  if (base === null) return [sha];
  if (base === sha) return [];
  const compared = await compare(repository, base, sha);
  if (isUntold(compared)) return compared;
  if (compared.commits.length === 0 && compared.aheadBy > 0)
    return { refused: `${compared.aheadBy} commits ship, and GitHub does not list them` };
  if (compared.commits.length < compared.aheadBy)
    return {
      refused: `${compared.aheadBy} commits ship, more than the ${compared.commits.length} that can be looked at`,
    };
  return compared.commits.map((commit) => commit.sha);
}
