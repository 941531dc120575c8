import type { Run } from '../../src/core/deployment/run.js';
import { NO_CHECKS } from '../../src/core/stages/checks.js';
import type { Stage, StagePlan } from '../../src/core/stages/stage.js';

const minutesAgo = (minutes: number) => new Date(Date.parse('2026-11-23T09:00:00Z') - minutes * 60_000);
const run: Run = { id: 90, url: 'https://github.com/acme/shop/actions/runs/90', attempt: 1, startedAt: minutesAgo(5) };
const plan = (name: string): StagePlan => ({
  name,
  workflow: null,
  inputs: {},
  bakeMs: 900_000,
  next: 'itself',
  checks: NO_CHECKS,
});
const ran = { deployId: 'dep-5', startedAt: minutesAgo(6), run, ranAt: minutesAgo(3) };
const stages = (first: object): Stage[] => [
  { key: 'canary-key', place: 1, plan: plan('canary'), ...first } as Stage,
  { key: 'eu-key', place: 2, plan: plan('eu'), is: 'waits', deployId: null },
];
/** A deployment that bakes in its first of two stages, and one that has passed it. */
export const bakingIn = (): Stage[] =>
  stages({
    ...{ is: 'baking', ...ran, bakesUntil: minutesAgo(-12), continuedBy: null, checks: [], checkRun: null },
    ...{ waitsSince: null, toldAt: null },
  });
export const passedIn = (): Stage[] => stages({ is: 'passed', ...ran, endedAt: minutesAgo(2), continuedBy: null });
