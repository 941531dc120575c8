import { decide } from '../../../src/core/decide.js';
import { deploysItself } from '../../../src/core/service/continuous.js';
import type { ServiceState } from '../../../src/core/service/service.js';
import {
  ended,
  facts,
  knownLive,
  NOW,
  POLICY,
  refTo,
  secondsAgo,
  state,
  target,
  underWay,
  writesOf,
} from '../given.js';

const policy = { ...POLICY, mode: 'continuous', holdMs: 600_000 } as const;
const ready: ServiceState = state({
  live: knownLive(ended('live', 10, 1), secondsAgo(900)),
  newestPassed: refTo(3, { passedAt: secondsAgo(60), firstPassedAt: secondsAgo(60) }),
});
const inMinutes = (at: ServiceState, of: Pick<typeof policy, 'mode' | 'holdMs'> | typeof POLICY = policy) => {
  const due = deploysItself(at, of);
  return due && (due.at.getTime() - NOW.getTime()) / 60_000;
};
const lives = (over: Partial<ServiceState>, passed = {}) =>
  inMinutes({ ...ready, ...over, newestPassed: ready.newestPassed && { ...ready.newestPassed, ...passed } });

test('the newest change deploys itself a hold after it passed', () => expect(inMinutes(ready)).toBe(9));
test('after it was resumed the hold is counted anew', () => expect(lives({ resumedAt: NOW })).toBe(10));
test('newer ones that keep coming put it off for three holds in all, and each has half of its own at least', () => {
  expect(lives({}, { firstPassedAt: secondsAgo(1_500) })).toBe(5);
  expect(lives({}, { firstPassedAt: secondsAgo(36_000) })).toBe(4);
});

const pause = { by: 'pushbutton', why: 'failed', since: NOW, deploymentId: 9 } as const;
const outside = { is: 'outside', run: { runId: 1 }, before: null } as unknown as ServiceState['live'];
test.each<[string, Partial<ServiceState>, object]>([
  ['one that a person held', {}, { hold: { by: 'U0ALICE', reason: null, at: NOW } }],
  ['one that was asked for before, however that ended', {}, { wasAsked: true }],
  ['one that comes before what is live', {}, { afterLive: false }],
  ['anything while nothing is known live', { live: { is: 'nothing' } }, {}],
  ['anything over a run outside', { live: outside }, {}],
  ['anything while it is paused', { pause }, {}],
])('it does not deploy %s', (_, over, passed) => expect(lives(over, passed)).toBeNull());
test('a service with a button does not deploy itself', () => expect(inMinutes(ready, POLICY)).toBeNull());

describe('when its time has come', () => {
  const due = { ...ready, newestPassed: refTo(3, { passedAt: secondsAgo(600), firstPassedAt: secondsAgo(600) }) };
  const passes = (over: Partial<ServiceState> = {}, rules: Parameters<typeof decide>[3] = policy) =>
    decide({ ...due, ...over }, target(), { type: 'service time passed', service: 'shop' }, rules, facts());
  const lock = { by: 'U0BOB', reason: 'Fair', since: NOW, until: null, nudgedAt: NOW };
  const always = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

  test('it is asked for, once', () => {
    expect(writesOf(passes())).toEqual(['add deploy of 3']);
    expect(passes({ newestPassed: ready.newestPassed }).kind).toBe('nothing');
  });
  test.each<[string, Partial<ServiceState>, Parameters<typeof decide>[3]]>([
    ['a lock', { lock }, policy],
    ['a stop', { stop: { by: 'U0BOB', reason: 'Fire', since: NOW } }, policy],
    ['a freeze', {}, { ...policy, freezes: [{ days: always, from: '00:00', to: '24:00', reason: 'x' }] }],
    ['what is under way', { active: underWay('deploying', 11, 2) }, policy],
    ['what is queued', { queue: [underWay('queued', 11, 2)] }, policy],
    ['what waits for approval', { waiting: [underWay('waiting', 11, 2)] }, policy],
  ])('it waits for %s', (_, over, rules) => expect(passes(over, rules).kind).toBe('nothing'));
});
