/** Why a run failed, as it is told in the thread of its card. */

import type { Change, Job, TestFailure } from './change.js';
import { ofAttempt, ownStatus } from './results.js';

/** The most failures that a thread names. */
export const MOST_EXPLAINED = 20;

/** One failed attempt of a run, of staging or of production. */
export interface FailedAttempt {
  readonly changeId: number;
  readonly runId: number;
  readonly attempt: number;
}

/** What GitHub or a tool noted about a place in the code, or about the job. Text that others wrote. */
export interface Annotation {
  /** `src/basket.ts:12`; null when it is about no file. */
  readonly place: string | null;
  readonly message: string;
}

/** The job that failed first, and what it says of the reason. All of it is text that others wrote, without secrets. */
export interface FailedJob extends Pick<Job, 'name' | 'url'> {
  readonly step: string | null;
  readonly exitCode: number | null;
  readonly annotations: readonly Annotation[];
  /** The lines of its log that say why; none when the log could not be read, or must not be shown. */
  readonly lines: readonly string[];
}

export interface Explanation {
  /** The first failed tests, new ones first, at most `MOST_EXPLAINED`. */
  readonly failures: readonly TestFailure[];
  readonly job: FailedJob | null;
}

/** Nothing beside what the card says. */
export const NOTHING_MORE: Explanation = { failures: [], job: null };

/** Whether there is something to tell that the card does not say. */
export const saysWhy = ({ failures, job }: Explanation): boolean =>
  failures.length > 0 || (job !== null && job.lines.length + job.annotations.length > 0);

/**
 * Whether a failed attempt of staging, or of what else is required, is no longer the last word about its change. A failed
 * deployment stays failed.
 */
export function isOver(
  change: Pick<Change, 'staging' | 'results'>,
  { runId, attempt }: FailedAttempt,
  deploymentId: number | null,
): boolean {
  if (deploymentId !== null) return false;
  const result = ofAttempt(change, runId, attempt);
  if (result) return result.status !== 'failed';
  const { staging } = change;
  return staging.runId !== runId || staging.attempt !== attempt || ownStatus(staging) !== 'failed';
}
