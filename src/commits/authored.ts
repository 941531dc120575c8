/** What a deployment that needs approvals would ship, and which Slack users wrote it. */

import type pg from 'pg';
import { isUntold, type Shipped, type Untold } from '../core/facts.js';
import { saveAuthors, savedAuthors } from '../db/authors.js';
import type { Authored } from '../github/authors.js';
import type { Compare } from './compare.js';

interface ReadShippedDeps {
  readonly pool: pg.Pool;
  readonly compare: Compare;
  /** Throws when GitHub does not answer. */
  readonly readAuthors: (repository: string, sha: string) => Promise<Authored>;
  /** The Slack user id of each GitHub login, in lower case. */
  readonly people: Readonly<Record<string, string>>;
  /** The Slack user id of an e-mail address; null when there is none. Throws when Slack does not answer. */
  readonly byEmail: (email: string) => Promise<string | null>;
}

/** How many commits' authors are read from GitHub at the same time. */
const AT_ONCE = 5;

type ReadShipped = (
  repository: string,
  base: string | null,
  sha: string,
  whose: 'authors too' | 'commits alone',
) => Promise<Shipped | Untold>;

/** Reads what ships after `base`, or only `sha` if it is null. Matches authors by the config's people, else e-mail. */
export function createReadShipped(deps: ReadShippedDeps): ReadShipped {
  const { pool } = deps;
  // A Map, since a login may equal the name of a property that every object has.
  const people = new Map(Object.entries(deps.people));

  async function authorsOf(repository: string, shas: readonly string[]): Promise<Authored[] | Untold> {
    const known = await savedAuthors(pool, repository, shas);
    const missing = shas.filter((sha) => !known.has(sha));
    try {
      for (let from = 0; from < missing.length; from += AT_ONCE) {
        await Promise.all(
          missing.slice(from, from + AT_ONCE).map(async (sha) => {
            const { authors } = await deps.readAuthors(repository, sha);
            await saveAuthors(pool, repository, sha, authors);
            known.set(sha, authors);
          }),
        );
      }
    } catch {
      return 'unavailable';
    }
    return shas.map((sha) => ({ sha, authors: known.get(sha) ?? [] }));
  }

  async function matched(written: readonly Authored[]): Promise<Pick<Shipped, 'authors' | 'unmatched'>> {
    const users: { user: string; sha: string }[] = [];
    const unmatched = new Set<string>();
    const asked = new Map<string, Promise<string | null>>();
    const byEmail = (email: string) => {
      const answer = asked.get(email) ?? deps.byEmail(email);
      asked.set(email, answer);
      return answer;
    };
    for (const { sha, authors } of written) {
      for (const { login, name, email } of authors) {
        const user =
          (login === null ? undefined : people.get(login.toLowerCase())) ??
          (email === null ? null : await byEmail(email));
        if (user) users.push({ user, sha });
        else if (!login?.endsWith('[bot]')) unmatched.add(login ?? name);
      }
    }
    return { authors: users, unmatched: [...unmatched] };
  }

  return async (repository, base, sha, whose) => {
    const shas = await commitsFrom(deps.compare, repository, base, sha);
    if (!Array.isArray(shas)) return shas;
    const shipped = { from: base, shas };
    if (whose === 'commits alone') return { ...shipped, authors: [], unmatched: [] };
    const written = await authorsOf(repository, shas);
    if (!Array.isArray(written)) return written;
    try {
      return { ...shipped, ...(await matched(written)) };
    } catch {
      return { ...shipped, authors: 'not looked up', unmatched: [] };
    }
  };
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
  if (compared.commits.length < compared.aheadBy)
    return {
      refused: `${compared.aheadBy} commits ship, more than the ${compared.commits.length} that can be looked at`,
    };
  return compared.commits.map((commit) => commit.sha);
}
