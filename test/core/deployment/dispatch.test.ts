import { decide } from '../../../src/core/decide.js';
import { NOTHING } from '../../../src/core/decision.js';
import type { Of, WaitsFor } from '../../../src/core/deployment/deployment.js';
import type { Facts } from '../../../src/core/facts.js';
import { lostBeforeHead, type ServiceState } from '../../../src/core/service/service.js';
import {
  accepted,
  change,
  effectsOf,
  ended,
  facts,
  knownLive,
  NOW,
  outside,
  POLICY,
  recordsOf,
  run,
  secondsAgo,
  shaOf,
  state,
  target,
  type UnderWay,
  underWay,
  writesOf,
} from '../given.js';

const live1 = ended('live', 10, 1);
const onOne = state({ live: knownLive(live1, secondsAgo(60)), lastSent: live1 });
const head = underWay('queued', 12, 3);
const asked = (over: Partial<Facts> = {}): Facts =>
  facts({
    gatheredFor: { deploymentId: 12, live: shaOf(1) },
    onBranch: true,
    comparison: { status: 'ahead', aheadBy: 1 },
    ...over,
  });
const next = (at: ServiceState, known: Facts, of = change(3)) =>
  decide(at, target({ change: of }), { type: 'start next', service: 'shop' }, POLICY, known);
const ready = { ...onOne, queue: [head, underWay('queued', 13, 4)] };

test('the head of the queue is sent, and no other', () => {
  const decision = next(ready, asked());
  expect([writesOf(decision), recordsOf(decision)]).toEqual([['dispatching 12'], ['dispatching']]);
  expect(effectsOf(decision)).toEqual(['dispatch 12', 'redraw 3', 'redraw service']);
});

test('what deploys itself never starts over a live state that is not known; what a person asked for does', () => {
  const policy = { ...POLICY, mode: 'continuous' as const };
  const start = (requestedBy: string) =>
    decide(
      { ...ready, live: { is: 'outside', run: outside(7), before: null }, queue: [{ ...head, requestedBy }] },
      target({ change: change(3) }),
      { type: 'start next', service: 'shop' },
      policy,
      asked({ gatheredFor: { deploymentId: 12, live: null }, comparison: null }),
    );
  expect(writesOf(start('pushbutton'))).toEqual(['end 12 as rejected']);
  expect(writesOf(start('U0ALICE'))).toEqual(['dispatching 12']);
});

const lost = ended('lost', 11, 2, { endedAt: secondsAgo(60) });
test.each<[string, Partial<ServiceState>, number | null]>([
  ['was lost a minute ago', { lastSent: lost }, 11],
  ['was lost almost an hour ago', { lastSent: { ...lost, endedAt: secondsAgo(3_599) } }, 11],
  ['was lost an hour ago', { lastSent: { ...lost, endedAt: secondsAgo(3_600) } }, null],
  ['was lost, with nothing to send after it', { lastSent: lost, queue: [] }, null],
  ['was given up, and its run is known', { lastSent: { ...lost, run: run(7), endedBy: 'U0BOB' } }, null],
  ['went live', { lastSent: live1 }, null],
  ['runs', { lastSent: underWay('deploying', 11, 2) }, null],
  ['was never sent', { lastSent: null }, null],
])('what was sent last and %s', (_, over, id) => {
  expect(lostBeforeHead({ ...ready, readAt: NOW, ...over })?.id ?? null).toBe(id);
});

test.each<UnderWay>(['dispatching', 'unknown', 'deploying', 'hung'])(
  'nothing is sent beside one that is %s',
  (status) => {
    expect(next({ ...ready, active: underWay(status, 11, 2) }, asked())).toBe(NOTHING);
  },
);
test('an empty queue, and one that waits, send nothing', () => {
  expect(next(onOne, asked())).toBe(NOTHING);
  expect(next({ ...onOne, waiting: [underWay('waiting', 12, 3)] }, asked())).toBe(NOTHING);
});

test.each<[string, Facts['gatheredFor']]>([
  ['for another deployment', { deploymentId: 13, live: shaOf(1) }],
  ['while something else was live', { deploymentId: 12, live: shaOf(2) }],
  ['while nothing was known live', { deploymentId: 12, live: null }],
  ['while nothing could be sent', null],
  ['never', undefined],
])('facts that were gathered %s are gathered again', (_, gatheredFor) => {
  const { gatheredFor: __, ...known } = asked();
  expect(next(ready, gatheredFor === undefined ? known : { ...known, gatheredFor })).toEqual({ kind: 'ask again' });
});

test('a time before which GitHub takes nothing is waited for', () => {
  const at = { ...onOne, queue: [{ ...head, notBefore: secondsAgo(-30) }] };
  expect([writesOf(next(at, asked())), effectsOf(next(at, asked()))]).toEqual([[], ['start next in 30 s']]);
  expect(writesOf(next({ ...onOne, queue: [{ ...head, notBefore: NOW }] }, asked()))).toEqual(['dispatching 12']);
});

