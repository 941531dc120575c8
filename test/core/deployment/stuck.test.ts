import { decide } from '../../../src/core/decide.js';
import type { ServicePolicy } from '../../../src/core/decision.js';
import type { Deployment } from '../../../src/core/deployment/deployment.js';
import {
  BOB,
  effectsOf,
  facts,
  POLICY,
  recordsOf,
  refusal,
  secondsAgo,
  state,
  target,
  underWay,
  writesOf,
} from '../given.js';

const GRANTED = facts({ permission: { is: 'granted' } });
const CONTINUOUS: ServicePolicy = { ...POLICY, mode: 'continuous' };

describe('Give up', () => {
  const giveUp = (active: Deployment | null, policy = POLICY, given = GRANTED) =>
    decide(
      state({ active: active as ReturnType<typeof state>['active'] }),
      target({}),
      { type: 'give up', service: 'shop', reason: 'The runner is gone', by: BOB },
      policy,
      given,
    );

  test.each<[string, Deployment]>([
    ['hung', underWay('hung', 12, 3)],
    ['deploying, with a Cancel a minute old', underWay('deploying', 12, 3, cancelledAgo(61))],
    ['unknown, when the operators were told', underWay('unknown', 12, 3, { toldAt: secondsAgo(1) })],
  ])('ends what is %s, by name, and lets the next one start', (_, active) => {
    const decision = giveUp(active);
    expect(writesOf(decision)).toEqual(['end 12 as lost']);
    expect(recordsOf(decision)).toEqual(['given up']);
    expect(effectsOf(decision)).toEqual(expect.arrayContaining(['start next', 'tell operators given up']));
    const looks = active.status === 'unknown' ? 'look up 12' : 'cancel stray 12';
    expect(effectsOf(decision).some((effect) => effect.startsWith(looks))).toBe(true);
  });

  test.each<[string, Deployment | null]>([
    ['nothing', null],
    ['a run that nobody wants cancelled', underWay('deploying', 12, 3)],
    ['a Cancel that is not a minute old', underWay('deploying', 12, 3, cancelledAgo(60))],
    ['a start that is looked up', underWay('unknown', 12, 3)],
    ['a start on its way', underWay('dispatching', 12, 3)],
  ])('is refused for %s', (_, active) => {
    expect(refusal(giveUp(active))).toMatchObject({ rule: 'nothing to give up', status: active?.status ?? null });
  });

  test('is refused without the right, whatever is stuck', () => {
    const denied = { is: 'denied', refusal: { rule: 'may not override', service: 'shop', override: [] } } as const;
    const hung = underWay('hung', 12, 3);
    expect(refusal(giveUp(hung, POLICY, facts({ permission: denied })))).toMatchObject({ rule: 'may not override' });
    const { permission: _, ...notLookedUp } = facts();
    expect(refusal(giveUp(hung, POLICY, notLookedUp))).toEqual({ rule: 'not looked up', whom: 'slack' });
  });

  test('pauses continuous deployment', () => {
    expect(writesOf(giveUp(underWay('hung', 12, 3), CONTINUOUS)).join()).toContain('pause');
  });
});

describe('a run that GitHub does not show', () => {
  const read = (missing: readonly [reads: number, secondsSince: number] | null, shown = false, policy = POLICY) => {
    const known = missing && { reads: missing[0], since: secondsAgo(missing[1]) };
    const deployment = underWay('deploying', 12, 3, { missing: known });
    const command = { type: 'run read', service: 'shop', deploymentId: 12, shown } as const;
    return decide(state({ active: deployment }), target({ deployment }), command, policy, facts());
  };

  test.each<[readonly [number, number] | null, boolean]>([
    [null, false],
    [[1, 61], false],
    [[2, 59], false],
    [[3, 59], false],
    [[2, 61], true],
    [[3, 600], true],
  ])('missed before %j times and seconds: it is lost: %s', (missing, lost) => {
    const decision = read(missing);
    expect(writesOf(decision).join()).toBe(lost ? 'end 12 as lost' : 'missing 12');
    expect(effectsOf(decision).includes('start next')).toBe(lost);
  });

  test('and then shows is missed no more', () => {
    expect(writesOf(read([2, 300], true))).toEqual(['missing 12']);
    expect(read(null, true)).toEqual({ kind: 'nothing' });
  });

  test('pauses continuous deployment when it is lost', () => {
    expect(writesOf(read([2, 61], false, CONTINUOUS)).join()).toContain('pause');
  });
});

function cancelledAgo(seconds: number) {
  return { cancelBy: 'U0ALICE', cancelAskedAt: secondsAgo(seconds) };
}
