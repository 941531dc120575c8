import fc from 'fast-check';
import { hasEnded } from '../../src/core/deployment/deployment.js';
import { PEOPLE } from './line.js';
import { takeStep } from './rules-people.js';
import { Walk } from './rules-walk.js';

const rules = fc.record({
  mode: fc.constantFrom('button', 'continuous'),
  required: fc.integer({ min: 0, max: 2 }),
  rollBack: fc.integer({ min: 0, max: 1 }),
  authors: fc.boolean(),
  frozen: fc.boolean(),
  /** In minutes; 0: none. */
  every: fc.constantFrom(0, 0, 0, 5, 30, 120),
});
const step = fc.record({
  kind: fc.constantFrom(
    ...([
      'deploy',
      'deploy',
      'deploy',
      'deploy',
      'deploy at',
      'approve',
      'approve',
      'approve',
      'reject',
      'withdraw',
    ] as const),
    ...(['override', 'lock', 'unlock', 'unlock', 'stop', 'start', 'start', 'hold', 'let go', 'let go'] as const),
    ...([
      'roll back',
      'roll back',
      'roll back',
      'retry',
      'retry',
      'resume',
      'next',
      'next',
      'run',
      'run',
      'staging',
    ] as const),
    // More often, so that deployments get somewhere.
    ...(['go', 'go', 'go', 'go', 'go', 'go', 'go', 'go', 'time', 'time', 'wait', 'leave'] as const),
    ...(['cancel', 'cancel', 'lose', 'lose', 'late', 'late', 'outside', 'rule'] as const),
  ),
  n: fc.integer({ min: 1, max: 6 }),
  back: fc.constantFrom(0, 0, 0, 1, 2),
  by: fc.constantFrom(...PEOPLE),
  good: fc.constantFrom(true, true, true, false),
  minutes: fc.constantFrom(1, 10, 30, 200),
});
test('whatever people do under whatever rules: no gate is passed while shut, nothing starts unapproved, too soon after another or before its time, everything ends', () => {
  const starts = new Map<string, number>();
  const lines = new Set<string>();
  fc.assert(
    fc.property(rules, fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), (rule, steps) => {
      const walk = new Walk(rule);
      for (const n of [1, 2, 3]) walk.pass(n);
      for (const one of steps) {
        walk.world.later(1);
        takeStep(walk, one);
      }
      // The gates open, nobody asks any more, and time goes on.
      walk.world.gates.stop = null;
      walk.world.gates.lock = null;
      walk.world.gates.pause = null;
      walk.world.later(4 * 3_600);
      for (let n = 0; n < 40; n += 1) {
        walk.next();
        walk.end(true);
        for (const deployment of walk.world.state().waiting)
          walk.decide(
            { type: 'time passed', service: 'shop', deploymentId: deployment.id },
            { deployment },
            walk.facts(),
          );
        walk.world.later(3 * 3_600);
      }
      expect(walk.world.deployments().filter((one) => !hasEnded(one))).toEqual([]);
      for (const line of walk.lines) lines.add(line);
      for (const kind of walk.starts)
        starts.set(`${kind} ${rule.required}`, (starts.get(`${kind} ${rule.required}`) ?? 0) + 1);
    }),
    { numRuns: Number(process.env.WALKS ?? 300), seed: Number(process.env.SEED ?? 20_261_126) },
  );
  // The walk is worth nothing when it never gets anywhere.
  const reached = [
    'lost',
    'deploying',
    'cancelled',
    'stray run',
    'approvals void',
    'expired',
    'run outside Pushbutton',
    'paused',
    'resumed',
    'waits',
    'time came',
    'time changed',
    'brought forward',
  ];
  expect(reached.filter((kind) => !lines.has(kind))).toEqual([]);
  for (const kind of ['deploy 0', 'deploy 1', 'deploy 2', 'roll back 0', 'roll back 1', 'retry 0'])
    expect([kind, (starts.get(kind) ?? 0) > 2]).toEqual([kind, true]);
});
