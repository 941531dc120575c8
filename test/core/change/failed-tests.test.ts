import {
  comparedWith,
  type EarlierAttempt,
  MOST_FAILED,
  type ReadReport,
} from '../../../src/core/change/failed-tests.js';

/** A report of a hundred tests, in which these failed. */
const report = (failed: readonly string[], more: Partial<ReadReport> = {}): ReadReport => ({
  ...{ total: 100, failed: failed.length, skipped: 0, outside: 0, unreadable: 0, flaky: 0, flakyTests: [] },
  failedTests: failed.map(of),
  ...more,
});
const failure = (name: string) => ({ name, suite: null, file: null, message: null });
const of = (name: string) => ({ id: name, failure: failure(name) });
const earlier = (failed: readonly string[], more: Partial<EarlierAttempt> = {}): EarlierAttempt => ({
  ...{ tests: 100, ids: failed, named: failed.map(of) },
  ...more,
});
const names = (failures: readonly { name: string }[]) => failures.map(({ name }) => name);

test('without anything before it, a report says nothing of what is new', () => {
  const { newFailures, failures, flaky } = comparedWith({ before: null, earlier: [] }, report(['a', 'b']), false);
  expect({ newFailures, failures, flaky }).toEqual({
    ...{ newFailures: null, flaky: 0, failures: [failure('a'), failure('b')] },
  });
});

test('new failures come first, however late they stand in the report', () => {
  const old = ['a', 'b', 'c', 'd', 'e', 'f'];
  const { newFailures, failures } = comparedWith({ before: new Set(old), earlier: [] }, report([...old, 'g']), false);
  expect(newFailures).toBe(1);
  expect(names(failures)).toEqual(['g', 'a', 'b', 'c', 'd']);
  expect(failures.map(({ failedBefore }) => failedBefore)).toEqual([false, true, true, true, true]);
});

test.each<[string, boolean, Partial<ReadReport>, number]>([
  ['the run passed', true, {}, 1],
  ['the run failed elsewhere, and as many tests ran', false, {}, 1],
  ['fewer tests ran, and the run failed: perhaps it did not run', false, { total: 99 }, 0],
  ['it was skipped, and the run failed: it did not run', false, { skipped: 1 }, 0],
  ['fewer tests ran, and the run passed', true, { total: 99 }, 1],
  ['a report could not be read: perhaps it stands in that', false, { unreadable: 1 }, 0],
])('a test that failed in the attempt before and does not fail now: %s', (_, passed, now, flaky) => {
  const compared = comparedWith({ before: null, earlier: [earlier(['a', 'b'])] }, report(['b'], now), passed);
  expect(compared.flaky).toBe(flaky);
  expect(names(compared.flakyTests)).toEqual(flaky === 0 ? [] : ['a']);
});

test('over several attempts a flaky test counts once, beside those of the same run', () => {
  const compared = comparedWith(
    { before: null, earlier: [earlier(['a', 'b']), earlier(['a', 'c'])] },
    report([], { flaky: 2, flakyTests: [of('x'), of('c')] }),
    true,
  );
  expect(compared.flaky).toBe(4);
  expect(names(compared.flakyTests)).toEqual(['x', 'c', 'a', 'b']);
});

test('more failures than are told apart say nothing of what is new or flaky', () => {
  const many = Array.from({ length: MOST_FAILED }, (_, n) => ({ id: `${n}`, failure: null }));
  const compared = comparedWith(
    { before: new Set(), earlier: [earlier(['a'])] },
    report([], { failed: 5_000, failedTests: many }),
    false,
  );
  expect(compared).toMatchObject({ newFailures: null, flaky: 0, failures: [] });
  const from = comparedWith({ before: null, earlier: [earlier(['a'], { ids: null, tests: 5_000 })] }, report([]), true);
  expect(from.flaky).toBe(0);
});
