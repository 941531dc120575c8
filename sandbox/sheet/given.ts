import type { ShippedCommit, Ships } from '../../src/core/card.js';
import type { Change, Job, Staging, TestReport } from '../../src/core/change/change.js';
import type { Deployment, Ended, EndedStatus, Of } from '../../src/core/deployment/deployment.js';

/** The parts that the cards of the sheet are made of. The clock of the sheet stands still. */

const GITHUB = 'https://github.com/acme/shop';
const NOW = Date.parse('2026-11-27T15:40:00Z');
/** So many minutes ago; negative: ahead. */
export const minutes = (ago: number): Date => new Date(NOW - ago * 60_000);

export const SHAS = {
  own: '6df976f7c0db15d9c738549ea82b6a2f8d5b1c33',
  newer: 'd4a1c07be5f2a9b1c3d8e7f60918a2b3c4d5e6f7',
  live: '91be03c5d2f4a6b8c0e1d3f5a7b9c1d2e3f4a5b6',
  first: 'a70c4e19b2d3f5a6c7e8091a2b3c4d5e6f708192',
  second: 'c3f1e8a70b2d4f6a8c9e1b3d5f7a9c0e2b4d6f81',
};

export const job = (name: string, given: Partial<Job> = {}): Job => ({
  ...{ name, status: 'completed', conclusion: 'success', url: `${GITHUB}/actions/runs/70/job/${name.length}` },
  failedSteps: [],
  ...given,
});

const report = (given: Partial<TestReport> = {}): TestReport => ({
  ...{ total: 412, failed: 0, skipped: 2, outside: 0, unreadable: 0, failures: [], newFailures: null, flaky: 0 },
  flakyTests: [],
  ...given,
});

/** A change that passed, but for what is given of its staging run. */
export const change = (staging: Partial<Staging> = {}, given: Partial<Change> = {}): Change => ({
  ...{ id: 1, key: 'change', service: 'shop', sha: SHAS.own, title: 'Round prices to five cents', author: 'bob-codes' },
  staging: {
    ...{ status: 'passed', runId: 70, runNumber: 7, attempt: 1, conclusion: 'success' },
    ...{ url: `${GITHUB}/actions/runs/70`, startedAt: minutes(22), finishedAt: minutes(14), usualMs: 480_000 },
    ...staging,
  },
  ...{ rerunOf: null, rerunBy: null, rerunRefused: null, hold: null, undoneBy: null },
  pullRequest: { number: 412, title: 'Round prices', url: `${GITHUB}/pull/412`, author: 'bob-codes' },
  tickets: [{ id: 'SHOP-88', url: 'https://acme.atlassian.net/browse/SHOP-88' }],
  jobs: [job('build'), job('unit tests'), job('end to end')],
  tests: report(),
  passedAt: minutes(14),
  ...given,
});

/** A change whose tests failed, one of them for the first time. */
export const RED: Change = change(
  { status: 'failed', conclusion: 'failure' },
  {
    passedAt: null,
    jobs: [job('build'), job('unit tests', { conclusion: 'failure', failedSteps: ['Run the tests'] })],
    tests: report({
      failed: 3,
      newFailures: 1,
      flaky: 1,
      failures: [
        {
          ...{ name: 'rounds half a cent up', suite: 'Basket', file: 'test/basket.test.ts' },
          ...{ message: 'expected 4.05, received 4.00', failedBefore: false },
        },
        { name: 'sends a receipt', suite: 'Mail', file: null, message: 'timed out after 5 s', failedBefore: true },
        { name: 'resends a receipt', suite: 'Mail', file: null, message: 'timed out after 5 s', failedBefore: true },
      ],
      flakyTests: [{ name: 'finds a shop nearby', suite: 'Map', file: null, message: null }],
    }),
  },
);

/** A run that started so many minutes ago. */
export const runOf = (ago: number) => ({
  ...{ id: 95 - ago, url: `${GITHUB}/actions/runs/${95 - ago}`, attempt: 1 },
  startedAt: minutes(ago),
});
const run = runOf(5);
const identity = {
  ...{ id: 5, key: 'deployment', deployId: 'pb-1f0c', service: 'shop', changeId: 1, runNumber: 7, sha: SHAS.own },
  ...{
    kind: 'deploy',
    requestedBy: 'U0ALICE',
    requestedAt: minutes(6),
    restores: null,
    pressedOn: null,
    replaced: null,
  },
  ...{ jobs: null, required: 0, approvals: [], basis: null, voided: null, override: null, uncounted: null },
  ...{ signedOff: null, confirmed: null, gated: null, stages: [], startAt: null, answered: null },
} as const;

const underWay = {
  waiting: { expiresAt: minutes(-114), remindAt: null },
  queued: { queuedAt: minutes(6), cameAt: null, notBefore: null, waitsFor: null, waitsSince: null, refusedSince: null },
  dispatching: { since: minutes(1), sentAt: minutes(1) },
  unknown: { sentAt: minutes(1), lookedAt: null, answeredSeconds: 0, githubSays: null, toldAt: null },
  baking: { run, notBefore: null, waitsFor: null, waitsSince: null, refusedSince: null },
  deploying: { run, missing: null, cancelBy: null, cancelAskedAt: null, cancelToldAt: null },
  hung: { run, hungAt: minutes(2), missing: null, cancelBy: null, cancelAskedAt: null, cancelToldAt: null },
} as const;

type Given = { readonly [K in keyof typeof identity]?: Deployment[K] };

/** A deployment under way. */
export function deployment<S extends keyof typeof underWay>(status: S, given: Given & Partial<Of<S>> = {}): Of<S> {
  return { ...identity, status, ...underWay[status], ...given } as unknown as Of<S>;
}

/** One that has ended. */
export function ended(status: EndedStatus, given: Given & Partial<Ended> = {}): Ended {
  const end = { run, sentAt: minutes(5), endedAt: minutes(3), reason: null, cancelBy: null, endedBy: null };
  return { ...identity, status, ...end, ...given } as Ended;
}

const TITLES: Readonly<Record<string, readonly [title: string, author: string]>> = {
  [SHAS.own]: ['Round prices to five cents', 'bob-codes'],
  [SHAS.first]: ['Keep the basket for a week', 'alice-dev'],
  [SHAS.second]: ['Say which voucher has expired', 'faye-types'],
};

export function commit(sha: string): ShippedCommit {
  const [title, author] = TITLES[sha] as [string, string];
  return { sha, title, author, url: `${GITHUB}/commit/${sha}`, pullRequest: null };
}

export const ships = (given: Partial<Ships> = {}): Ships => ({
  count: 3,
  commits: [commit(SHAS.first), commit(SHAS.second), commit(SHAS.own)],
  from: SHAS.live,
  outside: false,
  ...given,
});
