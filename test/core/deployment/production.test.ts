import type { CancelAnswer } from '../../../src/core/command.js';
import { decide } from '../../../src/core/decide.js';
import { type Decision, NOTHING } from '../../../src/core/decision.js';
import type { EndedStatus, Of, ProductionRun } from '../../../src/core/deployment/deployment.js';
import { endOf, namedIn } from '../../../src/core/deployment/deployment.js';
import type { RunTarget } from '../../../src/core/deployment/outside.js';
import { needsFirstConclusion } from '../../../src/core/deployment/production.js';
import type { Facts } from '../../../src/core/facts.js';
import type { ServiceState } from '../../../src/core/service/service.js';
import {
  accepted,
  effectsOf,
  ended,
  facts,
  knownLive,
  NOW,
  outside,
  POLICY,
  productionRun,
  recordsOf,
  run,
  secondsAgo,
  state,
  target,
  type UnderWay,
  underWay,
  writesOf,
} from '../given.js';

const live1 = ended('live', 10, 1);
const since = secondsAgo(600);
const onOne = state({ live: knownLive(live1, since), lastSent: live1 });
const sent = (deployment: NonNullable<ServiceState['active']>): ServiceState => ({
  ...onOne,
  active: deployment,
  lastSent: deployment,
});
const seen = (
  run: ProductionRun,
  at: ServiceState,
  of: Partial<RunTarget> = {},
  known: Partial<Facts> = {},
): Decision => decide(at, target(of), { type: 'production seen', service: 'shop', run }, POLICY, facts(known));

test.each([
  ['success', 'live'],
  ['failure', 'failed'],
  ['timed_out', 'failed'],
  ['startup_failure', 'failed'],
  ['skipped', 'failed'],
  [null, 'failed'],
  ['cancelled', 'cancelled'],
])('a run that ends with %s is %s', (conclusion, status) => expect(endOf(conclusion)).toBe(status));

test('every word in brackets of a name may be a deploy id', () => {
  expect(namedIn('Deploy abc [pb-1] [eu] by [U0]')).toEqual(['pb-1', 'eu', 'U0']);
  expect(namedIn(`[a b] [] [${'x'.repeat(65)}] none`)).toEqual([]);
});

test.each<UnderWay>(['dispatching', 'unknown', 'queued'])('a run under our id adopts one that is %s', (status) => {
  const deployment = underWay(status, 12, 3);
  const at = status === 'queued' ? { ...onOne, queue: [deployment as Of<'queued'>] } : sent(deployment);
  const decision = seen(productionRun(77, { status: 'in_progress', conclusion: null }), at, { deployment });
  expect(accepted(decision).writes).toEqual([
    {
      write: 'deploying',
      deploymentId: 12,
      run: { id: 77, url: 'https://github.test/runs/77', attempt: 1, startedAt: secondsAgo(100) },
    },
  ]);
  expect(effectsOf(decision)).toEqual(['redraw 3', 'follow 12 in 1 s']);
});
test('a run that had ended before it was seen is adopted and ended at once', () => {
  const deployment = underWay('unknown', 12, 3);
  expect(writesOf(seen(productionRun(77), sent(deployment), { deployment }))).toEqual([
    'deploying 12',
    'end 12 as live',
    'live 12, before it 10',
  ]);
});

test.each<[UnderWay, string | null, string[]]>([
  ['deploying', 'success', ['end 12 as live', 'live 12, before it 10']],
  ['deploying', 'failure', ['end 12 as failed']],
  ['deploying', 'cancelled', ['end 12 as cancelled']],
  ['hung', 'success', ['end 12 as live', 'live 12, before it 10']],
  ['hung', null, ['end 12 as failed']],
])('one that is %s and ends with %s', (status, conclusion, writes) => {
  const deployment = underWay(status, 12, 3);
  const decision = seen(productionRun(912, { conclusion }), sent(deployment), { deployment });
  expect(writesOf(decision)).toEqual(writes);
  expect(effectsOf(decision)).toEqual(['redraw 3', 'follow 12 in 0 s', 'redraw service', 'start next']);
});
test('a run that still runs tells nothing new of what is followed', () => {
  const deployment = underWay('deploying', 12, 3);
  const running = productionRun(912, { status: 'in_progress', conclusion: null });
  expect(seen(running, sent(deployment), { deployment })).toBe(NOTHING);
});
test('an older attempt than the one that is followed tells nothing', () => {
  const deployment = underWay('deploying', 12, 3, { run: { ...run(912), attempt: 2 } });
  expect(seen(productionRun(912, { attempt: 1 }), sent(deployment), { deployment })).toBe(NOTHING);
});
test('who asked for the cancel is on the ledger beside it', () => {
  const deployment = underWay('deploying', 12, 3, { cancelBy: 'U0BOB' });
  const decision = accepted(seen(productionRun(912, { conclusion: 'cancelled' }), sent(deployment), { deployment }));
  expect(decision.records[0]).toMatchObject({ kind: 'cancelled', detail: { run_id: 912, cancelled_by: 'U0BOB' } });
});

