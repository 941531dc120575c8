import type { Card, CardState, Ships } from '../../src/core/card.js';
import type { CardResult } from '../../src/core/card-results.js';
import type { Job } from '../../src/core/change/change.js';
import type { Ended } from '../../src/core/deployment/deployment.js';
import type { Gate } from '../../src/core/service/gates.js';
import type { Pause } from '../../src/core/service/service.js';
import type { Standing } from '../../src/core/standing.js';
import { change, commit, deployment, ended, job, minutes, RED, SHAS, ships } from './given.js';
import { STAGES } from './stages.js';

/** Every card in every state, as the sheet of `docs/cards.md` shows it: what a team would see on an ordinary day. */
export interface Drawn {
  /** The name of its picture. */
  readonly name: string;
  readonly card: Card;
}

const PEOPLE = new Map([
  ['U0ALICE', 'Alice'],
  ['U0BOB', 'Bob'],
  ['U0DAVE', 'Dave'],
  ['S0LEADS', '@leads'],
]);

function card(state: CardState, given: Partial<Card> = {}): Card {
  return {
    ...{ service: 'shop', repository: 'acme/shop', change: change(), state, rerun: null, posted: true, gates: [] },
    ...{ pause: null, approvers: ['S0LEADS'], fourEyes: true, shared: false, asks: false, unmatched: [] },
    ...{ names: PEOPLE, timezone: 'Europe/Berlin', stages: [] },
    ...given,
  };
}

const passed = (stands: Standing, given: Partial<Card> = {}, counted: Ships = ships()): Card =>
  card({ is: 'passed staging', ships: counted, after: null, rolledBack: null, stands }, given);

const newer = { id: 2, key: 'newer', sha: SHAS.newer, title: 'Show delivery dates in the basket' };
const before: Ended = ended('live', { sha: SHAS.live, changeId: 3 });
const locked: Gate = {
  gate: 'locked',
  by: 'U0DAVE',
  reason: 'database upgrade',
  since: minutes(20),
  until: minutes(-40),
};
const frozen: Gate = { gate: 'frozen', reason: 'No Friday evening deploys', since: minutes(30), until: minutes(-450) };
const pause: Pause = { by: 'pushbutton', why: 'failed', since: minutes(12), deploymentId: 4 };

const deploying: readonly Job[] = [
  job('build'),
  job('roll out', { status: 'in_progress', conclusion: null }),
  job('smoke test', { status: 'queued', conclusion: null }),
];
const broken: readonly Job[] = [
  job('build'),
  job('roll out', { conclusion: 'failure', failedSteps: ['Wait until all pods are ready'] }),
];
const failed = () => ended('failed', { jobs: broken, reason: 'failure' });

const RESULTS: readonly CardResult[] = [
  {
    name: 'e2e.yml',
    status: 'running',
    word: 'in_progress',
    url: 'https://github.com/acme/shop/actions/runs/71',
    isRun: true,
  },
  {
    ...{ name: 'security/scan (snyk)', status: 'passed', word: 'success', isRun: false },
    url: 'https://github.com/acme/shop/runs/72',
  },
];

export const SHEET: readonly Drawn[] = [
  { name: 'failed-staging', card: card({ is: 'failed staging', rerunAsked: false }, { change: RED }) },
  {
    name: 'staging-runs-again',
    card: card({ is: 'staging runs again' }, { change: change({ status: 'running', attempt: 2 }) }),
  },
  {
    name: 'waits-for-results',
    card: card({ is: 'waits for results' }, { change: change({ own: 'passed', status: 'running' }), results: RESULTS }),
  },
  { name: 'passed-staging', card: passed({ is: 'ready' }) },
  {
    name: 'first-deployment',
    card: passed({ is: 'ready' }, {}, ships({ count: 1, from: null, commits: [commit(SHAS.own)] })),
  },
  { name: 'superseded', card: card({ is: 'superseded', by: newer, after: null, rolledBack: null }) },
  { name: 'locked', card: passed({ is: 'shut' }, { gates: [locked] }) },
  { name: 'frozen', card: passed({ is: 'shut' }, { gates: [frozen] }) },
  {
    name: 'bad',
    card: passed({ is: 'bad', hold: { by: 'U0DAVE', reason: 'loses orders of guests', at: minutes(5) } }),
  },
  {
    name: 'waiting-for-approval',
    card: card({
      is: 'waiting for approval',
      deployment: deployment('waiting', { required: 2, approvals: [{ user: 'U0DAVE', at: minutes(2) }] }),
      ships: ships(),
      undoes: null,
    }),
  },
  {
    name: 'queued',
    card: card({
      is: 'queued',
      deployment: deployment('queued'),
      place: 2,
      behind: deployment('deploying', { sha: SHAS.newer }),
      pace: null,
    }),
  },
  {
    name: 'queued-for',
    card: card({
      is: 'queued for',
      deployment: deployment('queued', { startAt: minutes(-150) }),
      at: minutes(-150),
      frozen: null,
      mayGo: true,
    }),
  },
  { name: 'starting', card: card({ is: 'dispatching', deployment: deployment('dispatching') }) },
  { name: 'unknown', card: card({ is: 'unknown', deployment: deployment('unknown') }) },
  { name: 'deploying', card: card({ is: 'deploying', deployment: deployment('deploying', { jobs: deploying }) }) },
  {
    name: 'hung',
    card: card({ is: 'hung', deployment: deployment('hung', { jobs: deploying }), timeoutMs: 1_800_000 }),
  },
  { name: 'live', card: card({ is: 'live', deployment: ended('live'), since: minutes(3), rollBackTo: before }) },
  {
    name: 'failed-in-production',
    card: card({ is: 'failed in production', deployment: failed(), rollBackTo: before, after: null }),
  },
  { name: 'lost', card: card({ is: 'lost', deployment: ended('lost', { run: null }), after: null }) },
  {
    name: 'rolling-back',
    card: card({
      is: 'rolling back',
      deployment: ended('live'),
      to: deployment('deploying', { sha: SHAS.live, kind: 'roll back' }),
    }),
  },
  {
    name: 'outside',
    card: card({
      is: 'live until an outside run',
      deployment: ended('live'),
      run: {
        ...{ runId: 95, attempt: 1, url: 'https://github.com/acme/shop/actions/runs/95', actor: 'erin-ops' },
        ...{ status: 'completed', conclusion: 'success', startedAt: minutes(2), deploymentId: null },
      },
      deployable: true,
      ships: ships(),
      stands: { is: 'ready' },
    }),
  },
  {
    name: 'rejected',
    card: card({
      is: 'passed staging',
      ships: ships(),
      after: ended('rejected', { reason: 'wait for the new prices', endedBy: 'U0BOB' }),
      rolledBack: null,
      stands: { is: 'ready' },
    }),
  },
  { name: 'deploying-in', card: passed({ is: 'holding', at: minutes(-8) }) },
  { name: 'held', card: passed({ is: 'held', hold: { by: 'U0DAVE', reason: null, at: minutes(4) } }) },
  {
    name: 'by-hand',
    card: passed({ is: 'by hand' }, {}, ships({ count: 1, from: null, commits: [commit(SHAS.own)] })),
  },
  { name: 'paused', card: passed({ is: 'paused', pause }, { pause }) },
  ...STAGES.map(({ name, state, given }) => ({
    name,
    card: card(state, { stages: ['canary', 'eu', 'us'], ...given }),
  })),
  { name: 'shared', card: passed({ is: 'ready' }, { shared: true }) },
];
