import { decide } from '../../../src/core/decide.js';
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
  productionRun,
  recordsOf,
  refusal,
  secondsAgo,
  state,
  target,
  underWay,
  writesOf,
} from '../given.js';

const lock = { by: 'U0BOB', reason: 'Fair', since: secondsAgo(60), until: null, nudgedAt: null };
const press = (command: Parameters<typeof decide>[2], at: Partial<ServiceState> = {}, on = {}) =>
  decide(state(at), target(on), command, POLICY, facts());

describe('a lock', () => {
  const typed = { type: 'lock', service: 'shop', reason: 'Mine', forMs: null, by: ALICE } as const;
  test('of somebody else is taken over aloud; one that is over is not', () => {
    expect(recordsOf(press(typed, { lock }))).toEqual(['lock taken over']);
    expect(effectsOf(press(typed, { lock }))).toContain('say taken over');
    const over = { ...lock, until: secondsAgo(1) };
    expect(recordsOf(press(typed, { lock: over }))).toEqual(['locked']);
    expect(recordsOf(press(typed, { lock: { ...lock, by: 'U0ALICE' } }))).toEqual(['locked']);
  });

  test('can be opened by its owner, though no deployer any more, but not where Slack does not say who that is', () => {
    const unlock = { type: 'unlock', service: 'shop', by: BOB } as const;
    const denied = { is: 'denied', refusal: { rule: 'not a deployer', service: 'shop', deployers: [] } } as const;
    const by = (permission: NonNullable<ReturnType<typeof facts>['permission']>, at = lock) =>
      decide(state({ lock: at }), target(), unlock, POLICY, facts({ permission }));
    expect(writesOf(by(denied))).toEqual(['unlock']);
    expect(refusal(by(denied, { ...lock, by: 'U0ALICE' }))).toMatchObject({ rule: 'not a deployer' });
    expect(refusal(by({ is: 'not looked up', retryAfterMs: null }))).toMatchObject({ rule: 'not looked up' });
    const gone = { is: 'denied', refusal: { rule: 'not a full member', why: 'deactivated' } } as const;
    expect(refusal(by(gone))).toMatchObject({ rule: 'not a full member' });
  });
});

describe('Hold', () => {
  const hold = (reason: string | null) => ({ type: 'hold', change: 'change-3', reason, by: ALICE }) as const;

  test('of a change that is queued ends that request', () => {
    const on = { change: change(3), underWay: underWay('queued', 12, 3) };
    expect(writesOf(press(hold('Bad'), {}, on))).toEqual(['hold 3', 'end 12 as rejected']);
  });

  test('of what deploys itself ends that request as withdrawn: let go, it asks again', () => {
    const on = { change: change(3), underWay: underWay('queued', 12, 3, { requestedBy: 'pushbutton' }) };
    expect(writesOf(press(hold(null), {}, on))).toEqual(['hold 3', 'end 12 as withdrawn']);
    expect(recordsOf(press(hold(null), {}, on))).toEqual(['held', 'withdrawn']);
    expect(writesOf(press(hold('Bad'), {}, on))).toEqual(['hold 3', 'end 12 as withdrawn']);
  });

  test('never takes back that somebody has marked it bad', () => {
    const bad = { ...change(3), hold: { by: 'U0BOB', reason: 'Loses orders', at: secondsAgo(1) } };
    expect(refusal(press(hold(null), {}, { change: bad }))).toMatchObject({ rule: 'held', by: 'U0BOB' });
    expect(effectsOf(press(hold(null), {}, { change: bad }))).toEqual(['redraw 3']);
    expect(writesOf(press(hold('Worse'), {}, { change: bad }))).toEqual(['hold 3']);
  });

  test('comes too late where its run is under way, or it is live, and says so; marking it bad does not', () => {
    const deploying = { change: change(3), underWay: underWay('deploying', 12, 3) };
    expect(refusal(press(hold(null), {}, deploying))).toMatchObject({ rule: 'wrong state', what: 'hold' });
    const live = { live: knownLive(ended('live', 10, 3), secondsAgo(60)) };
    expect(refusal(press(hold(null), live, { change: change(3) }))).toMatchObject({ rule: 'already live' });
    expect(writesOf(press(hold('Bad'), live, { change: change(3) }))).toEqual(['hold 3']);
    expect(writesOf(press(hold('Bad'), {}, deploying))).toEqual(['hold 3']);
  });
});

test('a lost run that is found ends a Retry that waits for approval meanwhile', () => {
  const lost = ended('lost', 10, 3);
  const retry = underWay('waiting', 11, 3, { kind: 'retry', required: 1 });
  const seen = {
    type: 'production seen',
    service: 'shop',
    run: productionRun(7, { status: 'in_progress', conclusion: null }),
  } as const;
  const decision = press(seen, { lastSent: lost, waiting: [retry] }, { deployment: lost });
  expect(writesOf(decision)).toEqual(['end 11 as withdrawn', 'deploying 10']);
});

test('a run under the id of a request that waits for approval is one outside: nothing was sent for it', () => {
  const waiting = underWay('waiting', 11, 3, { required: 1 });
  const seen = {
    type: 'production seen',
    service: 'shop',
    run: productionRun(7, { status: 'in_progress', conclusion: null }),
  } as const;
  const decision = press(seen, { waiting: [waiting] }, { deployment: waiting });
  expect(accepted(decision).writes.map((write) => write.write)).toEqual(['outside run']);
});