const denied = { is: 'denied', refusal: { rule: 'not a deployer', service: 'shop', deployers: [] } } as const;
test.each<[string, Facts, ReturnType<typeof change>, string]>([
  ['the permission was taken away', asked({ permission: denied }), change(3), 'not a deployer'],
  ['the commit left the branch', asked({ onBranch: false }), change(3), 'not on the branch: aaaaaaa'],
  ['staging fails now', asked(), change(3, { status: 'failed' }), 'not passed staging: aaaaaaa'],
  ['staging runs again', asked(), change(3, { status: 'running' }), 'not passed staging: aaaaaaa'],
  [
    'production is further by now',
    asked({ comparison: { status: 'behind', aheadBy: 0 } }),
    change(3),
    'behind what is live: aaaaaaa',
  ],
  [
    'the branch was rewritten',
    asked({ comparison: { status: 'diverged', aheadBy: 2 } }),
    change(3),
    'diverged from what is live: aaaaaaa',
  ],
])('when %s, it is rejected with the reason and the next one has its turn', (_, known, of, reason) => {
  const decision = next(ready, known, of);
  expect(accepted(decision).writes).toEqual([{ write: 'end', deploymentId: 12, status: 'rejected', reason }]);
  expect(effectsOf(decision)).toContain('start next');
});
test('what is live by now is rejected', () => {
  const at = { ...ready, live: knownLive(ended('live', 9, 3), NOW) } as const;
  const known = asked({ gatheredFor: { deploymentId: 12, live: shaOf(3) }, comparison: null });
  expect(accepted(next(at, known)).writes[0]).toMatchObject({ reason: 'already live: aaaaaaa' });
});
test('a roll back goes back: it needs no green staging and is compared with nothing, but permission and branch', () => {
  const back = { ...head, kind: 'roll back', restores: 9 } as const;
  const at = { ...onOne, queue: [back] };
  const red = change(3, { status: 'failed' });
  expect(writesOf(next(at, asked({ comparison: { status: 'behind', aheadBy: 0 } }), red))).toEqual(['dispatching 12']);
  expect(writesOf(next(at, asked({ permission: denied }), red))).toEqual(['end 12 as rejected']);
  expect(writesOf(next(at, asked({ onBranch: false }), red))).toEqual(['end 12 as rejected']);
});
test('a roll back to a change that was marked bad is rejected, and who asked is told who marked it', () => {
  const back = { ...head, kind: 'roll back', restores: 9 } as const;
  const hold = { by: 'U0BOB', reason: 'Corrupts baskets', at: secondsAgo(60) };
  const decision = next({ ...onOne, queue: [back] }, asked(), { ...change(3), hold });
  expect(writesOf(decision)).toEqual(['end 12 as rejected']);
  expect(accepted(decision).effects).toContainEqual(
    expect.objectContaining({ effect: 'tell', refusal: expect.objectContaining({ rule: 'held', by: 'U0BOB' }) }),
  );
});
test('more than max_changes by now is rejected, with no button in the answer: nobody waits for it', () => {
  const policy = { ...POLICY, maxChanges: 2 };
  const decision = decide(
    ready,
    target({ change: change(3) }),
    { type: 'start next', service: 'shop' },
    policy,
    asked({ comparison: { status: 'ahead', aheadBy: 3 } }),
  );
  expect(accepted(decision).effects).toContainEqual(
    expect.objectContaining({ effect: 'tell', refusal: expect.objectContaining({ count: 3, most: 2, change: null }) }),
  );
});

