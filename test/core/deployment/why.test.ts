import type { Change } from '../../../src/core/change/change.js';
import { decide } from '../../../src/core/decide.js';
import type { ServicePolicy } from '../../../src/core/decision.js';
import { mayDeploy, whyNot } from '../../../src/core/deployment/why.js';
import type { Facts } from '../../../src/core/facts.js';
import type { ServiceState } from '../../../src/core/service/service.js';
import {
  ALICE,
  change,
  ended,
  facts,
  knownLive,
  NOW,
  POLICY,
  refTo,
  refusal,
  secondsAgo,
  shaOf,
  state,
  target,
  underWay,
} from '../given.js';

/** What `/release why` says must be what a press would be told. */

const LIVE = { live: knownLive(ended('live', 1, 1), secondsAgo(60)), newestPassed: refTo(3) };
const granted = { is: 'granted' } as const;
const ahead = { status: 'ahead', aheadBy: 12 } as const;
const DENIED: Facts['permission'] = {
  is: 'denied',
  refusal: { rule: 'not a deployer', service: 'shop', deployers: ['U0ALICE'] },
};
const STOP = { by: 'U0BOB', reason: 'incident', since: secondsAgo(30) };
const LOCK = { by: 'U0BOB', reason: 'database move', since: secondsAgo(30), until: null, nudgedAt: null };
const held: Change = { ...change(3), hold: { by: 'U0BOB', reason: 'it leaks', at: secondsAgo(5) } };

interface Given {
  readonly of?: Change;
  readonly state?: Partial<ServiceState>;
  readonly facts?: Partial<Facts>;
  readonly policy?: Partial<ServicePolicy>;
}
const asked = ({ of = change(3), state: over = {}, facts: told = {}, policy = {} }: Given) => {
  const known = { permission: granted, comparison: ahead, onBranch: true, ...told };
  const service = { ...POLICY, ...policy };
  const now = state({ ...LIVE, ...over });
  const press = { type: 'deploy', change: of.key, from: 'command', by: ALICE } as const;
  return {
    why: whyNot(now, of, service, known),
    decision: decide(now, target({ change: of }), press, service, facts({ now: NOW, ...known })),
  };
};

test('where nothing stands in its way, a press is accepted', () => {
  const { why, decision } = asked({ policy: { maxChanges: 20 } });
  expect(why.rules.map(({ asks, verdict }) => `${asks} ${verdict.is}`)).toEqual([
    'person passes',
    'staging passes',
    'branch passes',
    'live passes',
    'hold passes',
    'gate passes',
    'changes passes',
  ]);
  expect(mayDeploy(why)).toBe(true);
  expect(decision.kind).toBe('accepted');
});

test.each<[string, Given]>([
  ['not a deployer', { facts: { permission: DENIED } }],
  ['not passed staging', { of: change(3, { status: 'failed', conclusion: 'failure' }) }],
  ['already live', { of: change(1) }],
  ['behind what is live', { facts: { comparison: { status: 'behind', aheadBy: 0 } } }],
  ['diverged from what is live', { facts: { comparison: { status: 'diverged', aheadBy: 3 } } }],
  ['stopped', { state: { stop: STOP } }],
  ['locked', { state: { lock: LOCK } }],
  ['held', { of: held }],
])('what a press would be refused for is among the rules that do not pass: %s', (rule, given) => {
  const { why, decision } = asked(given);
  const told = refusal(decision);
  expect(told.rule).toBe(rule);
  expect(why.rules.flatMap(({ verdict }) => (verdict.is === 'refuses' ? [verdict.refusal] : []))).toContainEqual(told);
  expect(mayDeploy(why)).toBe(false);
});

test('a pause refuses nobody who deploys by hand, but is said; in button mode there is none', () => {
  const pause = { why: 'lost', by: 'pushbutton', since: secondsAgo(30), deploymentId: 1 } as const;
  const { why, decision } = asked({ state: { pause }, policy: { mode: 'continuous' } });
  expect([why.pause, mayDeploy(why), decision.kind]).toEqual([pause, true, 'accepted']);
  expect(asked({ state: { pause }, policy: { mode: 'button' } }).why.pause).toBeNull();
});

