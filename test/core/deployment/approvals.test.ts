import { decide } from '../../../src/core/decide.js';
import type { ServicePolicy } from '../../../src/core/decision.js';
import type { Facts, Shipped } from '../../../src/core/facts.js';
import type { ServiceState } from '../../../src/core/service/service.js';
import {
  accepted,
  change,
  effectsOf,
  ended,
  facts,
  knownLive,
  NOW,
  POLICY,
  recordsOf,
  refusal,
  secondsAgo,
  shaOf,
  state,
  target,
  underWay,
  writesOf,
} from '../given.js';

const policy: ServicePolicy = { ...POLICY, approvals: { ...POLICY.approvals, required: 1, from: ['U0BOB', 'U0CY'] } };
const BOB = { user: 'U0BOB', team: 'T0HOME' };
const live1 = ended('live', 10, 1);
const onOne = state({ live: knownLive(live1, secondsAgo(60)), lastSent: live1, moves: 4 });
const basis = { from: shaOf(1), moves: 4, shas: [shaOf(2), shaOf(3)] };
const shipped = (over: Partial<Shipped> = {}): Shipped => ({
  from: shaOf(1),
  shas: [shaOf(2), shaOf(3)],
  authors: [{ user: 'U0ALICE', sha: shaOf(2) }],
  unmatched: [],
  ...over,
});

describe('Approve', () => {
  const waiting = underWay('waiting', 12, 3, { required: 1, basis });
  const yes = (over: Partial<Facts> = {}, at: ServiceState = onOne, rules = policy, of = waiting) =>
    decide(
      { ...at, waiting: [of] },
      target({ deployment: of }),
      { type: 'approve', deployment: of.key, by: BOB },
      rules,
      facts({ shipped: shipped(), gatheredFor: { deploymentId: 12, live: shaOf(1) }, ...over }),
    );

  test('by enough people puts it into the queue', () => {
    expect([writesOf(yes()), recordsOf(yes())]).toEqual([['approve 12', 'approved 12'], ['approved']]);
    expect(effectsOf(yes())).toContain('start next');
    const two = { ...waiting, required: 2 };
    expect(writesOf(yes({}, onOne, policy, two))).toEqual(['approve 12']);
  });

  test.each<[string, Partial<Facts>, object]>([
    [
      'by an author of what ships',
      { shipped: shipped({ authors: [{ user: 'U0BOB', sha: shaOf(2) }] }) },
      { rule: 'author of what ships', commits: [shaOf(2)] },
    ],
    [
      'where Slack does not say whose e-mail it is',
      { shipped: shipped({ authors: 'not looked up' }) },
      { rule: 'not looked up', whom: 'slack' },
    ],
    ['where GitHub does not say what ships', { shipped: 'unavailable' }, { rule: 'not looked up', whom: 'github' }],
    [
      'where GitHub refuses to say it',
      { shipped: { refused: 'Not Found (404)' } },
      { rule: 'github refuses to compare', message: 'Not Found (404)' },
    ],
    [
      'of more than was asked for',
      { shipped: shipped({ shas: [shaOf(2), shaOf(3), shaOf(4)] }) },
      { rule: 'what ships has changed', why: 'it contains additional changes' },
    ],
  ])('%s is refused', (_, over, expected) => expect(refusal(yes(over))).toMatchObject(expected));

  test('by an author is taken where the config says so; an unmatched one is on the ledger', () => {
    const own = shipped({ authors: [{ user: 'U0BOB', sha: shaOf(2) }], unmatched: ['Zed'] });
    const rules = { ...policy, approvals: { ...policy.approvals, authors: true } };
    expect(accepted(yes({ shipped: own }, onOne, rules)).records[0]?.reason).toContain('Zed');
  });

  test('after production was rolled back meanwhile is refused, and asks anew for what would ship now', () => {
    const moved = yes({}, { ...onOne, moves: 5 });
    expect(refusal(moved)).toMatchObject({ why: 'production was rolled back or changed from outside' });
    expect('writes' in moved && moved.writes).toMatchObject([{ write: 'ask anew', basis: { moves: 5 } }]);
  });

  test('binds to what this person was shown, which may be less than was asked for', () => {
    const less = yes({ shipped: shipped({ shas: [shaOf(3)] }) });
    expect(accepted(less).writes[0]).toMatchObject({ basis: { shas: [shaOf(3)] } });
  });

  test('by facts that were counted from another SHA is asked again', () => {
    expect(yes({ gatheredFor: { deploymentId: 12, live: shaOf(9) } })).toEqual({ kind: 'ask again' });
  });
});

