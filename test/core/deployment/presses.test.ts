import type { Press } from '../../../src/core/command.js';
import { decide } from '../../../src/core/decide.js';
import type { RunTarget } from '../../../src/core/deployment/outside.js';
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
  POLICY,
  recordsOf,
  refTo,
  refusal,
  secondsAgo,
  shaOf,
  state,
  target,
  type UnderWay,
  underWay,
  writesOf,
} from '../given.js';

const [live1, live2] = [ended('live', 10, 1), ended('live', 11, 2, { replaced: 10 })];
const since = secondsAgo(60);
const onTwo = state({
  live: knownLive(live2, since),
  lastSent: live2,
  beforeLive: live1,
  newestPassed: refTo(3),
});

const deploy = { type: 'deploy', change: 'change-3', from: 'card', by: ALICE } as const;
const typed = { ...deploy, from: 'command' } as const;
const on = (type: 'retry' | 'roll back' | 'cancel' | 'withdraw', id: number, by = ALICE): Press => ({
  type,
  deployment: `deployment-${id}`,
  by,
});
const rollBackOnTwo = { type: 'roll back', deployment: 'deployment-11', by: ALICE } as const;
const rollBackService = { type: 'roll back service', service: 'shop', by: ALICE } as const;
const press = (command: Press, at: ServiceState, of: Partial<RunTarget> = {}, known: Partial<Facts> = {}) =>
  decide(at, target(of), command, POLICY, facts(known));

const NOBODY_HAS_TO = { required: 0, basis: null, patience: null, override: null, confirmed: null, answered: null };

test('Deploy adds a deployment, draws its card and starts the queue', () => {
  const decision = press(deploy, onTwo, { change: change(3) }, { comparison: { status: 'ahead', aheadBy: 1 } });
  expect(accepted(decision).writes).toEqual([
    {
      write: 'add deployment',
      ...NOBODY_HAS_TO,
      deployId: 'pb-new',
      by: 'U0ALICE',
      changeId: 3,
      sha: shaOf(3),
      kind: 'deploy',
      restores: null,
      pressedOn: null,
    },
  ]);
  expect(recordsOf(decision)).toEqual(['requested']);
  expect(effectsOf(decision)).toEqual(['start next', 'redraw 3', 'redraw service']);
});

test.each<[string, Press, Partial<ServiceState>, ReturnType<typeof change> | null, Partial<Facts>, object]>([
  ['of no change', deploy, {}, null, {}, { rule: 'unknown button' }],
  [
    'of a red change',
    deploy,
    {},
    change(3, { status: 'failed' }),
    {},
    { rule: 'not passed staging', staging: 'failed' },
  ],
  ['of an older change', deploy, { newestPassed: refTo(4) }, change(3), {}, { rule: 'superseded', by: refTo(4) }],
  ['of what is live', typed, {}, change(2), {}, { rule: 'already live', sha: shaOf(2), since, by: 'U0ALICE' }],
  [
    'of what is behind',
    typed,
    {},
    change(1),
    { comparison: { status: 'behind', aheadBy: 0 } },
    { rule: 'behind what is live', sha: shaOf(1), live: shaOf(2) },
  ],
])('Deploy %s is refused, and the card that offered it is drawn again', (_, command, at, of, known, expected) => {
  const decision = press(command, { ...onTwo, ...at }, { change: of }, known);
  expect(refusal(decision)).toMatchObject(expected);
  expect(recordsOf(decision)).toEqual(['refused']);
  expect(effectsOf(decision)).toEqual(of ? [`redraw ${of.id}`] : []);
});

test('an older change is deployed by naming it, and what GitHub cannot compare now is asked again before it is sent', () => {
  expect(writesOf(press(typed, { ...onTwo, newestPassed: refTo(4) }, { change: change(3) }))).toContain(
    'add deploy of 3',
  );
  const unknown = press(deploy, onTwo, { change: change(3) }, { comparison: 'unavailable' });
  expect(writesOf(unknown)).toContain('add deploy of 3');
});

const statuses: UnderWay[] = ['waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung'];
test.each(statuses)('a press for a SHA that is %s joins it and adds nothing', (status) => {
  const there = underWay(status, 12, 3);
  const retried = ended('failed', 9, 3);
  for (const decision of [
    press(deploy, onTwo, { change: change(3), underWay: there }),
    press(on('retry', 9), onTwo, { deployment: retried, underWay: there }),
  ]) {
    expect(decision).toMatchObject({ kind: 'merged', into: there });
    expect(recordsOf(decision)).toEqual(['merged']);
  }
});