test('all that stands in its way is said at once', () => {
  const { why } = asked({
    of: held,
    state: { stop: STOP, lock: LOCK },
    facts: { permission: DENIED, onBranch: false },
  });
  expect(why.rules.flatMap(({ verdict }) => (verdict.is === 'refuses' ? [verdict.refusal.rule] : []))).toEqual([
    ...['not a deployer', 'not on the branch', 'held', 'stopped', 'locked'],
  ]);
});

test.each<[string, Partial<Facts>, object]>([
  ['Slack', { permission: { is: 'not looked up', retryAfterMs: null } }, { whom: 'Slack', because: 'unavailable' }],
  [
    'GitHub, in its words',
    { onBranch: { refused: 'Not Found (404)' } },
    { whom: 'GitHub', because: { refused: 'Not Found (404)' } },
  ],
  ['GitHub, with an error', { comparison: { failed: 502 } }, { whom: 'GitHub', because: { failed: 502 } }],
  ['GitHub, not in time', { comparison: 'unavailable' }, { whom: 'GitHub', because: 'unavailable' }],
  [
    'GitHub, because of its limit',
    { comparison: { retryAfterMs: 40_000 } },
    { whom: 'GitHub', because: { retryAfterMs: 40_000 } },
  ],
])('what nobody answered is not known, and does not count as passed: %s', (_, told, verdict) => {
  const { why } = asked({ facts: told });
  expect(why.rules.map((rule) => rule.verdict)).toContainEqual({ is: 'not known', ...verdict });
  expect(mayDeploy(why)).toBe(false);
});

test('what it would wait for after the request: approvals, and what goes before it', () => {
  const active = underWay('deploying', 8, 2);
  const { why } = asked({
    state: { active },
    policy: { approvals: { required: 2, from: ['S0LEADS'], authors: false, expiresMs: 1_000 } },
  });
  expect(why.after).toEqual({
    approvals: 2,
    pace: null,
    approvers: ['S0LEADS'],
    authors: false,
    ahead: [active],
    overtakenBy: null,
  });
  expect(why.underWay).toBeNull();
});

test('one that is under way is said, and goes after those before it alone', () => {
  const active = underWay('deploying', 8, 3);
  const queue = [underWay('queued', 9, 4), underWay('queued', 10, 5)];
  const first = asked({ state: { active, queue } }).why;
  expect(first.underWay).toBe(active);
  expect(first.after.ahead).toEqual([]);
  const last = asked({ of: change(5), state: { active, queue } }).why;
  expect(last.underWay).toBe(queue[1]);
  expect(last.after.ahead).toEqual([active, queue[0]]);
});

test('what goes before it and is newer will refuse it', () => {
  const { why } = asked({ of: change(2), state: { active: underWay('deploying', 8, 3), newestPassed: refTo(3) } });
  expect(why.after.overtakenBy?.sha).toBe(shaOf(3));
  expect(asked({ of: change(4), state: { active: underWay('deploying', 8, 3) } }).why.after.overtakenBy).toBeNull();
});

test('more changes than are allowed at once ask for a confirmation, which a press offers', () => {
  const { why, decision } = asked({ policy: { maxChanges: 11 } });
  expect(why.rules).toContainEqual({ asks: 'changes', most: 11, count: 12, verdict: { is: 'asks' } });
  expect(mayDeploy(why)).toBe(true);
  expect(refusal(decision).rule).toBe('too many changes');
});

test('an older change may go by its SHA, and the newer one is named', () => {
  const { why, decision } = asked({ of: change(2), state: { newestPassed: refTo(3) } });
  expect(mayDeploy(why)).toBe(true);
  expect(why.newer?.by.sha).toBe(shaOf(3));
  expect(decision.kind).toBe('accepted');
});
