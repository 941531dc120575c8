import type { Refusal } from '../../../src/core/refusal.js';
import { reviveRefusal } from '../../../src/core/refusal.js';
import {
  aheadOfLive,
  first,
  newestPassed,
  notLiveYet,
  onBranch,
  passedStaging,
  permitted,
  reasonOf,
} from '../../../src/core/service/policy.js';
import { lastKnownLive, liveSha, rollBackTarget, supersedes } from '../../../src/core/service/service.js';
import { change, ended, knownLive, NOW, outside, refTo, secondsAgo, shaOf, state, underWay } from '../given.js';

const live1 = state({ live: knownLive(ended('live', 10, 1), secondsAgo(900)) });

test.each<[string, Parameters<typeof permitted>[0], Refusal | null]>([
  ['granted', { is: 'granted' }, null],
  [
    'denied',
    { is: 'denied', refusal: { rule: 'not a deployer', service: 'shop', deployers: ['U0ALICE'] } },
    { rule: 'not a deployer', service: 'shop', deployers: ['U0ALICE'] },
  ],
  ['not looked up', { is: 'not looked up', retryAfterMs: null }, { rule: 'not looked up', whom: 'slack' }],
  [
    'not looked up for a limit',
    { is: 'not looked up', retryAfterMs: 9 },
    { rule: 'not looked up', whom: 'slack', retryAfterMs: 9 },
  ],
  ['never asked', undefined, { rule: 'not looked up', whom: 'slack' }],
])('permission %s', (_, permission, expected) => expect(permitted(permission)).toEqual(expected));

test('only what passed staging is released, and the refusal leads to the run', () => {
  const at = new Date('2026-11-23T12:00:00Z');
  expect(passedStaging(change(1), {}, at)).toBeNull();
  for (const status of ['running', 'failed'] as const) {
    expect(passedStaging(change(1, { status }), {}, at)).toEqual({
      rule: 'not passed staging',
      sha: shaOf(1),
      staging: status,
      url: 'https://github.test/runs/101',
    });
  }
});

test("a card's Deploy is for the newest that passed", () => {
  const newest = state({ newestPassed: refTo(2) });
  expect(newestPassed(newest, change(2))).toBeNull();
  expect(newestPassed(newest, change(3))).toBeNull();
  expect(newestPassed(state(), change(1))).toBeNull();
  expect(newestPassed(newest, change(1))).toEqual({
    rule: 'superseded',
    service: 'shop',
    sha: shaOf(1),
    by: refTo(2),
  });
});

test('what is live is not deployed again', () => {
  expect(notLiveYet(live1, shaOf(2))).toBeNull();
  expect(notLiveYet(state(), shaOf(1))).toBeNull();
  const unsure = state({ live: { is: 'outside', run: outside(7), before: ended('live', 10, 1) } });
  expect(notLiveYet(unsure, shaOf(1))).toBeNull();
  expect(notLiveYet(live1, shaOf(1))).toEqual({
    rule: 'already live',
    sha: shaOf(1),
    since: secondsAgo(900),
    by: 'U0ALICE',
  });
});

test.each([
  ['ahead', null],
  ['behind', 'behind what is live'],
  ['diverged', 'diverged from what is live'],
] as const)('a commit that is %s', (status, rule) => {
  const refusal = aheadOfLive(live1, shaOf(2), { status, aheadBy: 0 }, false);
  const broken = aheadOfLive(live1, shaOf(2), { status, aheadBy: 0 }, true);
  expect(broken).toEqual(status === 'diverged' ? null : refusal);
  expect(refusal).toEqual(rule && expect.objectContaining({ rule, sha: shaOf(2), live: shaOf(1) }));
  expect(aheadOfLive(state(), shaOf(2), { status, aheadBy: 0 }, false)).toBeNull();
});
test('a commit that is identical is live already; one that could not be compared is not refused here', () => {
  expect(aheadOfLive(live1, shaOf(1), { status: 'identical', aheadBy: 0 }, false)).toMatchObject({
    rule: 'already live',
  });
  expect(aheadOfLive(live1, shaOf(2), null, false)).toBeNull();
});

test('a commit that left its branch is refused by name', () => {
  expect(onBranch(shaOf(1), 'main', true)).toBeNull();
  expect(onBranch(shaOf(1), 'main', 'unavailable')).toBeNull();
  expect(onBranch(shaOf(1), 'main', undefined)).toBeNull();
  expect(onBranch(shaOf(1), 'main', false)).toEqual({ rule: 'not on the branch', sha: shaOf(1), branch: 'main' });
});

test('the first refusal is the one that is told, and the ledger names rule and commit', () => {
  const stranger: Refusal = { rule: 'not a full member', why: 'stranger' };
  expect(first(null, stranger, onBranch(shaOf(1), 'main', false))).toBe(stranger);
  expect(first(null, null)).toBeNull();
  expect(reasonOf(stranger)).toBe('not a full member');
  expect(reasonOf({ rule: 'not on the branch', sha: shaOf(1), branch: 'main' })).toBe('not on the branch: aaaaaaa');
});

