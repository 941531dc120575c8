import { decide } from '../../../src/core/decide.js';
import type { Deployment, Of } from '../../../src/core/deployment/deployment.js';
import type { Stage, StagePlan } from '../../../src/core/stages/stage.js';
import { ended, facts, NOW, POLICY, productionRun, run, state, target, underWay, writesOf } from '../given.js';

const plan = (name: string): StagePlan => ({
  name,
  workflow: null,
  inputs: {},
  bakeMs: 0,
  next: 'itself',
  checks: { http: [], workflow: null },
});
const POLICY_OF_TWO = { ...POLICY, stages: [plan('canary'), plan('us')] };
const us: Stage = { key: 'us', place: 2, plan: plan('us'), is: 'waits', deployId: null };
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
    ...{ deployId: 'pb-12', startedAt: NOW, run: null, ranAt: null, endedAt: NOW, reason: null },
  };
  const lost = ended('lost', 12, 5, { stages: [canary, us] });
  expect(writesOf(seen(lost, { lastSent: lost }))).toEqual(['deploying 12']);
});

test('a first stage that GitHub refused for its rate limit, and started all the same, is that stage alone', () => {
  const queued = underWay('queued', 12, 5);
  expect(writesOf(seen(queued, { queue: [queued] }))).toEqual(['start stage 12', 'deploying 12']);
});

test('a further stage that GitHub refused for its rate limit, and started all the same, is adopted while it waits', () => {
  const canary: Stage = {
    ...{ key: 'canary', place: 1, plan: plan('canary'), is: 'passed', deployId: 'pb-12', startedAt: NOW },
    ...{ run: run(912), ranAt: NOW, endedAt: NOW, continuedBy: null },
  };
  const of = underWay('deploying', 12, 5, { stages: [canary, { ...us, deployId: 'pb-us' }] });
  const active = { ...of, status: 'baking' } as unknown as Of<'baking'>;
  const command = {
    type: 'production seen',
    service: 'shop',
    run: productionRun(913, { title: 'Deploy [pb-us]' }),
  } as const;
  const decision = decide(state({ active }), target({ deployment: active }), command, POLICY_OF_TWO, facts());
  expect(writesOf(decision)).toEqual(['start stage 12', 'deploying 12']);
});

test('a Cancel that came too late for the canary keeps the next stage from starting', () => {
  const canary: Stage = {
    ...{ key: 'canary', place: 1, plan: plan('canary'), is: 'running' },
    ...{ deployId: 'pb-12', startedAt: NOW },
  };
  const active = underWay('deploying', 12, 5, { stages: [canary, us], cancelBy: 'U0DAVE' });
  expect(writesOf(seen(active, { active }))).toEqual(['stage ran 12', 'end 12 as stopped']);
});

test('an answer that comes late, to the start of an earlier stage, is none to the start of this one', () => {
  const active = underWay('dispatching', 12, 5, { deployId: 'pb-us' });
  const answer = { is: 'unknown' } as const;
  const late = { type: 'dispatch answered', service: 'shop', deploymentId: 12, deployId: 'pb-canary', answer } as const;
  expect(decide(state({ active }), target({ deployment: active }), late, POLICY_OF_TWO, facts()).kind).toBe('nothing');
});

test('a rollback that began by itself and waits for GitHub in vain calls people', () => {
  const since = new Date(NOW.getTime() - 3 * 3_600_000);
  const own = underWay('queued', 12, 5, {
    ...{ kind: 'roll back', requestedBy: 'pushbutton', waitsFor: 'github', waitsSince: since },
  });
  const decision = decide(
    state({ queue: [own] }),
    target(),
    { type: 'start next', service: 'shop' },
    POLICY_OF_TWO,
    facts({ onBranch: 'unavailable', gatheredFor: { deploymentId: 12, live: null } }),
  );
  expect(writesOf(decision)).toEqual(['end 12 as expired', 'pause 12']);
});
