import { type Change, hasFailures, type TestFailure, type TestReport } from '../../core/change/change.js';
import { shown } from '../limits.js';
import { jobsInShort } from './jobs.js';
import { joined, type Phrase, theirs } from './rich.js';
import { counted } from './words.js';

const MOST_FAILED = 3;

/**
 * `412 tests, 3 failed, 2 skipped`, and what could not be read. Where the run failed and no test did, the jobs stand beside
 * the counts, so that they do not look like a success. null if nothing is known of tests.
 */
export function testsInShort({ staging, tests, jobs }: Pick<Change, 'staging' | 'tests' | 'jobs'>): Phrase | null {
  if (!tests) return null;
  const counts = countsOf(tests);
  const failedElsewhere = staging.status === 'failed' && !hasFailures(tests);
  const parts: Phrase[] = [];
  if (counts.length > 0) parts.push([[...counts, ...(failedElsewhere ? ['none failed'] : [])].join(', ')]);
  if (counts.length === 0 || failedElsewhere) {
    const other = jobsInShort(jobs);
    if (other) parts.push(other);
  }
  if (tests.unreadable > 0) parts.push([`${counted(tests.unreadable, 'report')} could not be read`]);
  return joined(parts);
}

function countsOf({ total, failed, skipped, outside }: TestReport): string[] {
  const parts: string[] = [];
  if (total > 0) parts.push(counted(total, 'test'));
  if (failed > 0) parts.push(`${failed} failed`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (outside > 0) parts.push(`${counted(outside, 'failure')} outside the tests`);
  return parts;
}

/** The first failures by name, each with its reason; none if none is known. */
export function failingTests(tests: TestReport | null): Phrase[] {
  if (!tests) return [];
  const listed = tests.failures.slice(0, MOST_FAILED).map(failingTest);
  const more = tests.failed + tests.outside - listed.length;
  return listed.length > 0 && more > 0
    ? [...listed, [`and ${counted(more, 'more failure', 'more failures')}`]]
    : listed;
}

function failingTest({ name, suite, file, message }: TestFailure): Phrase {
  const place = suite ?? file;
  return [
    theirs(name, shown.job, 'code'),
    ...(place !== null && !name.includes(place) ? [' in ', theirs(place, shown.name)] : []),
    ...(message !== null ? [': ', theirs(message, shown.job)] : []),
  ];
}
