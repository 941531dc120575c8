import { decide } from '../../../src/core/decide.js';
import type { Deployment } from '../../../src/core/deployment/deployment.js';
import type { Stage, StagePlan } from '../../../src/core/stages/stage.js';
import { ended, facts, NOW, POLICY, productionRun, state, target, underWay, writesOf } from '../given.js';

const plan = (name: string): StagePlan => ({ name, workflow: null, inputs: {}, bakeMs: 0, next: 'itself' });
const POLICY_OF_TWO = { ...POLICY, stages: [plan('canary'), plan('us')] };
const us: Stage = { key: 'us', place: 2, plan: plan('us'), is: 'waits' };
const seen = (deployment: Deployment, over: Parameters<typeof state>[0]) =>
  decide(
    state(over),
    target({ deployment }),
    { type: 'production seen', service: 'shop', run: productionRun(912) },
    POLICY_OF_TWO,
    facts(),
  );

test('the lost run of a canary, found when it has ended well, is adopted and does not make the deployment live', () => {
  const canary: Stage = {
    ...{ key: 'canary', place: 1, plan: plan('canary'), is: 'failed' },
    ...{ deployId: 'pb-12', startedAt: NOW, run: null, endedAt: NOW, reason: null },
  };
  const lost = ended('lost', 12, 5, { stages: [canary, us] });
  expect(writesOf(seen(lost, { lastSent: lost }))).toEqual(['deploying 12']);
});

test('a first stage that GitHub refused for its rate limit, and started all the same, is that stage alone', () => {
  const queued = underWay('queued', 12, 5);
  expect(writesOf(seen(queued, { queue: [queued] }))).toEqual(['start stage 12', 'deploying 12']);
});

test('a Cancel that came too late for the canary keeps the next stage from starting', () => {
  const canary: Stage = {
    ...{ key: 'canary', place: 1, plan: plan('canary'), is: 'running' },
    ...{ deployId: 'pb-12', startedAt: NOW },
  };
  const active = underWay('deploying', 12, 5, { stages: [canary, us], cancelBy: 'U0DAVE' });
  expect(writesOf(seen(active, { active }))).toEqual(['stage ran 12', 'end 12 as stopped']);
});
