import { type CardFacts, type CardState, cardState, type Ships } from '../../src/core/card.js';
import { shownOf, staysOpen, tellsPause } from '../../src/core/card-subject.js';
import {
  change,
  ended,
  knownLive,
  NOW,
  outside,
  POLICY,
  refTo,
  secondsAgo,
  shaOf,
  state,
  type UnderWay,
  underWay,
} from './given.js';

const ships: Ships = { count: 1, commits: [], from: null, outside: false };
const [live1, live2] = [ended('live', 10, 1), ended('live', 11, 2, { replaced: 10 })];
const since = secondsAgo(60);

/** The card of change 2, which passed and is the newest, while nothing is live. */
const card = (over: Partial<CardFacts> = {}): CardState =>
  cardState({
    state: state({ newestPassed: refTo(2) }),
    change: change(2),
    latest: null,
    newest: over.latest ?? null,
    rollBack: null,
    liveChange: null,
    ships,
    policy: POLICY,
    ...over,
  });
const isLive = (over: Partial<Parameters<typeof state>[0]> = {}) =>
  state({
    newestPassed: refTo(2),
    live: knownLive(live2, since),
    lastSent: live2,
    beforeLive: live1,
    ...over,
  });

test('a card is about what is under way, else what was sent last and came to nothing, else the newest', () => {
  const [failed, lost] = [ended('failed', 12, 2), ended('lost', 12, 2)];
  const rejected = ended('rejected', 13, 2);
  for (const last of [failed, lost]) {
    expect(shownOf(isLive({ lastSent: last }), 2, rejected)).toBe(last);
    expect(shownOf(isLive({ lastSent: last }), 3, rejected)).toBe(rejected);
    const again = underWay('queued', 13, 2);
    expect(shownOf(isLive({ lastSent: last }), 2, again)).toBe(again);
  }
  expect(shownOf(isLive(), 2, rejected)).toBe(rejected);
  expect(shownOf(isLive(), 2, null)).toBeNull();
});

test('a Retry that ended before it was sent is told beside the failure', () => {
  const [failed, rejected] = [ended('failed', 12, 2), ended('rejected', 13, 2)];
  const at = { state: isLive({ lastSent: failed, live: { is: 'nothing' } }), latest: failed, newest: rejected };
  expect(card(at)).toMatchObject({ is: 'failed in production', deployment: failed, after: rejected });
  expect(card({ ...at, newest: failed })).toMatchObject({ after: null });
});

test('the pause is told by the card of what was sent last, and by the live one where that was cancelled', () => {
  expect([tellsPause(isLive(), 2), tellsPause(isLive(), 1)]).toEqual([true, false]);
  const failed = isLive({ lastSent: ended('failed', 12, 3) });
  expect([tellsPause(failed, 3), tellsPause(failed, 2)]).toEqual([true, false]);
  for (const lastSent of [ended('cancelled', 12, 1), ended('live', 12, 1)]) {
    const other = isLive({ lastSent });
    expect([tellsPause(other, 1), tellsPause(other, 2)]).toEqual([false, true]);
  }
});

test('what staging says, while nothing was pressed', () => {
  const failed = change(2, { status: 'failed', attempt: 3 });
  expect(card()).toEqual({ is: 'passed staging', stands: { is: 'ready' }, ships, after: null, rolledBack: null });
  expect(card({ change: change(2, { status: 'running' }), state: state() })).toEqual({ is: 'staging runs again' });
  expect(card({ change: failed, state: state() })).toEqual({ is: 'failed staging', rerunAsked: false });
  expect(card({ change: { ...failed, rerunOf: 3 }, state: state() })).toMatchObject({ rerunAsked: true });
  expect(card({ change: { ...failed, rerunOf: 2 }, state: state() })).toMatchObject({ rerunAsked: false });
});