const everyPress: [string, Press, Partial<RunTarget>][] = [
  ['Deploy', deploy, { change: change(3) }],
  ['a joining Deploy', deploy, { change: change(3), underWay: underWay('deploying', 12, 3) }],
  ['Retry', on('retry', 12), { deployment: ended('failed', 12, 3) }],
  ['Roll back', on('roll back', 11), { deployment: live2 }],
  ['a typed rollback', rollBackService, {}],
  ['Cancel', on('cancel', 12), { deployment: underWay('deploying', 12, 3) }],
  ['Withdraw', on('withdraw', 12), { deployment: underWay('queued', 12, 3) }],
  ['Re-run', { type: 're-run', change: 'change-3', by: ALICE }, { change: change(3, { status: 'failed' }) }],
];
test.each(everyPress)('%s by one who may not, or who could not be looked up, writes nothing', (_, command, of) => {
  const denied = { is: 'denied', refusal: { rule: 'not a full member', why: 'guest' } } as const;
  const { permission: __, ...none } = facts();
  for (const known of [{ ...none, permission: denied }, none]) {
    const decision = decide(onTwo, target(of), command, POLICY, known);
    expect(refusal(decision).rule).toBe('permission' in known ? 'not a full member' : 'not looked up');
    expect(recordsOf(decision)).toEqual(['refused']);
  }
});

test.each(['failed', 'lost'] as const)('Retry of the last one, %s, is a new deployment of the same SHA', (status) => {
  const deployment = ended(status, 12, 3);
  const decision = press(on('retry', 12), { ...onTwo, lastSent: deployment }, { deployment });
  expect(writesOf(decision)).toEqual(['add retry of 3']);
});
test('Retry of a roll back is a roll back to the same place, shown on the same cards', () => {
  const deployment = ended('failed', 12, 1, { kind: 'roll back', restores: 10, pressedOn: 2 });
  const decision = press(on('retry', 12), { ...onTwo, lastSent: deployment }, { deployment });
  expect(accepted(decision).writes[0]).toMatchObject({ kind: 'roll back', restores: 10, pressedOn: 2, sha: shaOf(1) });
  expect(effectsOf(decision)).toEqual(['start next', 'redraw 1', 'redraw 2', 'redraw service']);
});
test('Retry of what was marked bad since is refused at once, forward and back', () => {
  const hold = { by: 'U0BOB', reason: 'Corrupts baskets', at: secondsAgo(60) };
  for (const kind of ['deploy', 'retry', 'roll back'] as const) {
    const deployment = ended('failed', 12, 1, { kind, restores: kind === 'roll back' ? 10 : null });
    const decision = press(
      on('retry', 12),
      { ...onTwo, lastSent: deployment },
      { deployment, change: { ...change(1), hold } },
    );
    expect(refusal(decision)).toMatchObject({ rule: 'held', by: 'U0BOB', reason: 'Corrupts baskets' });
  }
});
test('Retry of what has ended otherwise, or is not the last, is refused with what came after', () => {
  const cancelled = press(on('retry', 12), onTwo, { deployment: ended('cancelled', 12, 3) });
  expect(refusal(cancelled)).toMatchObject({ rule: 'wrong state', what: 'retry', status: 'cancelled', by: 'U0ALICE' });
  const older = press(on('retry', 9), onTwo, { deployment: ended('failed', 9, 1) });
  expect(refusal(older)).toMatchObject({ rule: 'no longer the last', status: 'failed', last: { sha: shaOf(2) } });
});

test('Roll back deploys what was live before; both cards show it', () => {
  for (const decision of [press(on('roll back', 11), onTwo, { deployment: live2 }), press(rollBackService, onTwo)]) {
    expect(accepted(decision).writes[0]).toEqual({
      write: 'add deployment',
      ...NOBODY_HAS_TO,
      deployId: 'pb-new',
      by: 'U0ALICE',
      changeId: 1,
      sha: shaOf(1),
      kind: 'roll back',
      restores: 10,
      pressedOn: 2,
    });
    expect(effectsOf(decision)).toEqual(['start next', 'redraw 1', 'redraw 2', 'redraw service']);
  }
});
test('Roll back from what failed deploys what is live still', () => {
  const failed = ended('failed', 12, 3);
  const decision = press(on('roll back', 12), { ...onTwo, lastSent: failed }, { deployment: failed });
  expect(accepted(decision).writes[0]).toMatchObject({ changeId: 2, restores: 11, pressedOn: 3 });
});
test('Roll back from what is live goes to what was live before it, also after another has failed', () => {
  const failed = { ...onTwo, lastSent: ended('failed', 12, 3) };
  const decision = press(on('roll back', 11), failed, { deployment: live2 });
  expect(accepted(decision).writes[0]).toMatchObject({ changeId: 1, restores: 10, pressedOn: 2 });
  expect(accepted(press(rollBackService, failed)).writes[0]).toMatchObject({ changeId: 2, restores: 11, pressedOn: 3 });
});
test('Roll back without anything before, from an older card, or from what is under way is refused', () => {
  const first = state({ live: knownLive(live1, since), lastSent: live1 });
  expect(refusal(press(on('roll back', 10), first, { deployment: live1 }))).toEqual({
    rule: 'nothing to roll back to',
    service: 'shop',
  });
  expect(refusal(press(on('roll back', 10), onTwo, { deployment: live1 })).rule).toBe('no longer the last');
  const active = underWay('deploying', 12, 3);
  const busy = { ...onTwo, active, lastSent: active };
  expect(refusal(press(on('roll back', 12), busy, { deployment: active }))).toMatchObject({
    rule: 'wrong state',
    status: 'deploying',
  });
});
test('Roll back to a SHA that is under way joins it, pressed from either card', () => {
  const back = underWay('queued', 12, 1, { kind: 'roll back', restores: 10, pressedOn: 2 });
  for (const command of [on('roll back', 11), rollBackService]) {
    const decision = press(
      command,
      { ...onTwo, queue: [back] },
      command.type === 'roll back' ? { deployment: live2 } : {},
    );
    expect(decision).toMatchObject({ kind: 'merged', into: back });
  }
});

