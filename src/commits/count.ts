/** Builds the functions that count what a change would ship, for cards and approvals, and who wrote it. */

import type pg from 'pg';
import type { Policy } from '../config/policies.js';
import { isUntold } from '../core/facts.js';
import { readAuthors } from '../github/authors.js';
import type { ClientFor } from '../github/client.js';
import { createComparing } from '../github/facts.js';
import type { CountShips, Unmatched } from '../slack/card-model.js';
import { remembered } from '../waits/cache.js';
import { createCountShipped } from './authored.js';
import { countShips, createCompare } from './compare.js';

export interface CountingDeps {
  readonly pool: pg.Pool;
  readonly clients: ClientFor;
  readonly policyOf: (service: string) => Policy | undefined;
  /** The Slack user id of each GitHub login, in lower case. */
  readonly people: Readonly<Record<string, string>>;
  readonly byEmail: (email: string) => Promise<string | null>;
  /** The web address of GitHub: https://github.com or that of the Enterprise Server. */
  readonly webUrl: string;
  /** Receives GitHub's words when it refuses to compare in a repository; null when it does not refuse. */
  readonly told: (repository: string, refusal: string | null) => Promise<void>;
}

/** How long a look-up of an e-mail address for a card is kept. */
const SHOWN_MS = 600_000;

/** Creates the functions that ask GitHub what lies between two commits. Answers that never change are kept. */
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
  // Cards decide nothing, so they need not look up each e-mail address again for every drawing.
  const countShown = createCountShipped({ ...counting, byEmail: remembered(byEmail, SHOWN_MS) });
  const count: CountShips = (service, state, change, from) => {
    const repository = repositoryOf(service);
    return countShips(compare, repository, `${webUrl}/${repository}/commit`, state, change, from);
  };
  const unmatched: Unmatched = async (service, base, sha) => {
    const shipped = await countShown(repositoryOf(service), base, sha, 'authors too');
    return isUntold(shipped) || shipped.authors === 'not looked up' ? null : shipped.unmatched;
  };
  /** The Slack users who wrote some of the shipped commits; empty when that is not known now. */
  const authorsOf = async (service: string, base: string | null, sha: string): Promise<readonly string[]> => {
    const shipped = await countShown(repositoryOf(service), base, sha, 'authors too');
    return isUntold(shipped) || shipped.authors === 'not looked up' ? [] : shipped.authors.map(({ user }) => user);
  };
  return { compare, isOnBranch: comparing.isOnBranch, count, countShipped, unmatched, authorsOf };
}
