import { randomBytes } from 'node:crypto';
import type { GitHubStandIn } from '../github/github.js';
import { SERVICES, type Service } from './team.js';

const authors = [
  { login: 'bob-codes', name: 'Bob Okafor', email: 'bob@acme.test' },
  { login: 'alice-dev', name: 'Alice Ito', email: 'alice@acme.test' },
  { login: 'carol-m', name: 'Carol Mendes', email: 'carol@acme.test' },
];
type Titles = Readonly<Record<'passes' | 'fails', readonly string[]>>;
const titles: Readonly<Record<string, Titles>> = {
  shop: {
    passes: [
      'Show prices with tax',
      'Remember the basket for 30 days',
      'Load the checkout page in half the time',
      'Sell gift cards',
      'Ship to Norway',
      'Let customers split an order',
      'Show what is left in stock',
      'Sort reviews by date',
    ],
    fails: ['Round totals to cents', 'Pay by invoice', 'Charge for express delivery'],
  },
  search: {
    passes: [
      'Rank by what sells',
      'Understand plurals',
      'Suggest as you type',
      'Index pictures',
      'Cache popular queries',
      'Search by colour',
      'Forget what was discontinued',
      'Answer in under 80 ms',
    ],
    fails: ['Rewrite the tokenizer', 'Search in reviews', 'Drop the old index'],
  },
  pay: {
    passes: ['Take cards from Brazil', 'Refund in one step', 'Retry a declined card once', 'Send receipts at once'],
    fails: ['Pay in instalments', 'Charge in the local currency'],
  },
  docs: {
    passes: ['Explain refunds', 'Correct the price list', 'Add a page on returns', 'Shorten the welcome page'],
    fails: ['Translate the handbook', 'Move the glossary'],
  },
};

/** A commit pushed to a service's main branch. */
export interface Pushed {
  service: Service;
  sha: string;
  title: string;
  /** The author's name. */
  author: string;
  pullRequest: number;
  at: Date;
  fails: boolean;
}

/** People who push changes. */
export interface Pushes {
  /** Pushes the next change; throws for an unknown service. */
  push(of: { service: string; fails: boolean }): Pushed;
  /** Newest first. */
  all(): readonly Pushed[];
  find(sha: string): Pushed | undefined;
}

/** Pushes to this GitHub: each change is a merged pull request, and GitHub starts its staging run. */
export function createPushes(github: GitHubStandIn): Pushes {
  const pushed: Pushed[] = [];
  return {
    push({ service: name, fails }) {
      const service = SERVICES.find((one) => one.name === name);
      if (!service) throw new Error(`there is no service ${name}`);
      const own = titles[name]?.[fails ? 'fails' : 'passes'] ?? [];
      const before = pushed.filter((one) => one.service === service);
      const title = own[before.filter((one) => one.fails === fails).length % own.length] ?? name;
      const author = authors[pushed.length % authors.length];
      const change: Pushed = {
        service,
        sha: randomBytes(20).toString('hex'),
        title,
        author: author?.name ?? '',
        pullRequest: 101 + before.length,
        at: new Date(),
        fails,
      };
      pushed.unshift(change);
      const { sha, pullRequest: number } = change;
      // It waits for the bot's answers to the deliveries; the person who pushes does not.
      void github.push(service.repository, { sha, title, pullRequest: { number }, ...(author && { author }) });
      return change;
    },
    all: () => pushed,
    find: (sha) => pushed.find((one) => one.sha === sha),
  };
}