test('a refusal comes back from JSON with its moments as dates', () => {
  const all: Refusal[] = [
    { rule: 'already live', sha: shaOf(1), since: NOW, by: 'U0ALICE' },
    { rule: 'wrong state', what: 'cancel', sha: shaOf(1), status: 'live', by: null, at: NOW },
    { rule: 'wrong state', what: 'cancel', sha: shaOf(1), status: 'queued', by: 'U0BOB', at: null },
    { rule: 'unknown button' },
  ];
  for (const one of all) expect(reviveRefusal(JSON.parse(JSON.stringify(one)))).toEqual(one);
});

const [one, two] = [ended('live', 10, 1), ended('live', 11, 2, { replaced: 10 })];
const known = knownLive(two, NOW);
test.each([
  ['nothing was ever live', state(), null],
  ['the first is live', state({ live: { ...known, deployment: one }, lastSent: one }), null],
  ['the second is live', state({ live: known, lastSent: two, beforeLive: one }), 10],
  ['a third failed after it', state({ live: known, lastSent: ended('failed', 12, 3), beforeLive: one }), 11],
  ['a third was cancelled after it', state({ live: known, lastSent: ended('cancelled', 12, 3), beforeLive: one }), 11],
  ['a third was lost after it', state({ live: known, lastSent: ended('lost', 12, 3), beforeLive: one }), 11],
  ['the first ever failed', state({ lastSent: ended('failed', 12, 3) }), null],
  ['a third is under way', state({ live: known, lastSent: underWay('deploying', 12, 3), beforeLive: one }), 10],
  ['a run outside came', state({ live: { is: 'outside', run: outside(7), before: two }, lastSent: two }), 11],
  ['only a run outside came', state({ live: { is: 'outside', run: outside(7), before: null } }), null],
  [
    'what is live was deployed again and failed',
    state({ live: known, lastSent: ended('failed', 12, 2), beforeLive: one }),
    10,
  ],
  [
    'the last failed, and its re-run in GitHub made it live',
    state({
      live: { ...known, deployment: ended('failed', 12, 3) },
      lastSent: ended('failed', 12, 3),
      beforeLive: two,
    }),
    11,
  ],
])('%s: rollback by the service leads to what was live before, or is live still', (_, at, expected) => {
  expect(rollBackTarget(at, null)?.id ?? null).toBe(expected);
  // From the card of the last one it is the same.
  expect(rollBackTarget(at, at.lastSent)?.id ?? null).toBe(expected);
});
test('from the card that is live, roll back never leads to itself', () => {
  for (const status of ['failed', 'cancelled', 'lost'] as const) {
    const at = state({ live: known, lastSent: ended(status, 12, 3), beforeLive: one });
    expect(rollBackTarget(at, two)?.id).toBe(10);
  }
});
test('after a roll back that came to nothing, rollback leads to where that was to lead, not to what is broken', () => {
  for (const status of ['failed', 'cancelled', 'lost'] as const) {
    const lastSent = { ...ended(status, 12, 1), kind: 'roll back' as const };
    const at = state({ live: known, lastSent, beforeLive: one });
    expect([rollBackTarget(at, null)?.id, rollBackTarget(at, lastSent)?.id]).toEqual([10, 10]);
  }
});

test('named once more, a roll back to what was live still leads there, and not further back', () => {
  const lastSent = { ...ended('failed', 12, 2), kind: 'roll back' as const, restores: 11 };
  const at = state({ live: known, lastSent, beforeLive: one });
  expect(rollBackTarget(at, null)?.id).toBe(11);
  // On its own card that is Retry.
  expect(rollBackTarget(at, lastSent)?.id).toBe(10);
});
test('nothing leads to what was marked bad', () => {
  const bad = { beforeLive: one, liveIsBad: true };
  const failed = ended('failed', 12, 3);
  expect(rollBackTarget(state({ live: known, lastSent: failed, ...bad }), null)?.id).toBe(10);
  expect(rollBackTarget(state({ live: known, lastSent: failed, ...bad }), failed)?.id).toBe(10);
  expect(rollBackTarget(state({ live: known, lastSent: two, ...bad }), two)?.id).toBe(10);
  const back = { ...ended('failed', 12, 2), kind: 'roll back' as const, restores: 11 };
  expect(rollBackTarget(state({ live: known, lastSent: back, ...bad }), null)?.id).toBe(10);
  const unsure = { is: 'outside', run: outside(7), before: two } as const;
  expect(rollBackTarget(state({ live: unsure, lastSent: two, ...bad }), null)?.id).toBe(10);
});

test('what is live is known, or last known, or nothing', () => {
  expect([liveSha(state()), lastKnownLive(state())]).toEqual([null, null]);
  expect([liveSha(live1), lastKnownLive(live1)?.id]).toEqual([shaOf(1), 10]);
  const unsure = state({ live: { is: 'outside', run: outside(7), before: two } });
  expect([liveSha(unsure), lastKnownLive(unsure)?.id]).toEqual([null, 11]);
  expect([supersedes(null, change(1)), supersedes(refTo(1), change(1)), supersedes(refTo(2), change(1))]).toEqual([
    false,
    false,
    true,
  ]);
});
