import type { Staging } from '../../../src/core/change/change.js';
import {
  isMissing,
  keyOf,
  labelOf,
  nameOf,
  type RequiredResult,
  standings,
  statusNow,
  wholeStatus,
  withNews,
} from '../../../src/core/change/results.js';
import type { SeenResult } from '../../../src/core/change/seen-result.js';

const E2E: RequiredResult = { is: 'workflow', file: 'e2e.yml', event: 'deployment_status' };
const LOAD: RequiredResult = { is: 'workflow', file: 'load.yml', event: 'push' };
const SCAN: RequiredResult = { is: 'check', name: 'security/scan', app: 'snyk' };
const CI: RequiredResult = { is: 'status', name: 'ci/legacy', by: 'jenkins-acme' };

const at = (minute: number) => `2026-11-23T12:${String(minute).padStart(2, '0')}:00Z`;
const WORDS = { running: 'in_progress', passed: 'success', failed: 'failure' };
function seen(
  required: RequiredResult,
  id: number,
  status: Staging['status'],
  over: Partial<SeenResult> = {},
): SeenResult {
  const [startedAt, updatedAt] = [at(id), at(id + 1)];
  return {
    ...{ of: keyOf(required), id, attempt: 1, status, word: WORDS[status], url: 'https://github.test/1' },
    ...{ startedAt, updatedAt },
    ...over,
  };
}

test.each<[string, Staging['status'], RequiredResult[], SeenResult[], Staging['status']]>([
  ['nothing is required', 'passed', [], [], 'passed'],
  ['all are green', 'passed', [E2E, SCAN], [seen(E2E, 1, 'passed'), seen(SCAN, 2, 'passed')], 'passed'],
  ['one is not there', 'passed', [E2E, SCAN], [seen(E2E, 1, 'passed')], 'running'],
  ['one runs', 'passed', [E2E], [seen(E2E, 1, 'running')], 'running'],
  ['the push run still runs', 'running', [E2E], [seen(E2E, 1, 'passed')], 'running'],
  ['the push run failed', 'failed', [E2E], [seen(E2E, 1, 'passed')], 'failed'],
  ['one failed while the push run runs', 'running', [E2E], [seen(E2E, 1, 'failed')], 'failed'],
  ['one was skipped', 'passed', [SCAN], [seen(SCAN, 1, 'failed', { word: 'skipped' })], 'failed'],
  ['one is neutral', 'passed', [SCAN], [seen(SCAN, 1, 'failed', { word: 'neutral' })], 'failed'],
  ['one was cancelled', 'passed', [LOAD], [seen(LOAD, 1, 'failed', { word: 'cancelled' })], 'failed'],
  ['a newer run failed', 'passed', [LOAD], [seen(LOAD, 1, 'passed'), seen(LOAD, 2, 'failed')], 'failed'],
  ['a newer run is green', 'passed', [LOAD], [seen(LOAD, 2, 'passed'), seen(LOAD, 1, 'failed')], 'passed'],
  ['a newer run runs', 'passed', [LOAD], [seen(LOAD, 1, 'passed'), seen(LOAD, 2, 'running')], 'running'],
  [
    'an older run was run again after the newer one',
    'passed',
    [LOAD],
    [seen(LOAD, 1, 'failed', { attempt: 2, startedAt: at(9) }), seen(LOAD, 2, 'passed')],
    'failed',
  ],
  [
    'the run about another environment was skipped',
    'passed',
    [E2E],
    [seen(E2E, 1, 'passed'), seen(E2E, 2, 'failed', { word: 'skipped' })],
    'passed',
  ],
  [
    'a run about perhaps another environment has not begun',
    'passed',
    [E2E],
    [seen(E2E, 1, 'passed'), seen(E2E, 2, 'running', { word: 'queued' })],
    'passed',
  ],
  ['it is to run again', 'passed', [E2E], [seen(E2E, 1, 'running', { word: 'queued', attempt: 2 })], 'running'],
  ['it runs', 'passed', [E2E], [seen(E2E, 1, 'passed'), seen(E2E, 2, 'running')], 'running'],
  [
    'all runs about the deployment were skipped',
    'passed',
    [E2E],
    [seen(E2E, 1, 'failed', { word: 'skipped' })],
    'running',
  ],
  [
    'a newer skipped push run',
    'passed',
    [LOAD],
    [seen(LOAD, 1, 'passed'), seen(LOAD, 2, 'failed', { word: 'skipped' })],
    'failed',
  ],
  [
    'the newer check began earlier by its own clock',
    'passed',
    [SCAN],
    [seen(SCAN, 1, 'passed', { startedAt: at(30) }), seen(SCAN, 2, 'failed', { startedAt: at(2) })],
    'failed',
  ],
  ["another App's check of that name", 'passed', [SCAN], [seen({ ...SCAN, app: 'mallory' }, 3, 'passed')], 'running'],
  ["another's status of that name", 'passed', [CI], [seen({ ...CI, by: 'mallory' }, 3, 'passed')], 'running'],
  ['the same workflow started otherwise', 'passed', [E2E], [seen({ ...E2E, event: 'push' }, 3, 'passed')], 'running'],
])('%s', (_, own, requires, results, expected) => {
  expect(wholeStatus(own, requires, { results })).toBe(expected);
  // Whatever the order in which they were reported, and however often.
  const reported = [...results, ...results].reverse();
  const all = reported.reduce<readonly SeenResult[]>((known, one) => withNews(requires, known, [one]).all, []);
  expect(wholeStatus(own, requires, { results: all })).toBe(expected);
});

