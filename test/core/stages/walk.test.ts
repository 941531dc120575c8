import type { Ended } from '../../../src/core/deployment/deployment.js';
import { whileBaking } from '../../../src/core/stages/between.js';
import { type CheckState, NO_CHECKS } from '../../../src/core/stages/checks.js';
import type { Stage, StageNow, StagePlan } from '../../../src/core/stages/stage.js';
import { stepsOf } from '../../../src/core/stages/walk.js';
import { ended, facts, knownLive, NOW, run, secondsAgo, shaOf, state } from '../given.js';

/** Which stages a deployment walks through, and when a bake is over. */

const plan = (name: string, more: Partial<StagePlan> = {}): StagePlan => ({
  ...{ name, workflow: null, inputs: {}, bakeMs: 60_000, next: 'itself', checks: NO_CHECKS },
  ...more,
});
const THREE = [plan('canary'), plan('eu'), plan('us')];
const policy = { stages: THREE, onFailure: 'ask', rollback: { checks: false } } as const;
const live = ended('live', 3, 3);
const now = (stage: string, reached: number, passed: number): StageNow => ({
  stage,
  reached: { id: reached, sha: shaOf(reached) },
  passed: { id: passed, sha: shaOf(passed), at: NOW, by: 'U0ALICE' },
});
const names = (steps: ReturnType<typeof stepsOf>) =>
  steps.map(({ plan: { name }, skipped }) => (skipped ? `(${name})` : name)).join(' ');
const walk = (of: Parameters<typeof stepsOf>[1], over: Parameters<typeof state>[0]) =>
  names(stepsOf(state({ live: knownLive(live, NOW), ...over }), of, policy));
const back = { kind: 'roll back', sha: shaOf(3), restores: 3 } as const;
const ALL = [now('canary', 3, 3), now('eu', 3, 3), now('us', 3, 3)];

test.each<[what: string, walks: string, of: Parameters<typeof stepsOf>[1], stagesNow: StageNow[]]>([
  ['a Deploy goes through all', 'canary eu us', { kind: 'deploy', sha: shaOf(4), restores: null }, ALL],
  [
    'a Retry goes on where it has not passed',
    '(canary) eu us',
    { kind: 'retry', sha: shaOf(4), restores: null },
    [now('canary', 4, 4), now('eu', 4, 3), now('us', 3, 3)],
  ],
  [
    'a Retry begins anew where another has been meanwhile',
    'canary eu us',
    { kind: 'retry', sha: shaOf(4), restores: null },
    [now('canary', 5, 4), now('eu', 4, 3), now('us', 3, 3)],
  ],
  [
    'a rollback goes backwards through what was reached',
    '(us) eu canary',
    back,
    [now('canary', 4, 4), now('eu', 4, 3), now('us', 3, 3)],
  ],
  ['a rollback of what was never reached goes through all', 'us eu canary', back, ALL],
])('%s', (_, walks, of, stagesNow) => expect(walk(of, { stagesNow })).toBe(walks));

test('a rollback also goes through a stage that the config has no more, as it was started', () => {
  const old = { key: 'beta', place: 1, plan: plan('beta', { workflow: 'beta.yml' }) };
  const failed: Stage = {
    ...{
      ...old,
      is: 'failed',
      deployId: 'pb-4',
      startedAt: NOW,
      run: run(904),
      ranAt: null,
      endedAt: NOW,
      reason: null,
    },
  };
  const lastSent: Ended = ended('failed', 4, 4, { stages: [failed] });
  const steps = stepsOf(state({ live: knownLive(live, NOW), lastSent, stagesNow: ALL }), back, policy);
  expect(names(steps)).toBe('beta (us) (eu) (canary)');
  expect(steps[0]?.plan).toMatchObject({ workflow: 'beta.yml', bakeMs: 0 });
});

test.each<[what: string, checks: CheckState[], isOver: boolean]>([
  ['without checks', [], true],
  ['whose check was never answered', [{ failuresInARow: 0, lastAt: null, lastWords: null, nextAt: NOW }], false],
  ['whose check fails', [{ failuresInARow: 2, lastAt: NOW, lastWords: 'down', nextAt: NOW }], false],
  ['whose check is fine', [{ failuresInARow: 0, lastAt: NOW, lastWords: null, nextAt: NOW }], true],
])('a bake %s: over when its time is: %s', (_, checks, isOver) => {
  const canary: Stage = {
    ...{ key: 'canary', place: 1, plan: plan('canary'), is: 'baking', deployId: 'pb-4', startedAt: secondsAgo(90) },
    ...{ run: run(904), ranAt: secondsAgo(61), bakesUntil: secondsAgo(1), continuedBy: null },
    ...{ checks, checkRun: null, waitsSince: null, toldAt: null },
  };
  const active = { ...ended('live', 4, 4), status: 'baking', stages: [canary] } as never;
  let went = false;
  const decision = whileBaking(state({ active }), active, facts(), () => {
    went = true;
    return { kind: 'accepted', writes: [], records: [], effects: [] };
  });
  expect(went).toBe(isOver);
  // Nothing waits for ever: it is looked at again.
  if (!isOver) expect(decision).toMatchObject({ effects: [{ effect: 'start next' }] });
});
