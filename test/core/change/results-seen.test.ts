import type { Change } from '../../../src/core/change/change.js';
import { keyOf, type RequiredResult } from '../../../src/core/change/results.js';
import { resultsSeen } from '../../../src/core/change/results-seen.js';
import type { SeenResult } from '../../../src/core/change/seen-result.js';
import { passedStaging } from '../../../src/core/service/policy.js';
import { change as changeOf } from '../given.js';

const E2E: RequiredResult = { is: 'workflow', file: 'e2e.yml', event: 'push' };
const SCAN: RequiredResult = { is: 'check', name: 'scan', app: 'snyk' };
const requires = [E2E, SCAN];
const policy = { requires, withinMs: 60_000 };
const at = '2026-11-23T12:00:00Z';
const seen = (required: RequiredResult, status: SeenResult['status'], id = 1): SeenResult => ({
  ...{ of: keyOf(required), id, attempt: 1, status, word: status === 'passed' ? 'success' : 'failure' },
  ...{ url: 'https://github.test/5', startedAt: at, updatedAt: at },
});

/** A change whose push run stands so, with these results. */
function change(own: 'running' | 'passed' | 'failed', results: SeenResult[] = [], status = own): Change {
  const one = changeOf(1);
  return { ...one, staging: { ...one.staging, own, status }, results, resultsSince: new Date(at) };
}

const effects = (of: Change | null, ...reported: SeenResult[]) => {
  const decided = resultsSeen({ change: of }, reported, policy);
  return decided.kind === 'accepted' ? decided.effects.map(({ effect }) => effect) : decided.kind;
};

test('what is reported of a commit that is not known yet is left until it is', () => {
  expect(effects(null, seen(E2E, 'passed'))).toBe('nothing');
});

test('the first that ends posts the card; the last that turns green, or one that turns red, draws all', () => {
  expect(effects(change('running'), seen(E2E, 'passed'))).toEqual(['redraw', 'describe']);
  expect(effects(change('passed', [], 'running'), seen(E2E, 'passed'))).toEqual(['redraw']);
  const green = [seen(E2E, 'passed')];
  expect(effects(change('passed', green, 'running'), seen(SCAN, 'passed'))).toEqual(['redraw', 'redraw service']);
  expect(effects(change('passed', [...green, seen(SCAN, 'passed')]), seen(SCAN, 'failed', 2))).toEqual([
    'redraw',
    'redraw service',
    'read failure',
  ]);
});

test('with paths, the end of all is looked at again: the change may carry one that failed', () => {
  const waits = change('passed', [seen(E2E, 'passed')], 'running');
  const paths = { ...policy, paths: ['shop/**'] };
  const decided = resultsSeen({ change: waits }, [seen(SCAN, 'passed')], paths);
  expect(decided).toMatchObject({
    effects: [{}, { effect: 'describe', sha: waits.sha }, { effect: 'redraw service' }],
  });
  expect(resultsSeen({ change: change('passed', [], 'running') }, [seen(E2E, 'passed')], paths)).toMatchObject({
    effects: [{ effect: 'redraw' }],
  });
});

test('twice the same is nothing', () => {
  expect(effects(change('passed', [seen(E2E, 'passed')], 'running'), seen(E2E, 'passed'))).toBe('nothing');
});

test('an older attempt that failed, reported late, is told to nobody', () => {
  const known = [seen(E2E, 'passed', 7)];
  expect(effects(change('passed', known, 'running'), seen(E2E, 'failed', 3))).toEqual(['redraw']);
});

test('a refusal names what failed before what runs, and what runs before what is not there', () => {
  const now = new Date('2026-11-23T12:00:30Z');
  const later = new Date('2026-11-23T12:02:00Z');
  const said = (of: Change, when = now) => {
    const refusal = passedStaging(of, policy, when);
    return refusal?.rule === 'not passed staging' ? [refusal.staging, refusal.result, refusal.word] : null;
  };
  expect(said(change('failed'))).toEqual(['failed', undefined, undefined]);
  expect(said(change('running'))).toEqual(['running', undefined, undefined]);
  expect(said(change('running', [seen(SCAN, 'failed')]))).toEqual(['failed', 'scan (snyk)', 'failure']);
  expect(said(change('passed', [seen(E2E, 'passed')]))).toEqual(['running', 'scan (snyk)', 'awaited']);
  expect(said(change('passed', [seen(E2E, 'passed')]), later)).toEqual(['running', 'scan (snyk)', 'missing']);
  expect(said(change('passed', [seen(E2E, 'passed'), seen(SCAN, 'passed')]))).toBeNull();
  // What was saved as passed before more was required is not believed.
  expect(said(changeOf(1))).toEqual(['running', 'e2e.yml', 'awaited']);
});
