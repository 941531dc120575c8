/** Builds what counts: what a change would ship, for cards and for approvals, and who wrote it. */

import type pg from 'pg';
import type { Policy } from '../config/policies.js';
import { isUntold } from '../core/facts.js';
import { readAuthors } from '../github/authors.js';
import type { ClientFor } from '../github/client.js';
import { createComparing } from '../github/facts.js';
import type { CountShips, Unmatched } from '../slack/card-model.js';
import { cached } from '../waits/cache.js';
import { createCountShipped } from './authored.js';
import { countShips, createCompare } from './compare.js';

export interface CountingDeps {
  readonly pool: pg.Pool;
  readonly clients: ClientFor;
  readonly policyOf: (service: string) => Policy | undefined;
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

/** Everything that asks GitHub what lies between two commits; answers that never change are kept. */
export function createCounting({ pool, clients, policyOf, people, byEmail, webUrl, told }: CountingDeps) {
  const comparing = createComparing(clients, told);
  const compare = createCompare(pool, comparing.compare);
  const repositoryOf = (service: string) => policyOf(service)?.repository ?? '';
  const counting = {
    pool,
    compare,
    readAuthors: (repository: string, sha: string) => readAuthors(clients, repository, sha),
    people,
  };
  const countShipped = createCountShipped({ ...counting, byEmail });
  // What a card shows decides nothing: an address that was looked up is not looked up again for each drawing.
  const countShown = createCountShipped({ ...counting, byEmail: cached(byEmail, SHOWN_MS) });
  const count: CountShips = (service, state, change, from) => {
    const repository = repositoryOf(service);
    return countShips(compare, repository, `${webUrl}/${repository}/commit`, state, change, from);
  };
  const unmatched: Unmatched = async (service, base, sha) => {
    const shipped = await countShown(repositoryOf(service), base, sha, 'authors too');
    return isUntold(shipped) || shipped.authors === 'not looked up' ? null : shipped.unmatched;
  };
  /** People who wrote some of what ships; nobody where that cannot be told now. */
  const authorsOf = async (service: string, base: string | null, sha: string): Promise<readonly string[]> => {
    const shipped = await countShown(repositoryOf(service), base, sha, 'authors too');
    return isUntold(shipped) || shipped.authors === 'not looked up' ? [] : shipped.authors.map(({ user }) => user);
  };
  return { compare, isOnBranch: comparing.isOnBranch, count, countShipped, unmatched, authorsOf };
}
