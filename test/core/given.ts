import type { Change, StagingRun } from '../../src/core/change/change.js';
import type { Presser } from '../../src/core/command.js';
import type { Decision, ServicePolicy } from '../../src/core/decision.js';
import type { Ended, EndedStatus, Of, ProductionRun } from '../../src/core/deployment/deployment.js';
import type { RunTarget } from '../../src/core/deployment/outside.js';
import type { Run } from '../../src/core/deployment/run.js';
import type { Facts } from '../../src/core/facts.js';
import { PAUSES } from '../../src/core/pauses.js';
import type { Live, NewestPassed, OutsideRun, ServiceState } from '../../src/core/service/service.js';
import type { Write } from '../../src/core/write.js';

/** What the tables of `core` are made of: a change for each small number, deployments in each status, one quiet service. */

export const NOW = new Date('2026-11-23T09:00:00Z');
export const secondsAgo = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);
export const shaOf = (n: number) => n.toString(16).padStart(40, 'a');
export const ALICE: Presser = { user: 'U0ALICE', team: 'T0HOME' };
export const BOB: Presser = { user: 'U0BOB', team: 'T0HOME' };

export const POLICY: ServicePolicy = {
  name: 'shop',
  branch: 'main',
  deployers: ['U0ALICE'],
  timeoutMs: 1_800_000,
  approvals: { required: 0, from: ['U0ALICE'], authors: false, expiresMs: 7_200_000 },
  rollback: { approvals: 0, checks: false },
  ...{ stages: [], onFailure: 'ask' },
  mode: 'button',
  ...{ holdMs: 600_000, freezes: [], timezone: 'UTC', override: [], maxChanges: null, asks: null },
};

/** Change `n` has id n and run number n. */
export function change(n: number, over: Partial<Change['staging']> = {}, rerunOf: number | null = null): Change {
  return {
    id: n,
    key: `change-${n}`,
    service: 'shop',
    sha: shaOf(n),
    title: `Change ${n}`,
    author: 'octocat',
    staging: {
      status: 'passed',
      runId: 100 + n,
      runNumber: n,
      attempt: 1,
      conclusion: 'success',
      url: `https://github.test/runs/${100 + n}`,
      ...{ startedAt: secondsAgo(600), usualMs: null },
      finishedAt: secondsAgo(500),
      ...over,
    },
    rerunOf,
    rerunBy: rerunOf === null ? null : 'U0ALICE',
    rerunRefused: null,
    ...{ pullRequest: null, tickets: [] },
    jobs: null,
    tests: null,
    passedAt: secondsAgo(500),
    hold: null,
    undoneBy: null,
  };
}

export const refTo = (n: number, over: Partial<NewestPassed> = {}): NewestPassed => {
  const { id, key, sha, title } = change(n);
  const passed = {
    passedAt: secondsAgo(500),
    hold: null,
    afterLive: true,
    wasAsked: false,
    firstPassedAt: secondsAgo(500),
  };
  return { id, key, sha, title, runNumber: n, ...passed, ...over };
};

export const run = (id: number, over: Partial<Run> = {}): Run => ({
  id,
  url: `https://github.test/runs/${id}`,
  attempt: 1,
  startedAt: secondsAgo(300),
  ...over,
});

const identity = (id: number, of: number) => ({
  id,
  key: `deployment-${id}`,
  deployId: `pb-${id}`,
  service: 'shop',
  changeId: of,
  runNumber: of,
  sha: shaOf(of),
  kind: 'deploy' as const,
  requestedBy: 'U0ALICE',
  requestedAt: secondsAgo(400),
  ...{ restores: null, pressedOn: null, replaced: null, jobs: null },
  ...{ required: 0, approvals: [], basis: null, voided: null },
  ...{ override: null, uncounted: null },
  signedOff: null,
  ...{ confirmed: null, gated: null, stages: [], startAt: null, answered: null },
});

const notCancelled = { cancelBy: null, cancelAskedAt: null, cancelToldAt: null, missing: null };

const underWayFields = (id: number) => ({
  waiting: { expiresAt: secondsAgo(-3_600), remindedAt: null },
  queued: {
    ...{ queuedAt: secondsAgo(400), cameAt: null, notBefore: null },
    ...{ waitsFor: null, waitsSince: null, refusedSince: null },
  },
  dispatching: { since: secondsAgo(5), sentAt: null },
  unknown: { sentAt: secondsAgo(60), lookedAt: null, answeredSeconds: 0, githubSays: null, toldAt: null },
  deploying: { run: run(900 + id), ...notCancelled },
  hung: { run: run(900 + id), hungAt: secondsAgo(10), ...notCancelled },
});
export type UnderWay = keyof ReturnType<typeof underWayFields>;

/** Deployment `id` of change `of`, under way; its run, if any, is 900 + id. */
export function underWay<S extends UnderWay>(status: S, id: number, of: number, over: Partial<Of<S>> = {}): Of<S> {
  return { ...identity(id, of), status, ...underWayFields(id)[status], ...over } as unknown as Of<S>;
}

/** Deployment `id` of change `of`, ended; its run, if it had one, is 900 + id. */
export function ended(status: EndedStatus, id: number, of: number, over: Partial<Ended> = {}): Ended {
  const ran = ['live', 'failed', 'cancelled'].includes(status);
  return {
    ...identity(id, of),
    status,
    run: ran ? run(900 + id) : null,
    sentAt: ran || status === 'lost' ? secondsAgo(300) : null,
    endedAt: secondsAgo(200),
    reason: null,
    cancelBy: null,
    endedBy: null,
    ...over,
  };
}

