import { type Change, hasFailures, type TestFailure, type TestReport } from '../../core/change/change.js';
import { ownStatus } from '../../core/change/results.js';
import { formatDuration } from '../../core/duration.js';
import { shown } from '../limits.js';
import { jobsInShort } from './jobs.js';
import { joined, type Phrase, theirs } from './rich.js';
import { tookLong } from './took.js';
import { counted } from './words.js';

const MOST_FLAKY = 3;
/** A test that took less of the run's time does not explain it. */
const LEAST_SHARE = 0.1;

/**
 * `412 tests, 3 failed, 2 skipped`, and what could not be read. Where the run failed and no test did, the jobs stand beside
 * the counts, so that they do not look like a success. null if nothing is known of tests.
 */
export function testsInShort({ staging, tests, jobs }: Pick<Change, 'staging' | 'tests' | 'jobs'>): Phrase | null {
  if (!tests) return null;
  const counts = countsOf(tests);
  const failedElsewhere = ownStatus(staging) === 'failed' && !hasFailures(tests);
  const parts: Phrase[] = [];
  if (counts.length > 0) parts.push([[...counts, ...(failedElsewhere ? ['none failed'] : [])].join(', ')]);
  if (counts.length === 0 || failedElsewhere) {
    const other = jobsInShort(jobs);
    if (other) parts.push(other);
  }
  if (tests.unreadable > 0) parts.push([`${counted(tests.unreadable, 'report')} could not be read`]);
  return joined(parts);
}

function countsOf(tests: TestReport): string[] {
  const { total, failed, skipped, outside, flaky } = tests;
  const parts: string[] = [];
  if (total > 0) parts.push(counted(total, 'test'));
  if (failed > 0) parts.push(`${failed} failed${howManyAreNew(tests)}`);
  if (flaky > 0) parts.push(`${flaky} flaky`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (outside > 0) parts.push(`${counted(outside, 'failure')} outside the tests`);
  return parts;
}

/** Compared with the change before. Where failures outside the tests are among them, the number would be of something else. */
function howManyAreNew({ failed, outside, newFailures }: TestReport): string {
  if (newFailures === null || outside > 0) return '';
  if (newFailures === 0) return ' (none new)';
  return newFailures >= failed ? ' (all new)' : ` (${newFailures} new)`;
}

/** The slowest test, where the run took unusually long and that test is much of it. */
export function slowestTest({ staging, tests }: Pick<Change, 'staging' | 'tests'>): Phrase[] {
  const took = staging.finishedAt === null ? 0 : staging.finishedAt.getTime() - staging.startedAt.getTime();
  if (!tests?.slowest || !tookLong(staging) || tests.slowest.ms < took * LEAST_SHARE) return [];
  const { name, ms } = tests.slowest;
  return [['slowest test ', theirs(name, shown.name, 'code'), ` ${formatDuration(ms)}`]];
}

/** The first failures by name, each with its reason; none if none is known. */
export function failingTests(tests: TestReport | null): Phrase[] {
  if (!tests) return [];
  const listed = tests.failures.map((one) => failingTest(one, tests));
  const more = tests.failed + tests.outside - listed.length;
  const rest = listed.length > 0 && more > 0 ? [[`and ${counted(more, 'more failure', 'more failures')}`]] : [];
  return [...listed, ...rest, ...flakyTests(tests)];
}

/** What failed and then passed: the code is the same, so the test is not to be relied on. */
export function flakyTests({ flaky, flakyTests: named }: TestReport): Phrase[] {
  const listed = named.slice(0, MOST_FLAKY).map(({ name }) => theirs(name, shown.job, 'code'));
  if (listed.length === 0) return [];
  const more = flaky - listed.length;
  return [
    [
      'Flaky, failed and then passed: ',
      ...listed.flatMap((one, n) => (n === 0 ? [one] : [', ', one])),
      ...(more > 0 ? [` and ${more} more`] : []),
    ],
  ];
}

function failingTest({ name, suite, file, message, failedBefore }: TestFailure, { newFailures }: TestReport): Phrase {
  const place = suite ?? file;
  // Where all are old, the counts say so.
  const isOld = failedBefore === true && newFailures !== 0;
  return [
    theirs(name, shown.job, 'code'),
    ...(place !== null && !name.includes(place) ? [' in ', theirs(place, shown.name)] : []),
    ...(isOld ? [' (not new)'] : []),
    ...(message !== null ? [': ', theirs(message, shown.job)] : []),
  ];
}
