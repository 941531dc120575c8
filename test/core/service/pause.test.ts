import type { Command } from '../../../src/core/command.js';
import { decide } from '../../../src/core/decide.js';
import type { RunTarget } from '../../../src/core/deployment/outside.js';
import type { ServiceState } from '../../../src/core/service/service.js';
import {
  ALICE,
  accepted,
  effectsOf,
  ended,
  facts,
  knownLive,
  NOW,
  POLICY,
  productionRun,
  recordsOf,
  refTo,
  secondsAgo,
  shaOf,
  state,
  target,
  underWay,
  writesOf,
} from '../given.js';

/** What pauses continuous deployment, and what that ends. */

const policy = { ...POLICY, mode: 'continuous', holdMs: 600_000 } as const;
const [live1, live2] = [ended('live', 10, 1), ended('live', 11, 2, { replaced: 10 })];
const own = { requestedBy: 'pushbutton' };
const sent = underWay('deploying', 12, 3, { cancelBy: 'U0ALICE', cancelAskedAt: secondsAgo(5) });
const at = state({
  live: knownLive(live2, secondsAgo(900)),
  beforeLive: live1,
  lastSent: live2,
  newestPassed: refTo(5),
  queue: [underWay('queued', 13, 4, { ...own, pressedOn: null })],
  waiting: [underWay('waiting', 14, 5, own), underWay('waiting', 15, 6)],
});
const pause = { by: 'U0BOB', why: 'failed', since: NOW, deploymentId: 9 } as const;
const decided = (command: Command, of: Partial<RunTarget>, over: Partial<ServiceState> = {}, rules = policy) =>
  decide({ ...at, ...over }, target(of), command, rules as typeof POLICY, facts());

const ends = ['end 13 as withdrawn', 'end 14 as withdrawn'];
const dispatching = underWay('dispatching', 12, 3, { sentAt: secondsAgo(5) });
const unknown = underWay('unknown', 12, 3, { lookedAt: secondsAgo(4), answeredSeconds: 58 });
const retried = { ...ended('failed', 12, 1), kind: 'roll back' as const, restores: 10, pressedOn: 2 };
const cases: [string, Command, Partial<RunTarget>, Partial<ServiceState>, object][] = [
  [
    'a run that failed',
    { type: 'production seen', service: 'shop', run: productionRun(912, { conclusion: 'failure' }) },
    { deployment: underWay('deploying', 12, 3) },
    { active: underWay('deploying', 12, 3) },
    { by: 'pushbutton', why: 'failed', deploymentId: 12 },
  ],
  [
    'a start that GitHub refused',
    { type: 'dispatch answered', service: 'shop', deploymentId: 12, answer: { is: 'refused', message: 'No' } },
    { deployment: dispatching },
    { active: dispatching },
    { by: 'pushbutton', why: 'failed', deploymentId: 12 },
  ],
  [
    'a start that was lost',
    { type: 'not found', service: 'shop', deploymentId: 12 },
    { deployment: unknown },
    { active: unknown },
    { by: 'pushbutton', why: 'lost', deploymentId: 12 },
  ],
  [
    'a Cancel of a run that GitHub has no more',
    { type: 'cancel answered', service: 'shop', deploymentId: 12, answer: { is: 'gone' } },
    { deployment: sent },
    { active: sent },
    { by: 'U0ALICE', why: 'cancelled', deploymentId: 12 },
  ],
  [
    'a roll back, asked for',
    { type: 'roll back', deployment: 'deployment-11', by: ALICE },
    { deployment: live2 },
    {},
    { by: 'U0ALICE', why: 'rolled back', deploymentId: 'new' },
  ],
  [
    'a roll back that failed, tried again',
    { type: 'retry', deployment: 'deployment-12', by: ALICE },
    { deployment: retried },
    { lastSent: retried },
    { by: 'U0ALICE', why: 'rolled back', deploymentId: 'new' },
  ],
];

test.each(cases)('%s pauses it, and ends what it has asked for by itself', (_, command, of, over, why) => {
  const decision = decided(command, of, over);
  expect(accepted(decision).writes).toContainEqual({ write: 'pause', ...why });
  expect(writesOf(decision)).toEqual(expect.arrayContaining(ends));
  expect(accepted(decision).records).toContainEqual(
    expect.objectContaining({ kind: 'paused', ...{ actor: expect.any(String) }, reason: expect.any(String) }),
  );
  // What a person asked for goes on.
  expect(writesOf(decision)).not.toContain('end 15 as withdrawn');
  expect(recordsOf(decision).filter((kind) => kind === 'withdrawn')).toHaveLength(2);
  expect(effectsOf(decision)).toEqual(expect.arrayContaining(['redraw 4', 'redraw 5']));
});

test.each(cases)('%s pauses nothing where it is paused already, nor where a person presses', (_, command, of, over) => {
  const pauses = (decision: ReturnType<typeof decided>) =>
    writesOf(decision).filter((one) => one.startsWith('pause') || ends.includes(one));
  expect(pauses(decided(command, of, { ...over, pause }))).toEqual([]);
  expect(pauses(decided(command, of, over, { ...policy, mode: 'button' } as unknown as typeof policy))).toEqual([]);
});

test('what it had asked for and comes back to the head of the queue while it is paused ends there', () => {
  const next = { type: 'start next', service: 'shop' } as const;
  const decision = decided(next, {}, { pause });
  expect(writesOf(decision)).toEqual(['end 13 as withdrawn']);
  expect(effectsOf(decision)).toEqual(['redraw 4', 'redraw service', 'start next']);
  const lock = { by: 'U0BOB', reason: 'Fair', since: NOW, until: null, nudgedAt: NOW };
  expect(writesOf(decided(next, {}, { pause, lock }))).toEqual(['end 13 as withdrawn']);
  // A person's goes on in spite of the pause.
  const persons = decided(next, {}, { pause, queue: [underWay('queued', 15, 6)] });
  expect(persons.kind).toBe('ask again');
});

test('an approval that did not come in time is told to who asked, and to nobody where nobody asked', () => {
  const late = (requestedBy: string) =>
    decided(
      { type: 'time passed', service: 'shop', deploymentId: 12 },
      { deployment: underWay('waiting', 12, 3, { expiresAt: secondsAgo(1), requestedBy, required: 2 }) },
    );
  expect(accepted(late('U0ALICE')).effects).toContainEqual({
    effect: 'tell',
    user: 'U0ALICE',
    refusal: { rule: 'expired', service: 'shop', sha: shaOf(3), reason: 'approvals missing: 0 of 2' },
  });
  expect(effectsOf(late('pushbutton'))).not.toContain('tell');
});