test('a roll back has before it what the restored one had before it', () => {
  const deployment = underWay('deploying', 12, 1, { kind: 'roll back', restores: 9, pressedOn: 3 });
  const restored = ended('live', 9, 1, { replaced: 4 });
  const decision = seen(productionRun(912), sent(deployment), { deployment, restored });
  expect(writesOf(decision)).toContain('live 12, before it 4');
  expect(effectsOf(decision).slice(0, 2)).toEqual(['redraw 1', 'redraw 3']);
});
test('the same SHA deployed again has before it what it had before it', () => {
  const again = underWay('deploying', 12, 1);
  const at = { ...sent(again), live: knownLive({ ...live1, replaced: 4 }, since) } as const;
  expect(writesOf(seen(productionRun(912), at, { deployment: again }))).toContain('live 12, before it 4');
});
test('a run outside that started after ours leaves open what is live', () => {
  const deployment = underWay('deploying', 12, 3);
  const at = (startedAt: Date): ServiceState => ({
    ...sent(deployment),
    live: { is: 'outside', run: outside(7, { startedAt }), before: live1 },
  });
  const [later, earlier] = [at(secondsAgo(99)), at(secondsAgo(101))];
  expect(writesOf(seen(productionRun(912), later, { deployment }))).toContain('live 12, before it 10, keeps outside');
  expect(writesOf(seen(productionRun(912), earlier, { deployment }))).toContain('live 12, before it 10');
});

const rerun = (over: Partial<ProductionRun> = {}) => productionRun(912, { attempt: 2, ...over });
test('a re-run in GitHub of what is followed: the first attempt ends it, the second is shown as outside', () => {
  const deployment = underWay('deploying', 12, 3);
  const of = { deployment };
  const again = rerun({ status: 'in_progress', conclusion: null });
  expect(seen(again, sent(deployment), of)).toEqual({ kind: 'ask again' });
  expect(writesOf(seen(again, sent(deployment), of, { firstConclusion: 'failure' }))).toEqual([
    'end 12 as failed',
    'outside run 912, hides live',
  ]);
  expect(needsFirstConclusion(deployment, again)).toBe(true);
  expect(needsFirstConclusion(deployment, productionRun(912))).toBe(false);
  expect(needsFirstConclusion(deployment, rerun({ runId: 5 }))).toBe(false);
  expect(needsFirstConclusion(underWay('unknown', 12, 3), again)).toBe(true);
  expect(needsFirstConclusion(ended('failed', 12, 3), again)).toBe(false);
  expect(needsFirstConclusion(null, again)).toBe(false);
});
test('a re-run of what has ended hides what is live while it runs, and makes its SHA known live when it succeeds', () => {
  const deployment = ended('failed', 12, 3);
  const at = { ...onOne, lastSent: deployment };
  const runs = seen(rerun({ status: 'in_progress', conclusion: null }), at, { deployment });
  expect([writesOf(runs), recordsOf(runs)]).toEqual([['outside run 912, hides live'], ['re-run in GitHub']]);
  const hidden: ServiceState = { ...at, live: { is: 'outside', run: outside(912), before: live1 } };
  expect(writesOf(seen(rerun(), hidden, { deployment, outside: outside(912, { status: 'in_progress' }) }))).toEqual([
    'outside run 912, hides live',
    'live 12, before it 10',
  ]);
  const failed = seen(rerun({ conclusion: 'failure' }), hidden, { deployment });
  expect(writesOf(failed)).toEqual(['outside run 912, hides live']);
});
test.each<EndedStatus>(['live', 'failed', 'cancelled'])('a %s one is told nothing new by its own attempt', (status) => {
  const deployment = ended(status, 12, 3);
  for (const run of [productionRun(912), productionRun(912, { conclusion: 'failure' })])
    expect(seen(run, onOne, { deployment })).toBe(NOTHING);
});

