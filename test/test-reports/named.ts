import type { TestFailure } from '../../src/core/change/change.js';
import type { ReadReport } from '../../src/core/change/failed-tests.js';

/** The failures of a report that are named. */
export const named = (report: ReadReport | null): TestFailure[] =>
  (report?.failedTests ?? []).flatMap(({ failure }) => failure ?? []);
