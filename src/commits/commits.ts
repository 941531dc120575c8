/** Looks up commits: how many a change would ship, for its card; which ones and their authors, for approvals. */

import type pg from 'pg';
import type { Ships } from '../core/card.js';
import type { Change } from '../core/change/change.js';
import type { Ticket } from '../core/change/ticket.js';
import { isUntold } from '../core/facts.js';
import type { ServiceState } from '../core/service/service.js';
import { readAuthors } from '../github/authors.js';
import type { ClientFor } from '../github/client.js';
import { filesOf } from '../github/commit-files.js';
import { createComparing, type Told } from '../github/facts.js';
import { orThrow, type Patiently } from '../github/silence.js';
import { cached } from '../waits/cache.js';
import { createReadShipped } from './authored.js';
import { createCarries } from './carries.js';
import { createCompare, createCompareFor } from './compare.js';
import { countCommits } from './count.js';
import { createTouching } from './touching.js';
import { createWithTickets } from './with-tickets.js';

interface ShippedService {
  readonly repository: string;
  readonly branch: string;
  readonly paths?: readonly string[];
}

interface CommitsDeps {
  readonly pool: pg.Pool;
  readonly clients: ClientFor;
  readonly patiently: Patiently;
  readonly policyOf: (service: string) => ShippedService | undefined;
  /** The paths of each service of a repository that has some. */
  readonly pathsIn: (repository: string) => readonly (readonly string[])[];
  /** GitHub login in lower case -> Slack user id. */
  readonly people: Readonly<Record<string, string>>;
  readonly byEmail: (email: string) => Promise<string | null>;
  /** The address of github.com, or of the Enterprise Server's web pages. */
  readonly webUrl: string;
  readonly told: Told;
  readonly ticketsIn: (service: string, texts: readonly string[]) => readonly Ticket[] | null;
}

/** How long the result of looking up an address for a card is kept. */
const SHOWN_MS = 600_000;

/** Creates everything that asks GitHub what lies between two commits. Answers that never change are kept. */
export function createCommits(deps: CommitsDeps) {
  const { pool, clients, patiently, policyOf, people, byEmail, webUrl, told } = deps;
  const { compare: fromGitHub, isOnBranch } = createComparing(clients, patiently, told);
  const compare = createCompare(pool, fromGitHub);
  const touching = createTouching({
    ...deps,
    filesOf: (repository, sha, isEnough) =>
      orThrow(patiently, repository, () => filesOf(clients, repository, sha, isEnough)),
  });
  const repositoryOf = (service: string) => policyOf(service)?.repository ?? '';
  const reading = {
    pool,
    compare,
    touching,
    readAuthors: (repository: string, sha: string) =>
      orThrow(patiently, repository, () => readAuthors(clients, repository, sha)),
    people,
  };
  const readShipped = createReadShipped({ ...reading, byEmail });
  // A card decides nothing, so its addresses are cached instead of looked up for each drawing.
  const readShown = createReadShipped({ ...reading, byEmail: cached(byEmail, SHOWN_MS) });
  /** null when they are not known now. */
  async function authorsShown(service: string, base: string | null, sha: string) {
    const { repository, branch, paths }: ShippedService = policyOf(service) ?? { repository: '', branch: '' };
    const shipped = await readShown(repository, base, sha, 'authors too', branch, paths);
    if (isUntold(shipped) || shipped.authors === 'not looked up') return null;
    return { authors: shipped.authors, unmatched: shipped.unmatched };
  }
  const withTickets = createWithTickets(pool, deps.ticketsIn);
  /** Counts from what is live when `from` is left out; null when GitHub does not say. */
  function count(service: string, state: ServiceState, change: Change, from?: string | null): Promise<Ships | null> {
    const repository = repositoryOf(service);
    const paths = policyOf(service)?.paths;
    const whichTouch = paths ? (shas: readonly string[]) => touching(repository, paths, shas) : null;
    return countCommits(compare, repository, `${webUrl}/${repository}/commit`, state, change, from, whichTouch);
  }
  return {
    compare: createCompareFor(compare, touching),
    carries: createCarries(pool, compare, touching),
    isOnBranch,
    readShipped,
    countCommits: count,
    /** The same, and each commit with its tickets. */
    listCommits: async (service: string, state: ServiceState, change: Change, from?: string | null) => {
      const ships = await count(service, state, change, from);
      return ships && withTickets(service, ships);
    },
    /** Authors who match nobody in Slack; null when that is not known now. */
    unmatchedAuthors: async (service: string, base: string | null, sha: string): Promise<readonly string[] | null> =>
      (await authorsShown(service, base, sha))?.unmatched ?? null,
    /** Slack users who wrote part of what ships; null when that is not known now. */
    authorsOf: async (service: string, base: string | null, sha: string): Promise<readonly string[] | null> =>
      (await authorsShown(service, base, sha))?.authors.map(({ user }) => user) ?? null,
  };
}