test('Roll back goes where its button said, or nowhere', () => {
  const named = (to: string) => press({ ...rollBackOnTwo, to }, onTwo, { deployment: live2 });
  expect(writesOf(named('deployment-10'))).toContain('add roll back of 1');
  const decision = named('deployment-9');
  expect(refusal(decision)).toEqual({ rule: 'leads elsewhere', service: 'shop', sha: shaOf(2), to: shaOf(1) });
  expect(effectsOf(decision)).toEqual(['redraw 2']);
});

const cancellable: UnderWay[] = ['deploying', 'hung'];
test.each(statuses)('Cancel of what is %s', (status) => {
  const decision = press(on('cancel', 12), onTwo, { deployment: underWay(status, 12, 3) });
  if (cancellable.includes(status)) {
    expect([writesOf(decision), effectsOf(decision)]).toEqual([['ask cancel 12'], ['cancel run 12', 'redraw 3']]);
  } else expect(refusal(decision)).toMatchObject({ rule: 'wrong state', what: 'cancel', status });
});

test.each(statuses)('Withdraw of what is %s', (status) => {
  const decision = press(on('withdraw', 12), onTwo, { deployment: underWay(status, 12, 3) });
  if (status === 'queued' || status === 'waiting') {
    expect(writesOf(decision)).toEqual(['end 12 as withdrawn', 'add approval 12']);
    expect(effectsOf(decision)).toEqual(['redraw 3', 'redraw service', 'start next']);
  } else expect(refusal(decision)).toMatchObject({ rule: 'wrong state', what: 'withdraw', status });
});
test('what was said of broken glass is drawn again when it is withdrawn, and when its change is marked bad', () => {
  const broken = underWay('queued', 12, 3, { override: 'Fire' });
  expect(effectsOf(press(on('withdraw', 12), onTwo, { deployment: broken }))).toContain('announce 12');
  const bad: Press = { type: 'hold', change: 'change-3', reason: 'Loses orders', by: ALICE };
  expect(effectsOf(press(bad, onTwo, { change: change(3), underWay: broken }))).toContain('announce 12');
});
test('who rejects too late hears who approved', () => {
  const approvals = [{ user: 'U0BOB', at: secondsAgo(1) }];
  const reject = { type: 'reject', deployment: 'deployment-12', reason: 'No', by: ALICE } as const;
  const queued = underWay('queued', 12, 3, { approvals, required: 1 });
  expect(refusal(press(reject, onTwo, { deployment: queued }))).toMatchObject({
    rule: 'wrong state',
    status: 'queued',
    approvedBy: 'U0BOB',
  });
});
test('break glass never takes the place of a roll back', () => {
  const back = underWay('waiting', 12, 1, { kind: 'roll back', restores: 10, required: 1 });
  const broken = { ...typed, change: 'change-1', override: 'Fire' } as const;
  const decision = press(broken, onTwo, { change: change(1), underWay: back }, { comparison: 'unavailable' });
  expect(decision).toMatchObject({ kind: 'merged', into: back });
});
test("Withdraw is the requester's alone", () => {
  const decision = press(on('withdraw', 12, BOB), onTwo, { deployment: underWay('queued', 12, 3) });
  expect(refusal(decision)).toEqual({ rule: 'not the requester', sha: shaOf(3), requestedBy: 'U0ALICE' });
});

test('Re-run is asked once for an attempt', () => {
  const command = { type: 're-run', change: 'change-3', by: BOB } as const;
  const red = change(3, { status: 'failed', attempt: 2 });
  const decision = press(command, onTwo, { change: red });
  expect([writesOf(decision), effectsOf(decision)]).toEqual([['re-run asked 3 2'], ['re-run staging 3 2', 'redraw 3']]);
  expect(writesOf(press(command, onTwo, { change: { ...red, rerunOf: 1 } }))).toEqual(['re-run asked 3 2']);
  for (const [of, staging] of [
    [{ ...red, rerunOf: 2 }, 'running'],
    [change(3, { status: 'running' }), 'running'],
    [change(3), 'passed'],
  ] as const) {
    expect(refusal(press(command, onTwo, { change: of }))).toMatchObject({ rule: 'staging does not need it', staging });
  }
});
