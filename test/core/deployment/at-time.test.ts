import type { Press } from '../../../src/core/command.js';
import { decide } from '../../../src/core/decide.js';
import type { Facts } from '../../../src/core/facts.js';
import type { ServiceState } from '../../../src/core/service/service.js';
import {
  ALICE,
  accepted,
  BOB,
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

const HOUR = 3_600;
const live1 = ended('live', 10, 1);
const onOne = state({ live: knownLive(live1, secondsAgo(60)), lastSent: live1, lastSentAt: secondsAgo(300) });
const inSeconds = (seconds: number) => secondsAgo(-seconds);
const later = underWay('queued', 12, 3, { startAt: inSeconds(HOUR) });
const press = (over: Partial<Extract<Press, { type: 'deploy' }>> = {}): Press => ({
  ...{ type: 'deploy', change: 'change-3', from: 'command', by: BOB },
  ...over,
});
const pressAt = (startAt: Date): Press => ({
  ...{ type: 'deploy at', change: 'change-3', from: 'command', by: BOB },
  startAt: startAt.toISOString(),
});
const deploy = (asked: Press, of: Partial<Parameters<typeof target>[0]> = {}, known: Partial<Facts> = {}, at = onOne) =>
  decide(
    at,
    target({ change: change(3), ...of }),
    asked,
    POLICY,
    facts({ comparison: { status: 'ahead', aheadBy: 1 }, ...known }),
  );
const frozenNow = { lock: { by: 'U0CY', reason: 'Fair', since: secondsAgo(60), until: null, nudgedAt: null } };

describe('a Deploy for a time', () => {
  test('is queued with it, also while a gate is shut', () => {
    const startAt = inSeconds(HOUR);
    for (const at of [onOne, { ...onOne, ...frozenNow }]) {
      const decision = deploy(pressAt(startAt), {}, {}, at);
      expect(accepted(decision).writes).toMatchObject([{ write: 'add deployment', startAt }]);
      expect(accepted(decision).records).toMatchObject([{ detail: { start_at: startAt.toISOString() } }]);
    }
  });
  test.each([
    ['seven days ahead', 7 * 24 * HOUR, null],
    ['a minute further', 7 * 24 * HOUR + 60, 'too far ahead'],
    ['that has just come', -1, null],
    ['an hour ago', -HOUR, null],
    ['more than an hour ago', -HOUR - 1, 'time is over'],
  ])('for a time %s', (_, seconds, rule) => {
    const decision = deploy(pressAt(inSeconds(seconds)));
    if (rule) expect(refusal(decision)).toMatchObject({ rule, at: inSeconds(seconds) });
    else expect(writesOf(decision)).toEqual(['add deploy of 3']);
  });
  test('of more changes than allowed asks, and the confirmation keeps its time', () => {
    const policy = { ...POLICY, maxChanges: 2 };
    const startAt = inSeconds(HOUR);
    const many = facts({ comparison: { status: 'ahead', aheadBy: 5 } });
    const on = target({ change: change(3) });
    const asked = decide(onOne, on, pressAt(startAt), policy, many);
    expect(refusal(asked)).toMatchObject({ rule: 'too many changes', at: startAt });
    expect(asked).toMatchObject({ writes: [{ write: 'ask to confirm', changes: 5, startAt }] });
    const confirmed = decide(onOne, on, press({ all: true }), policy, { ...many, confirmed: 5, askedFor: startAt });
    expect(accepted(confirmed).writes).toMatchObject([{ write: 'add deployment', startAt, confirmed: 5 }]);
  });
});

describe('a Deploy of one that waits for its time', () => {
  const on = { underWay: later };
  const at = { ...onOne, scheduled: [later] };
  test('brings it forward', () => {
    const decision = deploy(press({ from: 'card' }), on, {}, at);
    expect(accepted(decision).writes).toEqual([
      { write: 'move start', deploymentId: 12, startAt: null, confirmed: null },
    ]);
    expect(recordsOf(decision)).toEqual(['brought forward']);
    expect(effectsOf(decision)).toContain('start next');
  });
  test('with another time moves it', () => {
    const startAt = inSeconds(2 * HOUR);
    const decision = deploy(pressAt(startAt), on, {}, at);
    expect(accepted(decision).writes).toMatchObject([{ write: 'move start', startAt }]);
    expect(accepted(decision).records).toMatchObject([
      { kind: 'time changed', actor: 'U0BOB', detail: { was_to_start_at: later.startAt?.toISOString() } },
    ]);
  });
  test('is asked every rule', () => {
    expect(refusal(deploy(press(), on, {}, { ...at, ...frozenNow })).rule).toBe('locked');
    expect(refusal(deploy(press(), on, { comparison: { status: 'behind', aheadBy: 0 } }, at)).rule).toBe(
      'behind what is live',
    );
    expect(refusal(deploy(press(), on, { permission: { is: 'not looked up', retryAfterMs: null } }, at)).rule).toBe(
      'not looked up',
    );
  });
  test('breaks the glass in its place', () => {
    expect(writesOf(deploy(press({ override: 'Fire' }), on, {}, at))).toEqual([
      'end 12 as withdrawn',
      'add deploy of 3',
    ]);
  });
  test('merges once its time has come', () => {
    expect(deploy(press(), { underWay: { ...later, startAt: NOW } }).kind).toBe('merged');
  });
});

test('a rollback takes the place of one of the same commit that waits for its time', () => {
  const before = ended('live', 9, 3);
  const at = { ...onOne, beforeLive: before, scheduled: [later] };
  const decision = decide(at, target(), { type: 'roll back service', service: 'shop', by: ALICE }, POLICY, facts());
  expect(writesOf(decision)).toEqual(['end 12 as withdrawn', 'add roll back of 3']);
});

describe('the start', () => {
  const start = (at: ServiceState, known: Facts = facts()) =>
    decide(at, target({ change: change(3) }), { type: 'start next', service: 'shop' }, POLICY, known);
  const come = (id: number, of: number, secondsBefore: number) =>
    underWay('queued', id, of, { startAt: secondsAgo(secondsBefore), queuedAt: secondsAgo(secondsBefore + HOUR) });

  test('sends nothing before the time, and comes back then', () => {
    const decision = start({ ...onOne, scheduled: [later] });
    expect([writesOf(decision), effectsOf(decision)]).toEqual([[], ['start next in 3600 s']]);
  });
  test('does not forget the time because of what runs or waits', () => {
    const running = start({ ...onOne, active: underWay('deploying', 11, 2), scheduled: [later] });
    expect(effectsOf(running)).toEqual(['start next in 3600 s']);
    const until = inSeconds(2 * HOUR);
    const limited = underWay('queued', 13, 4, { notBefore: until, waitsFor: 'github rate limit' });
    expect(effectsOf(start({ ...onOne, queue: [limited], scheduled: [later] }))).toEqual(['start next in 3600 s']);
  });
  test('is not put off beyond the time by what GitHub answers', () => {
    const sending = underWay('dispatching', 11, 2, { sentAt: NOW });
    const answer = { is: 'rate limited', retryAfterMs: 7_200_000 } as const;
    const answered = decide(
      { ...onOne, active: sending, scheduled: [later] },
      target({ deployment: sending }),
      { type: 'dispatch answered', service: 'shop', deploymentId: 11, answer },
      POLICY,
      facts(),
    );
    expect(effectsOf(answered)).toContain('start next in 3600 s');
  });
  test('notices first that the time has come', () => {
    const decision = start({ ...onOne, queue: [come(12, 3, 0)] });
    expect([writesOf(decision), recordsOf(decision)]).toEqual([['time came 12'], ['time came']]);
    expect(effectsOf(decision)).toContain('start next');
  });
  test('says what goes before it', () => {
    const decision = start({ ...onOne, active: underWay('deploying', 11, 2), queue: [come(12, 3, 0)] });
    expect(accepted(decision).records).toMatchObject([
      { kind: 'time came' },
      { kind: 'waits', reason: `its turn, after ${shaOf(2).slice(0, 7)}` },
    ]);
  });
  test('up to an hour after the time goes on; later it ends as expired, and its requester is told', () => {
    expect(writesOf(start({ ...onOne, queue: [come(12, 3, HOUR)] }))).toEqual(['time came 12']);
    const missed = start({ ...onOne, queue: [come(12, 3, HOUR + 1), come(13, 4, 60)] });
    expect(writesOf(missed)).toEqual(['end 12 as expired', 'time came 13']);
    expect(effectsOf(missed)).toContain('tell');
  });
  test('does not count the time for which it waited after it had been noticed, or for approval', () => {
    const noticed = { ...come(12, 3, 5 * HOUR), cameAt: secondsAgo(5 * HOUR) };
    const approved = { ...come(12, 3, 5 * HOUR), queuedAt: secondsAgo(10) };
    const known = facts({
      gatheredFor: { deploymentId: 12, live: shaOf(1) },
      onBranch: true,
      comparison: { status: 'ahead', aheadBy: 1 },
    });
    for (const one of [noticed, approved])
      expect(writesOf(start({ ...onOne, queue: [one] }, known))).toEqual(['dispatching 12']);
  });
});
