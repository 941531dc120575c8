/** What a test report says beside the reports before it: what is new, and what is flaky. */

import type { TestFailure, TestReport } from './change.js';

/** The most failures that a card shows by name. */
export const MOST_FAILURES = 5;
/** The most failures of a report that are told apart. */
export const MOST_FAILED = 2_000;

/** A test that failed, or a failure outside the tests. */
export interface FailedTest {
  /** The same for the same test in another run. */
  readonly id: string;
  /** Null for those beyond the first, whose names are not kept. */
  readonly failure: TestFailure | null;
}

/** A report as it was read, before it is compared. */
export interface ReadReport extends Omit<TestReport, 'failures' | 'newFailures'> {
  /** What failed, in the order of the report, at most `MOST_FAILED`. */
  readonly failedTests: readonly FailedTest[];
}

/** What failed in an earlier attempt of the same staging run. */
export interface EarlierAttempt {
  /** How many tests its report had. */
  readonly tests: number;
  /** Null when they were more than are told apart. */
  readonly ids: readonly string[] | null;
  readonly named: readonly FailedTest[];
}

export interface FailedBefore {
  /** What failed on the change before this one; null when that is not known. */
  readonly before: ReadonlySet<string> | null;
  /** The earlier attempts in which tests failed. */
  readonly earlier: readonly EarlierAttempt[];
}

/**
 * The report with its new failures first, and with what failed in an earlier attempt of the same commit and does not fail any
 * more, which is flaky. `passed`: the staging run passed, so everything ran. If it did not, a report with fewer tests than the
 * earlier one does not tell whether they ran.
 */
export function comparedWith({ before, earlier }: FailedBefore, report: ReadReport, passed: boolean): TestReport {
  const { failedTests, flaky, flakyTests, ...counts } = report;
  const isWhole = failedTests.length < MOST_FAILED;
  const failing = new Set(failedTests.map(({ id }) => id));
  const failures = failedTests.flatMap(({ id, failure }) =>
    failure ? [before ? { ...failure, failedBefore: before.has(id) } : failure] : [],
  );
  const gone = new Set<string>();
  const named = new Map<string, TestFailure>();
  for (const attempt of isWhole ? earlier : []) {
    if (!passed && (report.unreadable > 0 || report.total < attempt.tests)) continue;
    for (const id of attempt.ids ?? attempt.named.map((one) => one.id)) if (!failing.has(id)) gone.add(id);
    for (const { id, failure } of attempt.named) if (failure && gone.has(id)) named.set(id, failure);
  }
  return {
    ...counts,
    failures: [...failures]
      .sort((a, b) => Number(a.failedBefore ?? false) - Number(b.failedBefore ?? false))
      .slice(0, MOST_FAILURES),
    newFailures: before && isWhole ? failedTests.filter(({ id }) => !before.has(id)).length : null,
    flaky: flaky + gone.size,
    flakyTests: [...flakyTests, ...named.values()].slice(0, MOST_FAILURES),
  };
}