describe('right before the start', () => {
  const head = underWay('queued', 12, 3, { required: 1, basis, approvals: [{ user: 'U0BOB', at: secondsAgo(60) }] });
  const start = (over: Partial<Facts> = {}, at: Partial<ServiceState> = {}, rules = policy) =>
    decide(
      { ...onOne, queue: [head], ...at },
      target({ change: change(3) }),
      { type: 'start next', service: 'shop' },
      rules,
      facts({
        comparison: { status: 'ahead', aheadBy: 2 },
        onBranch: true,
        shipped: shipped(),
        approvers: new Map([['U0BOB', { is: 'granted' }]]),
        gatheredFor: { deploymentId: 12, live: shaOf(1) },
        ...over,
      }),
    );
  const denied = { is: 'denied', refusal: { rule: 'not an approver', service: 'shop', approvers: [] } } as const;

  test('what was approved starts', () => expect(writesOf(start())).toEqual(['dispatching 12']));
  test('also when less ships, because others shipped first', () =>
    expect(writesOf(start({ shipped: shipped({ shas: [shaOf(3)] }) }))).toEqual(['dispatching 12']));

  test.each<[string, Partial<Facts>, Partial<ServiceState>, string]>([
    [
      'more ships',
      { shipped: shipped({ shas: [shaOf(2), shaOf(3), shaOf(4)] }) },
      {},
      'it contains additional changes',
    ],
    ['production was rolled back', {}, { moves: 5 }, 'production was rolled back or changed from outside'],
    [
      'the approver left the group',
      { approvers: new Map([['U0BOB', denied]]) },
      {},
      'an approver may no longer approve',
    ],
    [
      'the approver is known as an author by now',
      { shipped: shipped({ authors: [{ user: 'U0BOB', sha: shaOf(2) }] }) },
      {},
      'an approver turned out to be an author',
    ],
  ])('the approvals are void when %s', (_, over, at, why) => {
    const decision = start(over, at);
    expect([writesOf(decision), recordsOf(decision)]).toEqual([['ask anew 12'], ['approvals void']]);
    expect(accepted(decision).writes[0]).toMatchObject({ why });
  });

  test('a rule that asks for more by now than when it was asked for voids what it had, and asks for as many', () => {
    const two = { ...policy, approvals: { ...policy.approvals, required: 2 } };
    const none = { ...head, required: 0, approvals: [], basis: null };
    for (const one of [head, none]) {
      const decision = start({}, { queue: [one] }, two);
      expect(accepted(decision).writes).toMatchObject([
        { write: 'ask anew', required: 2, why: 'more approvals are required now', basis },
      ]);
    }
  });

  test.each<[string, Partial<Facts>, string]>([
    [
      'Slack does not say whether the approver still may',
      { approvers: new Map([['U0BOB', { is: 'not looked up', retryAfterMs: null }]]) },
      'slack',
    ],
    ['GitHub does not say what ships', { shipped: 'unavailable' }, 'github'],
  ])('it waits while %s', (_, over, waitsFor) => expect(accepted(start(over)).writes[0]).toMatchObject({ waitsFor }));
});

describe('time', () => {
  const at = (minutes: number) =>
    underWay('waiting', 12, 3, {
      required: 1,
      expiresAt: secondsAgo(-minutes * 60),
      remindAt: secondsAgo(-(minutes - 60) * 60),
    });
  const passes = (deployment: ReturnType<typeof at>) =>
    decide(
      onOne,
      target({ deployment }),
      { type: 'time passed', service: 'shop', deploymentId: 12 },
      policy,
      facts({ now: NOW }),
    );

  test('reminds once at half of it, and expires at its end', () => {
    expect(passes(at(61)).kind).toBe('nothing');
    expect([writesOf(passes(at(60))), effectsOf(passes(at(60)))]).toEqual([['reminded 12'], ['remind 12']]);
    expect(passes({ ...at(60), remindAt: null }).kind).toBe('nothing');
    expect(accepted(passes(at(0))).writes[0]).toMatchObject({ status: 'expired', reason: 'approvals missing: 0 of 1' });
  });
});
