import type { Card, CardState, ShippedCommit, Ships } from '../../src/core/card.js';
import type { Change, Job, TestReport } from '../../src/core/change/change.js';
import type { Deployment, Ended, EndedStatus, Of } from '../../src/core/deployment/deployment.js';
import type { Run } from '../../src/core/deployment/run.js';
import type { Mine } from '../../src/core/mine.js';
import type { ServiceStatus } from '../../src/core/report.js';
import type { OutsideRun } from '../../src/core/service/service.js';
import type { Standing } from '../../src/core/standing.js';
import { bakingIn, passedIn } from './stages.js';

export const NOW = new Date('2026-11-23T09:00:00Z');
export const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
export const shaOf = (digit: string) => digit.repeat(40);
const github = 'https://github.com/acme/shop';

export const names = new Map([
  ['U0ALICE', 'Alice'],
  ['U0BOB', 'Bob'],
]);

export function change(given: Partial<Change> = {}): Change {
  return {
    id: 1,
    key: 'change-key',
    service: 'shop',
    sha: shaOf('a'),
    title: 'Add prices',
    author: 'octo-ada',
    staging: staging(),
    rerunOf: null,
    rerunBy: null,
    rerunRefused: null,
    pullRequest: { number: 12, title: 'Prices', url: `${github}/pull/12`, author: 'octo-ada' },
    tickets: [],
    jobs: [job('build'), job('unit')],
    tests: tested(),
    passedAt: minutesAgo(10),
    hold: null,
    undoneBy: null,
    ...given,
  };
}

export function staging(given: Partial<Change['staging']> = {}): Change['staging'] {
  return {
    status: 'passed',
    runId: 70,
    runNumber: 7,
    attempt: 1,
    conclusion: 'success',
    url: `${github}/actions/runs/70`,
    startedAt: minutesAgo(30),
    finishedAt: minutesAgo(27),
    usualMs: null,
    ...given,
  };
}

export const red = (given: Partial<Change> = {}) =>
  change({
    staging: staging({ status: 'failed', conclusion: 'failure' }),
    tests: tested({ failed: 3 }),
    jobs: [job('build'), job('unit', { conclusion: 'failure', failedSteps: ['Run the tests'] })],
    ...given,
  });

const tested = (given: Partial<TestReport> = {}): TestReport => ({
  ...{
    total: 412,
    failed: 0,
    skipped: 2,
    outside: 0,
    unreadable: 0,
    failures: [],
    newFailures: null,
    flaky: 0,
    flakyTests: [],
  },
  ...given,
});

export const job = (name: string, given: Partial<Job> = {}): Job => ({
  name,
  status: 'completed',
  conclusion: 'success',
  url: `${github}/actions/runs/70/job/${name.length}`,
  failedSteps: [],
  ...given,
});

export const run: Run = { id: 90, url: `${github}/actions/runs/90`, attempt: 1, startedAt: minutesAgo(5) };

const identity = {
  id: 5,
  key: 'deployment-key',
  deployId: 'dep-5',
  service: 'shop',
  changeId: 1,
  sha: shaOf('a'),
  kind: 'deploy',
  requestedBy: 'U0ALICE',
  requestedAt: minutesAgo(6),
  ...{ restores: null, pressedOn: null, replaced: null, jobs: null },
  ...{ required: 0, approvals: [], basis: null, voided: null, override: null, signedOff: null },
  confirmed: null,
  stages: [],
  gated: null,
  startAt: null,
  answered: null,
} as const;

type Rules =
  | 'required'
  | 'approvals'
  | 'basis'
  | 'voided'
  | 'override'
  | 'signedOff'
  | 'confirmed'
  | 'gated'
  | 'stages'
  | 'startAt'
  | 'answered';
type Given = Partial<Omit<typeof identity, 'jobs' | 'kind' | 'requestedBy' | 'sha' | 'key' | Rules>> & {
  jobs?: readonly Job[] | null;
  kind?: Deployment['kind'];
  requestedBy?: string;
  sha?: string;
  key?: string;
} & Partial<Pick<Deployment, Rules>>;

const underWay = {
  waiting: { expiresAt: minutesAgo(-60), remindedAt: null },
  queued: { notBefore: null, waitsFor: null, cameAt: null },
  dispatching: { since: minutesAgo(1), sentAt: minutesAgo(1) },
  unknown: { sentAt: minutesAgo(1), lookedAt: null, answeredSeconds: 0, githubSays: null },
  deploying: { run, cancelBy: null, cancelAskedAt: null, cancelToldAt: null },
  baking: { run, notBefore: null, waitsFor: null, waitsSince: null, refusedSince: null },
  hung: { run, hungAt: minutesAgo(2), cancelBy: null, cancelAskedAt: null, cancelToldAt: null },
} as const;

/** A deployment under way; `more` are the fields of its own status. */
export function deployment<S extends keyof typeof underWay>(status: S, given: Given & Partial<Of<S>> = {}): Of<S> {
  return { ...identity, status, ...underWay[status], ...given } as unknown as Of<S>;
}

export function ended(status: EndedStatus, given: Given & Partial<Ended> = {}): Ended {
  const base = { run, sentAt: minutesAgo(5), endedAt: minutesAgo(1), reason: null, cancelBy: null, endedBy: null };
  return { ...identity, status, ...base, ...given } as Ended;
}

export const commit = (digit: string, author: string, given: Partial<ShippedCommit> = {}): ShippedCommit => ({
  sha: shaOf(digit),
  title: `Change ${digit}`,
  author,
  url: `${github}/commit/${shaOf(digit)}`,
  pullRequest: 11,
  ...given,
});