test.each<[string, Partial<ProductionRun>, boolean]>([
  ['waits', { status: 'queued', conclusion: null }, false],
  ['runs', { status: 'in_progress', conclusion: null }, true],
  ['succeeded', {}, true],
  ['failed', { conclusion: 'failure' }, true],
  ['was skipped', { conclusion: 'skipped' }, false],
  ['ended before what is live went live', { updatedAt: secondsAgo(601).toISOString() }, false],
])('a run outside that %s', (_, over, hides) => {
  const decision = seen(productionRun(7, { actor: 'octo-eve', ...over }), onOne);
  expect(writesOf(decision)).toEqual([`outside run 7${hides ? ', hides live' : ''}`]);
  expect(accepted(decision).records[0]).toMatchObject({ actor: 'github:octo-eve', kind: 'run outside Pushbutton' });
  expect(effectsOf(decision)).toEqual(['redraw service']);
});
test.each<[string, Partial<Pick<ProductionRun, 'status'>>, Partial<ProductionRun>, string[] | null]>([
  ['runs, told again', { status: 'in_progress' }, { status: 'in_progress' }, null],
  ['has ended, told to run', {}, { status: 'in_progress' }, null],
  ['has ended, told again', {}, {}, null],
  ['runs, told to wait', { status: 'in_progress' }, { status: 'queued' }, null],
  ['waited, told to run', { status: 'queued' }, { status: 'in_progress' }, ['outside run 7, hides live']],
  ['was cancelled while it waited', { status: 'queued' }, { conclusion: 'cancelled' }, ['outside run 7']],
  ['was cancelled while it ran', { status: 'in_progress' }, { conclusion: 'cancelled' }, ['outside run 7, hides live']],
  ['never started', { status: 'queued' }, { conclusion: 'startup_failure' }, ['outside run 7']],
])('a run outside that %s', (_, before, now, writes) => {
  const known = outside(7, { conclusion: null, ...before });
  const decision = seen(productionRun(7, now), onOne, { outside: known });
  if (writes === null) expect(decision).toBe(NOTHING);
  else expect(writesOf(decision)).toEqual(writes);
});
test('a second run under our id is outside Pushbutton, and takes nothing from the first', () => {
  const deployment = underWay('deploying', 12, 3);
  expect(writesOf(seen(productionRun(5), sent(deployment), { deployment }))).toEqual(['outside run 5, hides live']);
});

const lost = ended('lost', 12, 3, { endedAt: secondsAgo(60) });
const running = productionRun(77, { status: 'in_progress', conclusion: null });
test('a lost run found late is followed again and operators are told; its Retry that waits is withdrawn', () => {
  const alone = seen(running, { ...onOne, lastSent: lost }, { deployment: lost });
  expect(writesOf(alone)).toEqual(['deploying 12']);
  expect(effectsOf(alone)).toContain('tell operators lost run found');
  const twin = underWay('queued', 13, 3, { kind: 'retry' });
  const decision = seen(running, { ...onOne, lastSent: lost, queue: [twin] }, { deployment: lost });
  expect(writesOf(decision)).toEqual(['end 13 as withdrawn', 'deploying 12']);
  expect(writesOf(seen(productionRun(77), { ...onOne, lastSent: lost }, { deployment: lost }))).toEqual([
    'deploying 12',
    'end 12 as live',
    'live 12, before it 10',
  ]);
});
test('a lost run found late, where another has taken its place, is cancelled and told to the operators, once', () => {
  const retry = underWay('deploying', 13, 3, { kind: 'retry' });
  // A Retry whose request has not left yet has taken the place, too.
  const leaving = { ...onOne, active: underWay('dispatching', 13, 3, { kind: 'retry' }), lastSent: lost };
  for (const at of [sent(retry), leaving, { ...onOne, lastSent: ended('live', 13, 3) }]) {
    const decision = seen(running, at, { deployment: lost });
    expect(writesOf(decision)).toEqual(['outside run 77, hides live']);
    expect(effectsOf(decision).slice(-2)).toEqual(['cancel stray 12', 'tell operators stray run']);
    expect(recordsOf(decision)).toContain('stray run');
    expect(seen(running, at, { deployment: lost, outside: outside(77, { status: 'in_progress' }) })).toBe(NOTHING);
    expect(effectsOf(seen(productionRun(77), at, { deployment: lost }))).not.toContain('cancel stray 12');
  }
});
test('a lost run that was re-run in GitHub before it was found needs the end of its first attempt', () => {
  const again = productionRun(77, { attempt: 2, status: 'in_progress', conclusion: null });
  const at = { ...onOne, lastSent: lost, queue: [underWay('queued', 13, 3, { kind: 'retry' })] };
  expect(needsFirstConclusion(lost, again)).toBe(true);
  expect(seen(again, at, { deployment: lost })).toEqual({ kind: 'ask again' });
  expect(writesOf(seen(again, at, { deployment: lost }, { firstConclusion: 'failure' }))).toEqual([
    'end 13 as withdrawn',
    'deploying 12',
    'end 12 as failed',
    'outside run 77, hides live',
  ]);
});