test.each<[string, SeenResult, SeenResult, boolean]>([
  ['twice the same', seen(LOAD, 1, 'passed'), seen(LOAD, 1, 'passed'), false],
  ['its end', seen(LOAD, 1, 'running'), seen(LOAD, 1, 'passed'), true],
  ['its first job', seen(LOAD, 1, 'running', { word: 'queued' }), seen(LOAD, 1, 'running'), true],
  ['that it is queued, late', seen(LOAD, 1, 'running'), seen(LOAD, 1, 'running', { word: 'queued' }), false],
  ['its start, late', seen(LOAD, 1, 'passed'), seen(LOAD, 1, 'running'), false],
  ['the next attempt', seen(LOAD, 1, 'passed'), seen(LOAD, 1, 'running', { attempt: 2 }), true],
  ['the attempt before, late', seen(LOAD, 1, 'running', { attempt: 2 }), seen(LOAD, 1, 'passed'), false],
  ['a check that its App runs again', seen(SCAN, 1, 'passed'), seen(SCAN, 1, 'running', { startedAt: at(5) }), true],
  ['a check that its App corrects', seen(SCAN, 1, 'passed'), seen(SCAN, 1, 'failed', { updatedAt: at(8) }), true],
])('whether it is news: %s', (_, known, news, expected) => {
  expect(withNews([LOAD, SCAN], [known], [news]).news).toHaveLength(expected ? 1 : 0);
});

test('of each only the newest are kept, and nothing of what is no longer required', () => {
  const all = Array.from({ length: 8 }, (_, n) => seen(LOAD, n + 1, 'failed'));
  const kept = withNews([LOAD], [...all, seen(SCAN, 1, 'passed')], [seen(LOAD, 9, 'passed')]).all;
  expect(kept.map(({ id }) => id)).toEqual([9, 8, 7, 6, 5]);
});

test('however many runs about other environments were skipped, the one that counts is kept', () => {
  const skipped = Array.from({ length: 12 }, (_, n) => seen(E2E, n + 2, 'failed', { word: 'skipped' }));
  const { all } = withNews([E2E], [seen(E2E, 1, 'passed')], skipped);
  expect(all).toHaveLength(6);
  expect(wholeStatus('passed', [E2E], { results: all })).toBe('passed');
});

test('one that is not there is missing from then on, and can still come', () => {
  const change = { results: [], resultsSince: new Date(at(0)) };
  const [awaited] = standings([E2E], change);
  const missing = (minute: number) =>
    isMissing(awaited as NonNullable<typeof awaited>, change, 30 * 60_000, new Date(at(minute)));
  expect([missing(29), missing(30)]).toEqual([false, true]);
  expect(standings([E2E], { results: [seen(E2E, 40, 'passed')] })[0]?.status).toBe('passed');
});

test('what is required now decides, whatever was saved', () => {
  const staging = { status: 'passed' } as Staging;
  expect(statusNow({ staging }, [E2E])).toBe('running');
  expect(statusNow({ staging }, [])).toBe('passed');
  expect(statusNow({ staging, results: [seen(E2E, 1, 'passed')] }, [E2E])).toBe('passed');
});

test('each has a name for people, also from its key alone', () => {
  const names = ['e2e.yml (deployment_status)', 'load.yml', 'security/scan (snyk)', 'ci/legacy (jenkins-acme)'];
  expect([E2E, LOAD, SCAN, CI].map(nameOf)).toEqual(names);
  expect([E2E, LOAD, SCAN, CI].map((one) => labelOf(keyOf(one)))).toEqual(names);
});

/** Numbers that look random and are the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

test('whatever is reported, in any order and several times, the newest attempt decides', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const next = numbers(seed);
    const ends = Array.from({ length: 1 + next(5) }, (_, n) => {
      const status = (['passed', 'failed', 'running'] as const)[next(3)] ?? 'running';
      return seen(LOAD, 1, status, { attempt: n + 1, startedAt: at(2 * n), updatedAt: at(2 * n + 1) });
    });
    const starts = ends.map((one) => ({ ...one, status: 'running' as const, word: 'in_progress' }));
    const all = [...starts, ...ends, ...ends];
    const reported = all.map((one) => ({ one, place: next(1_000) })).sort((a, b) => a.place - b.place);
    const known = reported.reduce<readonly SeenResult[]>((kept, { one }) => withNews([LOAD], kept, [one]).all, []);
    expect([seed, wholeStatus('passed', [LOAD], { results: known })]).toEqual([seed, ends.at(-1)?.status]);
  }
});
