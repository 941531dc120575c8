/** What a test report says beside the reports before it: what is new, and what is flaky. */

import type { TestFailure, TestReport } from './change.js';

/** The most failures that a card shows by name. */
const MOST_FAILURES = 5;
/** Fewer failures of a report than this are told apart. */
export const MOST_FAILED = 2_000;

/** A test that failed, or a failure outside the tests. */
export interface FailedTest {
  /** The same for the same test in another run. */
  readonly id: string;
  /** Null for those beyond the first, whose names are not kept. */
  readonly failure: TestFailure | null;
}

/** A report as it was read, before it is compared. */
export interface ReadReport extends Omit<TestReport, 'failures' | 'newFailures' | 'flakyTests'> {
  /** What failed, in the order of the report, at most `MOST_FAILED`. */
  readonly failedTests: readonly FailedTest[];
  /** The first tests that failed and then passed in the same run. */
  readonly flakyTests: readonly FailedTest[];
}

/** What failed in an earlier attempt of the same staging run. */
export interface EarlierAttempt {
  /** How many tests ran, by its report. */
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

/** The first failures of a report whose names are known, new ones first, at most `most`. `before`: what failed on the change before. */
export function firstFailures(
  before: FailedBefore['before'],
  { failedTests }: Pick<ReadReport, 'failedTests'>,
  most: number,
): TestFailure[] {
  const known = failedTests.length < MOST_FAILED ? before : null;
  const failures = failedTests.flatMap(({ id, failure }) =>
    failure ? [known ? { ...failure, failedBefore: known.has(id) } : failure] : [],
  );
  const isOld = ({ failedBefore = false }: TestFailure) => Number(failedBefore);
  return failures.toSorted((a, b) => isOld(a) - isOld(b)).slice(0, most);
}

/**
 * The report with its new failures first, and with what failed in an earlier attempt of the same commit and does not fail any
 * more, which is flaky. `passed`: the staging run passed, so everything ran. If it did not, a report in which fewer tests ran
 * than in the earlier one does not tell whether they did.
 */
export function comparedWith({ before, earlier }: FailedBefore, report: ReadReport, passed: boolean): TestReport {
  const { failedTests, flakyTests, flaky, ...counts } = report;
  const isWhole = failedTests.length < MOST_FAILED;
  const known = isWhole ? before : null;
  const ran = report.total - report.skipped;
  const elsewhere = new Set([...failedTests, ...flakyTests].map(({ id }) => id));
  const gone = new Set<string>();
  const named = new Map<string, TestFailure>();
  for (const { tests, ids, named: first } of isWhole ? earlier : []) {
    if (ids === null || (!passed && (report.unreadable > 0 || ran < tests))) continue;
    for (const id of ids) if (!elsewhere.has(id)) gone.add(id);
    for (const { id, failure } of first) if (failure && gone.has(id)) named.set(id, failure);
  }
  return {
    ...counts,
    failures: firstFailures(before, report, MOST_FAILURES),
    newFailures: known ? failedTests.filter(({ id }) => !known.has(id)).length : null,
    flaky: flaky + gone.size,
    flakyTests: [...flakyTests.flatMap(({ failure }) => failure ?? []), ...named.values()].slice(0, MOST_FAILURES),
  };
}
