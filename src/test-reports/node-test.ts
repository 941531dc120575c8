/** What node:test says itself of a file that it wrote. */

import type { Case } from './dialects.js';

interface Counts {
  readonly total: number;
  readonly failed: number;
  readonly skipped: number;
  readonly outside: number;
}

const SUMMARY = /^\s*(tests|pass|fail|cancelled|skipped|todo) (\d+)\s*$/;

/**
 * node:test writes its own counts as comments at the end of its file: a parent that failed by its own check has no testcase.
 * `counts` collects them one by one.
 */
export function collectNodeCount(counts: Map<string, number>, comment: string): void {
  const found = SUMMARY.exec(comment);
  if (found) counts.set(found[1] as string, (counts.get(found[1] as string) ?? 0) + Number(found[2]));
}

/** The counts of node:test; null if the file is another tool's. */
function nodeCounts(counts: ReadonlyMap<string, number>): Omit<Counts, 'outside'> | null {
  const total = counts.get('tests');
  const failed = counts.get('fail');
  if (total === undefined || failed === undefined || !counts.has('pass')) return null;
  return {
    total,
    failed: failed + (counts.get('cancelled') ?? 0),
    skipped: (counts.get('skipped') ?? 0) + (counts.get('todo') ?? 0),
  };
}

/** Whether a testcase is written as Node 20 to 26 write it. @reporters/junit 2 writes the same. */
export const isOfNode = ({ written, time }: Case): boolean =>
  /^name time classname\b/.test(written) && /^\d+\.\d{6}$/.test(time);

/**
 * A runner's own counts beside those of its elements: what it leaves out, or what a merge has put beside it, still counts.
 * `alone`: all testcases are node:test's. Then one that it does not count is a suite that is skipped, todo or empty.
 */
export function withOwn(counts: Counts, summary: ReadonlyMap<string, number>, alone: boolean): Counts {
  const own = nodeCounts(summary);
  if (!own) return counts;
  const failed = Math.max(own.failed, counts.failed);
  return {
    total: alone ? own.total + failed - own.failed : Math.max(own.total, counts.total),
    failed,
    skipped: alone ? own.skipped : Math.max(own.skipped, counts.skipped),
    // A failure that only the attributes tell of is one that the runner has counted.
    outside: Math.max(0, counts.outside - (failed - counts.failed)),
  };
}
