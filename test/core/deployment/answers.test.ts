import type { DispatchAnswer } from '../../../src/core/command.js';
import { decide } from '../../../src/core/decide.js';
import { NOTHING } from '../../../src/core/decision.js';
import type { Of } from '../../../src/core/deployment/deployment.js';
import {
  accepted,
  effectsOf,
  ended,
  facts,
  knownLive,
  NOW,
  POLICY,
  secondsAgo,
  state,
  target,
  type UnderWay,
  underWay,
  writesOf,
} from '../given.js';

/** What GitHub answers to a start, and what is found of one without an answer. */

const live1 = ended('live', 10, 1);
const onOne = state({ live: knownLive(live1, secondsAgo(60)), lastSent: live1 });

const answered = (answer: DispatchAnswer, status: UnderWay = 'dispatching') =>
  decide(
    onOne,
    target({ deployment: underWay(status, 12, 3) }),
    { type: 'dispatch answered', service: 'shop', deploymentId: 12, answer },
    POLICY,
    facts(),
  );
const answers: DispatchAnswer[] = [
  { is: 'accepted', runId: 77, url: 'https://github.test/runs/77' },
  { is: 'refused', message: 'Workflow is disabled' },
  { is: 'rate limited', retryAfterMs: 90_000 },
  { is: 'unknown' },
];
test('an accepted request is a run that is followed', () => {
  const decision = answered(answers[0] as DispatchAnswer);
  expect(accepted(decision).writes).toEqual([
    {
      write: 'deploying',
      deploymentId: 12,
      run: { id: 77, url: 'https://github.test/runs/77', attempt: 1, startedAt: NOW },
    },
  ]);
  expect(effectsOf(decision)).toEqual(['redraw 3', 'follow 12 in 1 s']);
});
test("a refused request has failed, in GitHub's own words", () => {
  const decision = answered(answers[1] as DispatchAnswer);
  expect(accepted(decision).writes[0]).toMatchObject({
    write: 'end',
    status: 'failed',
    reason: 'Workflow is disabled',
  });
});
test('a rate limit is a not-yet: back to the queue, not before its time', () => {
  const decision = answered(answers[2] as DispatchAnswer);
  expect(accepted(decision).writes).toEqual([
    { write: 'queue again', deploymentId: 12, notBefore: secondsAgo(-90), waitsFor: 'github rate limit' },
  ]);
  expect(effectsOf(decision)).toEqual(['start next in 90 s', 'redraw 3', 'redraw service']);
});
test('no usable answer is unknown, looked up soon, and said once', () => {
  const decision = answered(answers[3] as DispatchAnswer);
  expect([writesOf(decision), effectsOf(decision)]).toEqual([['unknown 12'], ['redraw 3', 'look up 12 in 1 s']]);
  expect(answered({ is: 'unknown' }, 'unknown')).toBe(NOTHING);
});
test.each<UnderWay>(['waiting', 'queued', 'deploying', 'hung'])(
  'an answer that comes when it is %s says nothing',
  (status) => {
    for (const answer of answers) expect(answered(answer, status)).toBe(NOTHING);
  },
);

test('a request that was not sent in time goes back, one that was claimed does not', () => {
  const notSent = (deployment: Of<'dispatching'>) =>
    decide(onOne, target({ deployment }), { type: 'not sent', service: 'shop', deploymentId: 12 }, POLICY, facts());
  expect(writesOf(notSent(underWay('dispatching', 12, 3)))).toEqual(['queue again 12']);
  expect(notSent(underWay('dispatching', 12, 3, { sentAt: NOW }))).toBe(NOTHING);
});

const notFound = (deployment: Of<'unknown'> | ReturnType<typeof ended>) =>
  decide(onOne, target({ deployment }), { type: 'not found', service: 'shop', deploymentId: 12 }, POLICY, facts());
test.each<[string, Partial<Of<'unknown'>>, number]>([
  ['the first look counts nothing', {}, 0],
  ['time since the last look counts', { lookedAt: secondsAgo(4), answeredSeconds: 20 }, 4],
  ['time without an answer does not', { lookedAt: secondsAgo(600), answeredSeconds: 20 }, 5],
])('a run that is not found: %s', (_, over, seconds) => {
  const decision = notFound(underWay('unknown', 12, 3, over));
  expect(accepted(decision).writes).toEqual([{ write: 'answered', deploymentId: 12, seconds }]);
  expect(effectsOf(decision)).toEqual(['look up 12 in 4 s']);
});
test('after 60 seconds in which GitHub answered it is lost, operators are told, and it is looked for on', () => {
  const almost = underWay('unknown', 12, 3, { lookedAt: secondsAgo(4), answeredSeconds: 55.9 });
  expect(writesOf(notFound(almost))).toEqual(['answered 12']);
  const decision = notFound({ ...almost, answeredSeconds: 56 });
  expect(writesOf(decision)).toEqual(['end 12 as lost']);
  expect(effectsOf(decision)).toEqual([
    'redraw 3',
    'redraw service',
    'start next',
    'look up 12 in 15 s',
    'tell operators lost',
  ]);
});
test('a lost run is looked for during an hour', () => {
  expect(effectsOf(notFound(ended('lost', 12, 3, { endedAt: secondsAgo(3_600) })))).toEqual(['look up 12 in 15 s']);
  expect(notFound(ended('lost', 12, 3, { endedAt: secondsAgo(3_601) }))).toBe(NOTHING);
  expect(notFound(ended('failed', 12, 3))).toBe(NOTHING);
});