const timePassed = (deployment: Parameters<typeof target>[0] extends infer _ ? RunTarget['deployment'] : never) =>
  decide(onOne, target({ deployment }), { type: 'time passed', service: 'shop', deploymentId: 12 }, POLICY, facts());
test('a run longer than its time is hung, once, and operators are told', () => {
  const after = (seconds: number) =>
    underWay('deploying', 12, 3, {
      run: { id: 912, url: 'https://github.test/runs/912', attempt: 1, startedAt: secondsAgo(seconds) },
    });
  expect(timePassed(after(1_800))).toBe(NOTHING);
  const decision = timePassed(after(1_801));
  expect(writesOf(decision)).toEqual(['hung 12']);
  expect(effectsOf(decision)).toEqual(['redraw 3', 'tell operators hung']);
  expect(accepted(decision).records[0]).toMatchObject({ kind: 'hung', detail: { timeout_ms: 1_800_000, run_id: 912 } });
  for (const other of [underWay('hung', 12, 3), ended('failed', 12, 3), null]) expect(timePassed(other)).toBe(NOTHING);
});

test('one that is unknown for longer than its time is told to the operators, once', () => {
  const after = (seconds: number) => underWay('unknown', 12, 3, { sentAt: secondsAgo(seconds) });
  expect(timePassed(after(1_800))).toBe(NOTHING);
  expect(writesOf(timePassed(after(1_801)))).toEqual(['told unknown 12']);
  expect(effectsOf(timePassed(after(1_801)))).toEqual(['redraw 3', 'tell operators unknown']);
  expect(timePassed(underWay('unknown', 12, 3, { sentAt: secondsAgo(9_999), toldAt: NOW }))).toBe(NOTHING);
});

test.each<UnderWay>(['deploying', 'hung'])('a cancel of what is %s that GitHub does not take', (status) => {
  const answered = (cancelBy: string | null, answer: CancelAnswer, since = 60, cancelToldAt: Date | null = null) =>
    decide(
      onOne,
      target({ deployment: underWay(status, 12, 3, { cancelBy, cancelAskedAt: secondsAgo(since), cancelToldAt }) }),
      { type: 'cancel answered', service: 'shop', deploymentId: 12, answer },
      POLICY,
      facts(),
    );
  expect(writesOf(answered('U0BOB', { is: 'gone' }))).toEqual(['end 12 as cancelled']);
  const refused = answered('U0BOB', { is: 'refused', message: 'Cannot cancel a completed run' });
  expect([writesOf(refused), recordsOf(refused)]).toEqual([['cancel refused 12'], ['cancel refused']]);
  expect(effectsOf(refused)).toContain('tell operators cancel refused');
  expect(answered(null, { is: 'gone' })).toBe(NOTHING);
  // Asked again in silence for a minute; then the operators are told, once.
  expect(answered('U0BOB', { is: 'not taken' }, 60)).toBe(NOTHING);
  const late = answered('U0BOB', { is: 'not taken' }, 61);
  const told = [['told not cancelled 12'], ['redraw 3', 'tell operators not cancelled']];
  expect([writesOf(late), effectsOf(late)]).toEqual(told);
  expect(answered('U0BOB', { is: 'not taken' }, 61, NOW)).toBe(NOTHING);
});

test('a job that moved makes the run be read again, also of one that has ended', () => {
  const moved = (deployment: RunTarget['deployment']) =>
    decide(
      onOne,
      target({ deployment }),
      { type: 'job moved', service: 'shop', runId: 912 },
      POLICY,
      facts({ now: NOW }),
    );
  expect(effectsOf(moved(underWay('deploying', 12, 3)))).toEqual(['follow 12 in 0.3 s']);
  expect(effectsOf(moved(ended('failed', 12, 3)))).toEqual(['follow 12 in 0.3 s']);
  expect([moved(null), moved(lost)]).toEqual([NOTHING, NOTHING]);
});