test('a newer change that passed takes the place of every older card, green, red or running', () => {
  const newer = state({ newestPassed: refTo(3) });
  for (const status of ['passed', 'failed', 'running'] as const) {
    const drawn = card({ state: newer, change: change(2, { status }) });
    expect(drawn).toEqual({ is: 'superseded', by: refTo(3), after: null, rolledBack: null });
    expect(staysOpen(drawn)).toBe(false);
  }
});

test.each<UnderWay>(['dispatching', 'unknown', 'deploying', 'hung'])('a deployment that is %s is shown', (status) => {
  const latest = underWay(status, 12, 2);
  for (const newestPassed of [refTo(2), refTo(3)]) {
    const drawn = card({ state: state({ active: latest, lastSent: latest, newestPassed }), latest });
    expect(drawn).toMatchObject({ is: status, deployment: latest });
    expect(staysOpen(drawn)).toBe(true);
  }
});

test('a queued deployment says its place and what it is behind', () => {
  const active = underWay('deploying', 12, 1);
  const [head, second] = [underWay('queued', 13, 3), underWay('queued', 14, 2)];
  const queue = [head, second];
  expect(card({ state: state({ active, queue }), latest: second })).toEqual({
    is: 'queued',
    deployment: second,
    pace: null,
    place: 3,
    behind: head,
  });
  expect(card({ state: state({ active, queue: [second] }), latest: second })).toMatchObject({
    place: 2,
    behind: active,
  });
  expect(card({ state: state({ queue: [second] }), latest: second })).toMatchObject({ place: 1, behind: null });
});

test('a rollback that waits for approval undoes what was sent last and failed, else what is live', () => {
  const back = underWay('waiting', 13, 1, { kind: 'roll back', restores: 10 });
  const undoes = (over: Parameters<typeof isLive>[0] = {}, latest = back) => card({ state: isLive(over), latest });
  expect(undoes()).toMatchObject({ is: 'waiting for approval', undoes: live2.sha });
  expect(undoes({ lastSent: ended('failed', 12, 3) })).toMatchObject({ undoes: shaOf(3) });
  expect(undoes({ live: { is: 'outside', run: outside(70), before: live2 } })).toMatchObject({ undoes: null });
  expect(undoes({}, underWay('waiting', 13, 1))).toMatchObject({ undoes: null });
});

test('live offers to go back once something was live before', () => {
  expect(card({ state: isLive(), latest: live2, liveChange: refTo(2) })).toEqual({
    is: 'live',
    deployment: live2,
    since,
    rollBackTo: live1,
  });
  expect(card({ state: isLive({ beforeLive: null }), latest: live2, liveChange: refTo(2) })).toMatchObject({
    is: 'live',
    rollBackTo: null,
  });
  const newer = isLive({ newestPassed: refTo(3) });
  expect(card({ state: newer, latest: live2, liveChange: refTo(2) })).toMatchObject({ is: 'live' });
});

test('what is live after the next one failed leads back to what was live before it, never to itself', () => {
  for (const status of ['failed', 'cancelled', 'lost'] as const) {
    const drawn = card({ state: isLive({ lastSent: ended(status, 12, 3) }), latest: live2, liveChange: refTo(2) });
    expect(drawn).toMatchObject({ is: 'live', deployment: live2, rollBackTo: live1 });
  }
});

test.each(['failed', 'lost'] as const)(
  'the last sent that %s says so, also when a newer change has passed',
  (status) => {
    const latest = ended(status, 12, 3);
    const here = { change: change(3), latest, liveChange: refTo(2) };
    for (const newestPassed of [refTo(3), refTo(4)]) {
      const drawn = card({ ...here, state: isLive({ lastSent: latest, newestPassed }) });
      expect(drawn).toEqual(
        status === 'failed'
          ? { is: 'failed in production', deployment: latest, rollBackTo: live2, after: null }
          : { is: 'lost', deployment: latest, after: null },
      );
    }
    const overtaken = card({ ...here, state: isLive({ lastSent: live2, newestPassed: refTo(4) }) });
    expect(overtaken).toEqual({ is: 'superseded', by: refTo(4), after: latest, rolledBack: null });
  },
);

