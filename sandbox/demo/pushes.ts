import type { GitHubStandIn } from '../github/github.js';
import { REPOSITORIES } from './team.js';

const authors = [
  { login: 'alice-dev', name: 'Alice Ito', email: 'alice@acme.test' },
  { login: 'bob-codes', name: 'Bob Okafor', email: 'bob@acme.test' },
  { login: 'carol-m', name: 'Carol Mendes', email: 'carol@acme.test' },
];
const passing: Readonly<Record<string, readonly string[]>> = {
  shop: [
    'Show prices with tax',
    'Remember the basket for 30 days',
    'Faster checkout page',
    'Gift cards',
    'Ship to Norway',
  ],
  search: ['Rank by what sells', 'Understand plurals', 'Suggest as you type', 'Index images', 'Cache popular queries'],
};
const failing: Readonly<Record<string, readonly string[]>> = {
  shop: ['Round totals to cents', 'Pay by invoice'],
  search: ['Rewrite the tokenizer', 'Search in reviews'],
};

export type Pushes = ReturnType<typeof createPushes>;

/**
 * People who push changes, and a GitHub whose runs move by themselves: staging ends after 3 s, production after 6 s.
 * A change pushed to fail passes when its staging run is re-run.
 */
export function createPushes(github: GitHubStandIn) {
  const willFail = new Set(Object.values(failing).flat());
  github.autopilot({
    stagingMs: 3_000,
    productionMs: 6_000,
    outcome: ({ title, attempt }) => (attempt === 1 && willFail.has(title) ? 'failure' : 'success'),
  });
  let count = 0;

  /** Pushes the next change to the service's main branch; gives its SHA. Throws for a service that is not there. */
  return async ({ service, fails }: { service: string; fails: boolean }): Promise<{ sha: string; title: string }> => {
    const repository = REPOSITORIES[service];
    const titles = (fails ? failing : passing)[service];
    if (!repository || !titles) throw new Error(`there is no service ${service}`);
    const title = titles[count % titles.length] ?? service;
    const author = authors[count % authors.length];
    count += 1;
    const { sha } = await github.push(repository, { title, pullRequest: true, ...(author && { author }) });
    return { sha, title };
  };
}
