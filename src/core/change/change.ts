/** A change: one commit on a service's branch, with the result of its staging run. */

export interface Staging {
  readonly status: 'running' | 'passed' | 'failed';
  readonly runId: number;
  /** Order of changes: the staging workflow's run number. */
  readonly runNumber: number;
  /** 1 for the first run, one more for each re-run of the same run id. */
  readonly attempt: number;
  /** GitHub's word when the run has ended: success, failure, cancelled, timed_out … */
  readonly conclusion: string | null;
  readonly url: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** A job of a run, with the steps that did not succeed. `conclusion` is null while it runs. */
export interface Job {
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly url: string;
  readonly failedSteps: readonly string[];
}

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly author: string;
}

export interface TestCounts {
  readonly total: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Change {
  readonly id: number;
  /** Opaque; what a button carries. */
  readonly key: string;
  readonly service: string;
  readonly sha: string;
  readonly title: string;
  /** GitHub login where GitHub knows one, else the commit's author name. Free text. */
  readonly author: string;
  readonly staging: Staging;
  /** The attempt that a Re-run was asked for and has not been seen to follow yet. */
  readonly rerunOf: number | null;
  /** Who asked for it. */
  readonly rerunBy: string | null;
  readonly pullRequest: PullRequest | null;
  readonly jobs: readonly Job[] | null;
  readonly tests: TestCounts | null;
  /** Since when it is known to have passed staging. */
  readonly passedAt: Date | null;
  readonly hold: Hold | null;
  /** The roll back that took it out of production. */
  readonly undoneBy: number | null;
}

/** Somebody holds a change: with a reason it is marked bad and nobody deploys it, without one it only does not deploy itself. */
export interface Hold {
  readonly by: string;
  readonly reason: string | null;
  readonly at: Date;
}

export type ChangeRef = Pick<Change, 'id' | 'key' | 'sha' | 'title'>;

/** A staging run as GitHub tells of it, by webhook or by poll. */
export interface StagingRun {
  readonly runId: number;
  readonly runNumber: number;
  readonly attempt: number;
  readonly status: string;
  readonly conclusion: string | null;
  readonly sha: string;
  readonly title: string;
  readonly author: string;
  readonly actor: string;
  readonly url: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** The first seven digits, as GitHub shows a commit. */
export const shortSha = (sha: string): string => sha.slice(0, 7);

/** What a run's state means for its change; every ended run that did not succeed is red, whatever GitHub's word. */
export function stagingStatus(run: Pick<StagingRun, 'status' | 'conclusion'>): Staging['status'] {
  if (run.status !== 'completed') return 'running';
  return run.conclusion === 'success' ? 'passed' : 'failed';
}

/**
 * Whether a run tells something that is not known yet. Deliveries come late and out of order
 * (GitHub promises neither): a newer run wins, then a newer attempt, then an ended one over a running one.
 */
export function isNews(known: Staging | null, run: StagingRun): boolean {
  if (!known) return true;
  if (run.runNumber !== known.runNumber) return run.runNumber > known.runNumber;
  if (run.attempt !== known.attempt) return run.attempt > known.attempt;
  return known.status === 'running' && run.status === 'completed';
}
