import type { Deployment, Of } from '../../../src/core/deployment/deployment.js';
import { paceFor, paceOf } from '../../../src/core/service/pace.js';
import { ended, NOW, secondsAgo, shaOf, underWay } from '../given.js';

const HALF_AN_HOUR = { everyMs: 1_800_000 };
const sent = (lastSent: Deployment | null, secondsBefore = 600) => ({
  lastSent,
  lastSentAt: lastSent && secondsAgo(secondsBefore),
});
const inSeconds = (date: Date | undefined) => (date ? (date.getTime() - NOW.getTime()) / 1_000 : null);

test.each<[what: string, ReturnType<typeof sent>, seconds: number | null]>([
  ['nothing was sent', sent(null), null],
  ['one is live', sent(ended('live', 1, 1)), 1_200],
  ['one is running', sent(underWay('deploying', 1, 1)), 1_200],
  ['one failed', sent(ended('failed', 1, 1)), 1_200],
  ['one was cancelled', sent(ended('cancelled', 1, 1)), 1_200],
  ['one was lost', sent(ended('lost', 1, 1)), 1_200],
  ['it was a rollback', sent(ended('live', 1, 1, { kind: 'roll back' })), 1_200],
  ['it broke the glass', sent(ended('live', 1, 1, { override: 'Fire' })), 1_200],
  ['GitHub refused the start', sent(ended('failed', 1, 1, { run: null })), null],
  ['GitHub refused a rollback', sent(ended('failed', 1, 1, { run: null, kind: 'roll back' })), 1_200],
  ['a second is missing', sent(ended('live', 1, 1), 1_799), 1],
  ['it is over to the second', sent(ended('live', 1, 1), 1_800), null],
  ['the clock was put back', sent(ended('live', 1, 1), -86_400), 1_800],
])('%s', (_, state, seconds) => {
  const pace = paceOf(state, HALF_AN_HOUR, NOW);
  expect(inSeconds(pace?.until)).toBe(seconds);
  if (pace) expect(pace).toMatchObject({ after: shaOf(1), everyMs: 1_800_000 });
  expect(paceOf(state, {}, NOW)).toBeNull();
});

test('it is kept by Deploy and Retry, not by Roll back and break glass', () => {
  const state = sent(ended('live', 1, 1));
  const until = (over: Partial<Deployment>) =>
    inSeconds(paceFor(state, underWay('queued', 2, 2, over as object), HALF_AN_HOUR, NOW)?.until);
  expect([until({}), until({ kind: 'retry' })]).toEqual([1_200, 1_200]);
  expect([until({ kind: 'roll back' }), until({ override: 'Fire' })]).toEqual([null, null]);
});

test('the stages of one deployment keep no pace between them', () => {
  const baking = { ...underWay('queued', 1, 1), status: 'baking' } as unknown as Of<'baking'>;
  expect(paceFor(sent(baking), baking, HALF_AN_HOUR, NOW)).toBeNull();
  expect(inSeconds(paceFor(sent(baking), underWay('queued', 2, 2), HALF_AN_HOUR, NOW)?.until)).toBe(1_200);
});

test('once it waits while the clock is put back, it waits no longer than the pace in all', () => {
  const gated = { gate: 'paced', by: null, reason: '', since: secondsAgo(1_500), until: null } as const;
  const head = underWay('queued', 2, 2, { gated });
  expect(inSeconds(paceFor(sent(ended('live', 1, 1), -86_400), head, HALF_AN_HOUR, NOW)?.until)).toBe(300);
  // With a clock that goes forward, a rollback that passed it counts.
  expect(inSeconds(paceFor(sent(ended('live', 1, 1), 60), head, HALF_AN_HOUR, NOW)?.until)).toBe(1_740);
});