test.each<[string, Partial<Facts>, number, WaitsFor]>([
  ['Slack', { permission: { is: 'not looked up', retryAfterMs: null } }, 5, 'slack'],
  ['Slack, for a while', { permission: { is: 'not looked up', retryAfterMs: 30_000 } }, 30, 'slack'],
  ['Slack, for a moment', { permission: { is: 'not looked up', retryAfterMs: 1_000 } }, 5, 'slack'],
  ['GitHub for the branch', { onBranch: 'unavailable' }, 5, 'github'],
  ['GitHub for the comparison', { comparison: 'unavailable' }, 5, 'github'],
  ['GitHub, which limits its rate', { comparison: { retryAfterMs: 40_000 } }, 40, 'github rate limit'],
  [
    'GitHub, which limits both',
    { onBranch: { retryAfterMs: 9_000 }, comparison: 'unavailable' },
    9,
    'github rate limit',
  ],
  ['GitHub, which fails', { onBranch: { failed: 502 } }, 5, { githubFails: 502 }],
  ['GitHub, which refuses', { onBranch: { refused: 'No (403)' } }, 5, { githubRefuses: 'No (403)' }],
  [
    'GitHub, which refuses one of two',
    { onBranch: 'unavailable', comparison: { refused: 'No (404)' } },
    5,
    { githubRefuses: 'No (404)' },
  ],
])('without an answer of %s it waits, says so once, and is never sent', (_, known, seconds, waitsFor) => {
  const notBefore = secondsAgo(-seconds);
  const decision = next(ready, asked(known));
  expect(accepted(decision).writes).toEqual([{ write: 'queue again', deploymentId: 12, notBefore, waitsFor }]);
  expect(recordsOf(decision)).toEqual(['waits']);
  expect(effectsOf(decision)).toEqual([`start next in ${seconds} s`, 'redraw 3']);
  const again = next({ ...onOne, queue: [{ ...head, waitsFor } as Of<'queued'>] }, asked(known));
  expect([recordsOf(again), effectsOf(again)]).toEqual([[], [`start next in ${seconds} s`]]);
});
test('in an outage, that GitHub fails in another way than before is no news', () => {
  const waits = { ...head, waitsFor: { githubFails: 502 } } as Of<'queued'>;
  for (const onBranch of [{ failed: 503 }, 'unavailable'] as const)
    expect(recordsOf(next({ ...onOne, queue: [waits] }, asked({ onBranch })))).toEqual([]);
});
test('what GitHub refuses for five minutes is rejected in its own words, and who asked is told', () => {
  const refusing = (seconds: number): ServiceState => ({
    ...onOne,
    queue: [{ ...head, waitsFor: { githubRefuses: 'No (403)' }, refusedSince: secondsAgo(seconds) }],
  });
  const known = asked({ onBranch: { refused: 'No (403)' } });
  expect(writesOf(next(refusing(300), known))).toEqual(['queue again 12']);
  const decision = accepted(next(refusing(301), known));
  expect(decision.writes[0]).toMatchObject({ status: 'rejected', reason: 'GitHub refuses: No (403)' });
  const refusal = { rule: 'github refuses to compare', service: 'shop', sha: shaOf(3), message: 'No (403)' };
  expect(decision.effects).toContainEqual({ effect: 'tell', user: 'U0ALICE', refusal });
  // Silence is no refusal, and an answer starts it.
  expect(writesOf(next(refusing(301), asked({ onBranch: 'unavailable' })))).toEqual(['queue again 12']);
  expect(writesOf(next(refusing(301), asked()))).toEqual(['dispatching 12']);
});
test('a gate that shuts while GitHub asks for time takes none of that time away', () => {
  const notBefore = secondsAgo(-600);
  const lock = { by: 'U0ALICE', reason: 'Fair', since: NOW, until: null, nudgedAt: null };
  const limited = { ...head, waitsFor: 'github rate limit', notBefore } as const;
  const shut = next({ ...onOne, lock, queue: [limited] }, asked());
  expect(accepted(shut).writes).toMatchObject([{ write: 'queue again', notBefore, waitsFor: 'locked' }]);
  const gated = { gate: 'locked', by: 'U0ALICE', reason: 'Fair', since: secondsAgo(60), until: null } as const;
  const opened = next({ ...onOne, queue: [{ ...limited, waitsFor: 'locked', gated }] }, asked());
  expect(accepted(opened).writes).toMatchObject([{ write: 'queue again', notBefore, waitsFor: 'github rate limit' }]);
  expect(effectsOf(opened)).toEqual(['start next in 600 s', 'redraw 3', 'redraw service']);
  const limitedStill = next({ ...onOne, queue: [{ ...limited, gated: { ...gated, until: NOW } }] }, asked());
  expect(accepted(limitedStill).writes).toEqual([]);
});
test('after two hours of waiting for an answer it expires instead of starting out of the blue', () => {
  const waiting = (seconds: number): ServiceState => ({
    ...onOne,
    queue: [{ ...head, requestedAt: secondsAgo(90_000), waitsFor: 'github', waitsSince: secondsAgo(seconds) }],
  });
  const known = asked({ onBranch: 'unavailable' });
  expect(writesOf(next(waiting(7_200), known))).toEqual(['queue again 12']);
  expect(accepted(next(waiting(7_201), known)).writes[0]).toMatchObject({
    status: 'expired',
    reason: 'no answer from github',
  });
  expect(writesOf(next(waiting(7_201), asked()))).toEqual(['dispatching 12']);
  // Hours at a gate are no silence: that begins when the gate opens.
  const gated = { gate: 'locked', by: 'U0ALICE', reason: 'Fair', since: secondsAgo(9_000), until: null } as const;
  const opened = { ...head, waitsFor: 'locked', waitsSince: secondsAgo(9_000), gated } as const;
  expect(writesOf(next({ ...onOne, queue: [opened] }, known))).toEqual(['queue again 12']);
  // A long time in the queue behind others is no waiting for an answer.
  const queued = { ...onOne, queue: [{ ...head, requestedAt: secondsAgo(90_000) }] };
  expect(writesOf(next(queued, known))).toEqual(['queue again 12']);
});
