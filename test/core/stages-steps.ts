import fc from 'fast-check';
import type { DispatchAnswer } from '../../src/core/command.js';
import { NO_CHECKS } from '../../src/core/stages/checks.js';
import type { StagePlan } from '../../src/core/stages/stage.js';
import { POLICY } from './given.js';

/** What may happen to deployments in stages, and the rules of the service. */

/** What one step is made of; a step picks what it needs, and whom it is about among what there is. */
export const step = fc.record({
  kind: fc.constantFrom(
    ...([
      'deploy',
      'retry',
      'roll back',
      'roll back service',
      'cancel',
      'replace',
      'lock',
      'unlock',
      'not sent',
    ] as const),
    ...(['continue', 'continue', 'stop here', 'not found', 'time passed', 'resume', 'outside'] as const),
    ...([
      'deploy',
      'start',
      'start',
      'start',
      'start',
      'start',
      'start',
      'answer',
      'answer',
      'answer',
      'wait',
    ] as const),
    ...(['run', 'run', 'run', 'wait'] as const),
    // Gets somewhere: the next start, its answer and the end of its run.
    ...Array<'go'>(120).fill('go'),
    ...([
      'deploy',
      'deploy',
      'deploy',
      'unlock',
      'unlock',
      'unlock',
      'resume',
      'roll back service',
      'roll back service',
    ] as const),
  ),
  change: fc.integer({ min: 1, max: 4 }),
  /** 0 is the newest deployment. */
  back: fc.constantFrom<number>(0, 0, 0, 0, 1, 2),
  /** Of which of its stages a run is told; 0 is the one that it reached last. */
  earlier: fc.constantFrom<number>(0, 0, 0, 0, 1, 2),
  attempt: fc.constantFrom<number>(1, 1, 1, 1, 2),
  conclusion: fc.constantFrom('success', 'success', 'success', 'success', 'failure', 'cancelled', null),
  may: fc.constantFrom(true, true, true, true, true, false),
  answer: fc.constantFrom<DispatchAnswer['is']>(
    'accepted',
    'accepted',
    'accepted',
    'unknown',
    'refused',
    'rate limited',
  ),
  seconds: fc.constantFrom(1, 30, 70, 70, 600, 8_000),
});
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const stage = (name: string, more: Partial<StagePlan>): StagePlan => ({
  ...{ name, workflow: null, inputs: {}, bakeMs: 0, next: 'itself', checks: NO_CHECKS },
  ...more,
});
export const rule = fc.record({
  count: fc.constantFrom(2, 3, 3, 4),
  bake: fc.constantFrom(0, 60_000),
  press: fc.boolean(),
  onFailure: fc.constantFrom<'ask' | 'roll back'>('ask', 'roll back'),
  checks: fc.boolean(),
});
export const policyOf = ({
  count,
  bake,
  press,
  onFailure,
  checks,
}: typeof rule extends fc.Arbitrary<infer R> ? R : never) => ({
  ...POLICY,
  stages: ['canary', 'eu', 'us', 'asia']
    .slice(0, count)
    .map((name, n) =>
      stage(name, { bakeMs: n === 0 ? bake : 0, next: press && n === 1 && n < count - 1 ? 'press' : 'itself' }),
    ),
  onFailure,
  rollback: { approvals: 0, checks },
});