test.each(['rejected', 'withdrawn', 'expired', 'cancelled'] as const)('%s has Deploy again beside it', (status) => {
  const latest = ended(status, 12, 2);
  expect(card({ latest, state: state({ newestPassed: refTo(2), lastSent: latest }) })).toEqual({
    is: 'passed staging',
    stands: { is: 'ready' },
    ships,
    after: latest,
    rolledBack: null,
  });
  expect(card({ latest, state: state({ newestPassed: refTo(3) }) })).toEqual({
    is: 'superseded',
    by: refTo(3),
    after: latest,
    rolledBack: null,
  });
});

test('a change that was live and was replaced by another is superseded by it', () => {
  const here = { change: change(1), latest: live1, liveChange: refTo(2) };
  expect(card({ ...here, state: isLive() })).toMatchObject({ is: 'superseded', by: { id: 2 }, after: live1 });
  // Rolled back from 2 to 1: the newest that passed shipped once and does so no more.
  const back = isLive({ live: knownLive(live1, since), lastSent: live1, newestPassed: refTo(2) });
  const rollBack = ended('live', 13, 1, { kind: 'roll back', pressedOn: 2, restores: 10 });
  expect(card({ state: back, latest: live2, rollBack, liveChange: refTo(1) })).toMatchObject({
    is: 'superseded',
    by: { id: 1 },
    rolledBack: rollBack,
  });
});

test('a roll back is shown on the card that it was pressed on while it is under way', () => {
  const to = underWay('deploying', 13, 1, { kind: 'roll back', pressedOn: 2, restores: 10 });
  expect(
    card({ state: isLive({ active: to, lastSent: to }), latest: live2, rollBack: to, liveChange: refTo(2) }),
  ).toEqual({ is: 'rolling back', deployment: live2, to });
  const failed = ended('failed', 12, 3);
  const queued = underWay('queued', 13, 2, { kind: 'roll back', pressedOn: 3, restores: 11 });
  const from = { change: change(3), latest: failed, rollBack: queued, liveChange: refTo(2) };
  expect(card({ ...from, state: isLive({ queue: [queued], lastSent: failed }) })).toEqual({
    is: 'rolling back',
    deployment: failed,
    to: queued,
  });
  // Sent, it is the last one sent, and the card of what failed tells of it still.
  for (const status of ['dispatching', 'unknown', 'deploying', 'hung'] as const) {
    const sent = underWay(status, 13, 2, { kind: 'roll back', pressedOn: 3, restores: 11 });
    for (const newestPassed of [refTo(3), refTo(4)]) {
      const drawn = card({ ...from, rollBack: sent, state: isLive({ active: sent, lastSent: sent, newestPassed }) });
      expect(drawn).toEqual({ is: 'rolling back', deployment: failed, to: sent });
    }
  }
});

test('after a run outside, the card of what was live says so and offers Deploy while it is the newest', () => {
  const unsure = { is: 'outside', run: outside(7), before: live2 } as const;
  const here = { latest: live2, liveChange: refTo(2) };
  expect(card({ ...here, state: isLive({ live: unsure }) })).toEqual({
    is: 'live until an outside run',
    stands: { is: 'ready' },
    deployment: live2,
    run: unsure.run,
    deployable: true,
    ships,
  });
  expect(card({ ...here, state: isLive({ live: unsure, newestPassed: refTo(3) }) })).toMatchObject({
    is: 'live until an outside run',
    stands: { is: 'ready' },
    deployable: false,
    ships: null,
  });
});

test('a deployment that failed and went live by a re-run in GitHub is live', () => {
  const failed = ended('failed', 11, 2);
  const drawn = card({
    latest: failed,
    liveChange: refTo(2),
    state: isLive({ live: knownLive(failed, NOW), lastSent: failed }),
  });
  expect(drawn).toEqual({ is: 'live', deployment: failed, since: NOW, rollBackTo: live1 });
});