/** Live, by our clock and by GitHub's. */
export const knownLive = (deployment: Ended, since: Date, asOf = since): Extract<Live, { is: 'known' }> => ({
  is: 'known',
  deployment,
  since,
  asOf,
});

export const state = (over: Partial<ServiceState> = {}): ServiceState => ({
  name: 'shop',
  live: { is: 'nothing' },
  active: null,
  ...{ queue: [], scheduled: [], stagesNow: [] },
  ...{ lastSent: null, lastSentAt: null },
  beforeLive: null,
  liveIsBad: false,
  newestPassed: null,
  readAt: NOW,
  lock: null,
  stop: null,
  pause: null,
  resumedAt: null,
  moves: 0,
  waiting: [],
  ...over,
});

export const target = (over: Partial<RunTarget> = {}): RunTarget => ({
  change: null,
  deployment: null,
  underWay: null,
  outside: null,
  restored: null,
  ...over,
});

export const facts = (over: Partial<Facts> = {}): Facts => ({
  now: NOW,
  deployId: 'pb-new',
  pauses: PAUSES,
  permission: { is: 'granted' },
  comparison: null,
  ...over,
});

export const stagingRun = (n: number, over: Partial<StagingRun> = {}): StagingRun => ({
  runId: 100 + n,
  runNumber: n,
  attempt: 1,
  status: 'completed',
  conclusion: 'success',
  sha: shaOf(n),
  title: `Change ${n}`,
  author: 'octocat',
  actor: 'octocat',
  url: `https://github.test/runs/${100 + n}`,
  startedAt: secondsAgo(100).toISOString(),
  updatedAt: NOW.toISOString(),
  ...over,
});

export const productionRun = (runId: number, over: Partial<ProductionRun> = {}): ProductionRun => ({
  runId,
  attempt: 1,
  status: 'completed',
  conclusion: 'success',
  title: 'Deploy',
  actor: 'release-bot',
  url: `https://github.test/runs/${runId}`,
  startedAt: secondsAgo(100).toISOString(),
  updatedAt: NOW.toISOString(),
  ...over,
});

export const outside = (runId: number, over: Partial<OutsideRun> = {}): OutsideRun => ({
  runId,
  attempt: 1,
  url: `https://github.test/runs/${runId}`,
  actor: 'octo-eve',
  status: 'completed',
  conclusion: 'success',
  startedAt: secondsAgo(50),
  deploymentId: null,
  ...over,
});

/** The plan of an accepted decision; fails with what was decided instead. */
export function accepted(decision: Decision): Extract<Decision, { kind: 'accepted' }> {
  if (decision.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(decision)}`);
  return decision;
}

/** Its writes, each as its name and the deployment or change that it is about. */
export const writesOf = (decision: Decision): string[] => accepted(decision).writes.map(named);

function named(write: Write): string {
  switch (write.write) {
    case 'end':
      return `end ${write.deploymentId} as ${write.status}`;
    case 'add deployment':
      return `add ${write.kind} of ${write.changeId}`;
    case 'outside run':
      return `outside run ${write.run.runId}${write.hidesLive ? ', hides live' : ''}`;
    case 'live':
      return `live ${write.deploymentId}, before it ${write.replaced}${write.keepsOutside ? ', keeps outside' : ''}`;
    case 'staging':
      return `staging ${write.run.runNumber}`;
    case 're-run asked':
      return `re-run asked ${write.changeId} ${write.attempt}`;
    case 'lock':
      return `lock by ${write.by}`;
    default:
      return 'deploymentId' in write
        ? `${write.write} ${write.deploymentId}`
        : 'changeId' in write
          ? `${write.write} ${write.changeId}`
          : write.write;
  }
}

/** The kinds of its ledger lines. */
export const recordsOf = (decision: Decision): string[] =>
  'records' in decision ? decision.records.map((record) => record.kind) : [];

/** Its effects, each as its name and what it is about. */
export const effectsOf = (decision: Decision): string[] =>
  'effects' in decision
    ? decision.effects.map((effect) => {
        switch (effect.effect) {
          case 'redraw':
            return `redraw ${effect.changeId}`;
          case 'redraw service':
            return 'redraw service';
          case 'start next':
            return effect.at === null
              ? 'start next'
              : `start next in ${(effect.at.getTime() - NOW.getTime()) / 1_000} s`;
          case 'describe':
            return `describe ${effect.sha}`;
          case 're-run staging':
            return `re-run staging ${effect.changeId} ${effect.attempt}`;
          case 'tell operators':
            return `tell operators ${effect.about}`;
          case 'look up':
          case 'follow':
            return `${effect.effect} ${effect.deploymentId} in ${effect.afterMs / 1_000} s`;
          default:
            return 'deploymentId' in effect ? `${effect.effect} ${effect.deploymentId}` : effect.effect;
        }
      })
    : [];

/** The refusal, whole; fails with what was decided instead. */
export function refusal(decision: Decision): Extract<Decision, { kind: 'refused' }>['refusal'] {
  if (decision.kind !== 'refused') throw new Error(`not refused: ${JSON.stringify(decision)}`);
  return decision.refusal;
}
