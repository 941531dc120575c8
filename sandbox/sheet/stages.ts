import type { Card, CardState } from '../../src/core/card.js';
import type { Ended } from '../../src/core/deployment/deployment.js';
import { NO_CHECKS } from '../../src/core/stages/checks.js';
import type { Stage, StagePlan } from '../../src/core/stages/stage.js';
import { deployment, ended, job, minutes, runOf, SHAS } from './given.js';

/** The cards of a service with three stages: a canary that bakes, eu, and us after Continue. */

const NAMES = ['canary', 'eu', 'us'] as const;
type Name = (typeof NAMES)[number];
const PLANS: Readonly<Record<Name, Pick<StagePlan, 'bakeMs' | 'next'>>> = {
  canary: { bakeMs: 900_000, next: 'itself' },
  eu: { bakeMs: 0, next: 'press' },
  us: { bakeMs: 0, next: 'itself' },
};

const started = (ago: number) => ({ deployId: `pb-${ago}`, startedAt: minutes(ago) });
const ran = (ago: number) => ({ ...started(ago + 4), run: runOf(ago + 4), ranAt: minutes(ago) });
const waits = { is: 'waits', deployId: null } as const;
const skipped = { is: 'skipped' } as const;
const running = (ago: number) => ({ is: 'running', ...started(ago) }) as const;
const passed = (ago: number) => ({ is: 'passed', ...ran(ago), endedAt: minutes(ago), continuedBy: null }) as const;
const failed = (ago: number) =>
  ({
    is: 'failed',
    ...started(ago + 4),
    run: runOf(ago + 4),
    ranAt: null,
    endedAt: minutes(ago),
    reason: null,
  }) as const;
const baking = (ago: number, leftMinutes: number, waitsSince: Date | null = null) =>
  ({
    ...{ is: 'baking' as const, ...ran(ago), bakesUntil: minutes(-leftMinutes) },
    ...{ continuedBy: null, checks: [], checkRun: null, waitsSince, toldAt: null },
  }) as const;

type Shown = Stage extends infer S ? (S extends Stage ? Omit<S, 'key' | 'place' | 'plan'> : never) : never;

const walk = (stages: readonly (readonly [Name, Shown])[]): Stage[] =>
  stages.map(([name, stage], index) => {
    const plan: StagePlan = { name, workflow: null, inputs: { target: name }, checks: NO_CHECKS, ...PLANS[name] };
    return { key: name, place: index + 1, plan, ...stage } as Stage;
  });
const forward = (canary: Shown, eu: Shown, us: Shown) =>
  walk([
    ['canary', canary],
    ['eu', eu],
    ['us', us],
  ]);

const before: Ended = ended('live', { sha: SHAS.live, changeId: 3 });
const jobs = [job('build'), job('roll out', { status: 'in_progress', conclusion: null })];
const broken = [
  job('build'),
  job('roll out', { conclusion: 'failure', failedSteps: ['Wait until all pods are ready'] }),
];
const asked = { requestedAt: minutes(30) };
const bakes = (stages: Stage[], more: object = {}): CardState => ({
  ...{ is: 'baking', rollBackTo: before },
  deployment: deployment('baking', { ...asked, stages, ...more }),
});
const overAt = (status: 'stopped' | 'cancelled', stages: Stage[], given: Partial<Ended>): CardState => ({
  ...{ is: 'stopped', rollBackTo: before, after: null },
  deployment: ended(status, { ...asked, stages, ...given }),
});
const atGate = {
  waitsFor: 'locked',
  gated: { gate: 'locked', by: 'U0DAVE', reason: 'database upgrade', since: minutes(5), until: null },
} as const;
const both = [['us', skipped] as const, ['eu', running(2)] as const, ['canary', waits] as const];
const back = { sha: SHAS.live, kind: 'roll back', stages: walk(both), jobs } as const;

export const STAGES: readonly { readonly name: string; readonly state: CardState; readonly given?: Partial<Card> }[] = [
  {
    name: 'stages-queued',
    state: {
      ...{ is: 'queued', place: 2, pace: null, deployment: deployment('queued') },
      behind: deployment('baking', { sha: SHAS.newer, stages: forward(baking(3, 12), waits, waits) }),
    },
  },
  { name: 'stages-baking', state: bakes(forward(baking(3, 12), waits, waits)) },
  {
    name: 'stages-deploying',
    state: {
      is: 'deploying',
      deployment: deployment('deploying', { jobs, stages: forward(passed(8), running(3), waits) }),
    },
  },
  { name: 'stages-waits-for-continue', state: bakes(forward(passed(20), baking(12, -12, minutes(12)), waits)) },
  { name: 'stages-at-a-gate', state: bakes(forward(passed(5), waits, waits), atGate) },
  {
    name: 'stages-failed',
    state: {
      ...{ is: 'failed in production', rollBackTo: before, after: null },
      deployment: ended('failed', { jobs: broken, reason: 'failure', stages: forward(passed(8), failed(3), waits) }),
    },
  },
  {
    name: 'stages-stopped',
    state: overAt('stopped', forward(passed(3), waits, waits), { endedBy: 'U0DAVE' }),
  },
  {
    name: 'stages-cancelled',
    state: overAt('cancelled', forward(passed(8), failed(3), waits), { cancelBy: 'U0DAVE', reason: 'cancelled' }),
  },
  {
    name: 'stages-rolling-back',
    state: { is: 'rolling back', deployment: ended('failed', asked), to: deployment('deploying', back) },
  },
  {
    name: 'stages-restoring',
    state: { is: 'deploying', deployment: deployment('deploying', { ...back, sha: SHAS.own }) },
  },
];