export const ships = (given: Partial<Ships> = {}): Ships => ({
  count: 3,
  commits: [commit('1', 'octo-ada'), commit('2', 'bo'), commit('a', 'octo-ada')],
  from: shaOf('9'),
  outside: false,
  ...given,
});

export const outsideRun = (given: Partial<OutsideRun> = {}): OutsideRun => ({
  runId: 95,
  attempt: 1,
  url: `${github}/actions/runs/95`,
  actor: 'octo-eve',
  status: 'completed',
  conclusion: 'success',
  startedAt: minutesAgo(3),
  deploymentId: null,
  ...given,
});

export const newer = { id: 2, key: 'newer-key', sha: shaOf('b'), title: 'Newer title' };

/** A service of which everything can be told. */
export const status = (given: Partial<ServiceStatus> = {}): ServiceStatus => ({
  service: 'shop',
  repository: 'acme/shop',
  live: {
    is: 'known',
    deployment: ended('live'),
    change: { ...newer, id: 1, sha: shaOf('a'), title: 'Add prices' },
    since: minutesAgo(60),
  },
  active: { deployment: deployment('deploying', { sha: newer.sha }), change: newer },
  asks: [],
  ...{ scheduled: [], pace: null },
  gates: [],
  stages: [],
  pause: null,
  queue: [{ deployment: deployment('queued', { sha: shaOf('c') }), change: { ...newer, id: 3, sha: shaOf('c') } }],
  waiting: { ...newer, id: 4, sha: shaOf('d'), passedAt: minutesAgo(9) },
  outside: [outsideRun()],
  ...given,
});

/** What concerns one person; nothing, unless it is given. */
export const mine = (given: Partial<Mine> = {}): Mine => ({
  ...{ asks: [], moreAsks: 0, offers: [], moreOffers: 0, changes: [], groupsKnown: true, names },
  ...given,
});

export function card(state: CardState, given: Partial<Card> = {}): Card {
  return {
    service: 'shop',
    repository: 'acme/shop',
    change: state.is === 'failed staging' ? red() : change(),
    state,
    rerun: null,
    posted: true,
    gates: [],
    pause: null,
    approvers: ['U0BOB'],
    ...{ fourEyes: true, shared: false, asks: false, unmatched: [], stages: [] },
    names,
    timezone: 'Europe/Berlin',
    ...given,
  };
}

/** Everything that may stand between a change that passed and production. */
export const standings: readonly Standing[] = [
  { is: 'ready' },
  { is: 'shut' },
  { is: 'bad', hold: { by: 'U0BOB', reason: 'Loses orders', at: minutesAgo(3) } },
  { is: 'paused', pause: { by: 'pushbutton', why: 'failed', since: minutesAgo(3), deploymentId: 5 } },
  { is: 'holding', at: minutesAgo(-5) },
  { is: 'held', hold: { by: 'U0BOB', reason: null, at: minutesAgo(3) } },
  { is: 'by hand' },
];

/** Every state of a card, with the widest of each. */
export const everyState: readonly CardState[] = [
  { is: 'staging runs again' },
  { is: 'waits for results' },
  { is: 'failed staging', rerunAsked: false },
  { is: 'passed staging', ships: ships(), after: null, rolledBack: null, stands: { is: 'ready' } },
  { is: 'superseded', by: newer, after: ended('live'), rolledBack: null },
  { is: 'waiting for approval', deployment: deployment('waiting', { required: 1 }), ships: ships(), undoes: null },
  {
    is: 'queued',
    deployment: deployment('queued'),
    place: 2,
    behind: deployment('deploying', { sha: shaOf('c') }),
    pace: null,
  },
  {
    ...{ is: 'queued for', deployment: deployment('queued', { startAt: minutesAgo(-60) }) },
    ...{ at: minutesAgo(-60), frozen: null, mayGo: true },
  },
  { is: 'dispatching', deployment: deployment('dispatching') },
  { is: 'unknown', deployment: deployment('unknown') },
  {
    is: 'deploying',
    deployment: deployment('deploying', {
      jobs: [job('build'), job('deploy', { status: 'in_progress', conclusion: null })],
    }),
  },
  { is: 'hung', deployment: deployment('hung'), timeoutMs: 1_800_000 },
  { is: 'live', deployment: ended('live'), since: minutesAgo(1), rollBackTo: ended('live', { sha: shaOf('9') }) },
  {
    is: 'live until an outside run',
    deployment: ended('live'),
    run: outsideRun(),
    deployable: false,
    ships: null,
    stands: { is: 'ready' },
  },
  {
    is: 'failed in production',
    deployment: ended('failed', { jobs: [job('deploy', { conclusion: 'failure', failedSteps: ['Apply'] })] }),
    rollBackTo: ended('live', { sha: shaOf('9') }),
    after: null,
  },
  {
    is: 'baking',
    deployment: deployment('baking', { stages: bakingIn() }),
    rollBackTo: ended('live', { sha: shaOf('9') }),
  },
  {
    is: 'stopped',
    deployment: ended('stopped', { stages: passedIn(), endedBy: 'U0BOB' }),
    rollBackTo: ended('live', { sha: shaOf('9') }),
    after: null,
  },
  { is: 'lost', deployment: ended('lost', { run: null }), after: null },
  {
    is: 'rolling back',
    deployment: ended('live'),
    to: deployment('deploying', { sha: shaOf('9'), kind: 'roll back' }),
  },
];
