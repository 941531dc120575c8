/** Builds what is asked about commits: how many a change would ship, for its card; which, and who wrote them, for approvals. */

import type pg from 'pg';
import type { Ships } from '../core/card.js';
import type { Change } from '../core/change/change.js';
import { isUntold } from '../core/facts.js';
import type { ServiceState } from '../core/service/service.js';
import { readAuthors } from '../github/authors.js';
import type { ClientFor } from '../github/client.js';
import { createComparing } from '../github/facts.js';
import { cached } from '../waits/cache.js';
import { createReadShipped } from './authored.js';
import { createCompare } from './compare.js';
import { countCommits } from './count.js';

interface CommitsDeps {
  readonly pool: pg.Pool;
  readonly clients: ClientFor;
  readonly policyOf: (service: string) => { readonly repository: string } | undefined;
  /** GitHub login in lower case -> Slack user id. */
  readonly people: Readonly<Record<string, string>>;
  readonly byEmail: (email: string) => Promise<string | null>;
  /** github.com, or where the Enterprise Server shows its pages. */
  readonly webUrl: string;
  /** Hears in what words GitHub refuses to compare in a repository; null where it does not. */
  readonly told: (repository: string, refusal: string | null) => Promise<void>;
}

/** How long an address that was looked up for a card is not looked up again. */
const SHOWN_MS = 600_000;

/** Everything that asks GitHub what lies between two commits. Answers that never change are kept. */
export function createCommits({ pool, clients, policyOf, people, byEmail, webUrl, told }: CommitsDeps) {
  const { compare: fromGitHub, isOnBranch } = createComparing(clients, told);
  const compare = createCompare(pool, fromGitHub);
  const repositoryOf = (service: string) => policyOf(service)?.repository ?? '';
  const reading = {
    pool,
    compare,
    readAuthors: (repository: string, sha: string) => readAuthors(clients, repository, sha),
    people,
  };
  const readShipped = createReadShipped({ ...reading, byEmail });
  // What a card shows decides nothing: an address that was looked up is not looked up again for each drawing.
  const readShown = createReadShipped({ ...reading, byEmail: cached(byEmail, SHOWN_MS) });
  /** null where they cannot be told now. */
  async function authorsShown(service: string, base: string | null, sha: string) {
    const shipped = await readShown(repositoryOf(service), base, sha, 'authors too');
    if (isUntold(shipped) || shipped.authors === 'not looked up') return null;
    return { authors: shipped.authors, unmatched: shipped.unmatched };
  }
  return {
    compare,
    isOnBranch,
    readShipped,
    /** Counts from what is live where `from` is left out; null when GitHub does not say. */
    countCommits: (
      service: string,
      state: ServiceState,
      change: Change,
      from?: string | null,
    ): Promise<Ships | null> => {
      const repository = repositoryOf(service);
      return countCommits(compare, repository, `${webUrl}/${repository}/commit`, state, change, from);
    },
    /** Authors whom nobody in Slack could be matched with; null where that cannot be told now. */
    unmatchedAuthors: async (service: string, base: string | null, sha: string): Promise<readonly string[] | null> =>
      (await authorsShown(service, base, sha))?.unmatched ?? null,
    /** People who wrote some of what ships; nobody where that cannot be told now. */
    authorsOf: async (service: string, base: string | null, sha: string): Promise<readonly string[]> =>
      (await authorsShown(service, base, sha))?.authors.map(({ user }) => user) ?? [],
  };
}
