/** A change: one commit on a service's branch, with the result of its staging run. */

import type { SeenResult } from './seen-result.js';
import type { Ticket } from './ticket.js';

export interface Staging {
  /** Of the push run, and of all else that is required. */
  readonly status: 'running' | 'passed' | 'failed';
  /** Of the push run alone; missing where nothing else is required. */
  readonly own?: 'running' | 'passed' | 'failed';
  readonly runId: number;
  /** The staging workflow's run number: the order of changes. */
  readonly runNumber: number;
  /** 1 for the first run; each re-run of the same run id adds 1. */
  readonly attempt: number;
  /** GitHub's conclusion once the run has ended: success, failure, cancelled, timed_out … */
  readonly conclusion: string | null;
  readonly url: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** How long first attempts took that passed before it: the middle one of the last twenty, in ms; null if fewer than five. */
  readonly usualMs: number | null;
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

/** What the test reports of a staging run say. */
export interface TestReport {
  readonly total: number;
  readonly failed: number;
  /** Tests that neither passed nor failed: skipped, todo, pending, disabled, not run. */
  readonly skipped: number;
  /** Failures that are no test and not in the other counts: a hook, a file that does not load, a plan that is not met. */
  readonly outside: number;
  /** Files that should have been reports and could not be read. */
  readonly unreadable: number;
  /** The first failures, new ones first, at most five. */
  readonly failures: readonly TestFailure[];
  /** How many of the failures were none on the change before; null when that is not known. */
  readonly newFailures: number | null;
  /** How many tests failed and then passed: in the same run, or in a later attempt of it. They are in no other count. */
  readonly flaky: number;
  /** The first of these, at most five. */
  readonly flakyTests: readonly TestFailure[];
  /** The test that took longest; missing when no file says how long its tests took. */
  readonly slowest?: SlowTest;
}

export interface SlowTest {
  readonly name: string;
  readonly suite: string | null;
  readonly ms: number;
}

/** A failed test, or a failure outside the tests. All of it is text that others wrote. */
export interface TestFailure {
  readonly name: string;
  /** The class or suite in which the test stands, as its runner calls it. */
  readonly suite: string | null;
  readonly file: string | null;
  /** The first line of the reason. */
  readonly message: string | null;
  /** Whether it failed on the change before, too; missing when that is not known. */
  readonly failedBefore?: boolean;
}

export interface Change {
  readonly id: number;
  /** The opaque key that buttons carry. */
  readonly key: string;
  readonly service: string;
  readonly sha: string;
  readonly title: string;
  /** The GitHub login, or the commit's author name when GitHub knows no login. Free text. */
  readonly author: string;
  readonly staging: Staging;
  /** The attempt for which a Re-run was requested that has not started yet. */
  readonly rerunOf: number | null;
  /** Who requested that Re-run. */
  readonly rerunBy: string | null;
  /** Why GitHub will never run this attempt again, in its own words. */
  readonly rerunRefused: string | null;
  readonly pullRequest: PullRequest | null;
  /** The tickets that its title, its branch and its pull request name. */
  readonly tickets: readonly Ticket[];
  readonly jobs: readonly Job[] | null;
  readonly tests: TestReport | null;
  /** When Pushbutton learned that it passed staging. */
  readonly passedAt: Date | null;
  readonly hold: Hold | null;
  /** Missing: it counts among the changes of its service. */
  readonly aside?: Aside;
  /** The id of the rollback that removed it from production. */
  readonly undoneBy: number | null;
  /** The attempts that are known at what else is required; missing: nothing is. */
  readonly results?: readonly SeenResult[];
  /** Since when what else is required is waited for: the end of the push run. */
  readonly resultsSince?: Date | null;
}

/**
 * Why a change does not count among those of its service: it has no card and is not the newest that passed. `not known`:
 * GitHub has not told which files it touches; that lasts only as long as it is asked.
 */
export type Aside = 'not known' | 'touches nothing';

/** A held change: with a reason it is marked bad and nobody may deploy it; without one it only does not deploy by itself. */
export interface Hold {
  readonly by: string;
  readonly reason: string | null;
  readonly at: Date;
}

export interface ChangeRef extends Pick<Change, 'id' | 'key' | 'sha' | 'title'> {
  /** Null or missing: none, or none was looked for. */
  readonly tickets?: readonly Ticket[] | null;
}

/** A staging run as GitHub reports it, by webhook or poll. */
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

/** The first seven digits of a SHA, as GitHub shows commits. */
export const shortSha = (sha: string): string => sha.slice(0, 7);

/** The staging status for a run's state: every ended run without the conclusion `success` has failed. */
export function stagingStatus(run: Pick<StagingRun, 'status' | 'conclusion'>): Staging['status'] {
  if (run.status !== 'completed') return 'running';
  return run.conclusion === 'success' ? 'passed' : 'failed';
}

/** Whether a run ended before it had a result: it was cancelled, often by a newer push (`concurrency`), or skipped. */
export const endedEarly = ({ conclusion }: Pick<StagingRun, 'conclusion'>): boolean =>
  conclusion === 'cancelled' || conclusion === 'skipped';

/** Whether a job is one of the reasons why its run did not succeed. */
export const failed = ({ conclusion }: Job): boolean =>
  conclusion !== null && !['success', 'skipped', 'neutral'].includes(conclusion);

/** Whether a job failed by itself, rather than being cancelled with its run. */
export const brokenJobs = (jobs: readonly Job[] | null): boolean =>
  (jobs ?? []).some((job) => failed(job) && job.conclusion !== 'cancelled');

export const hasFailures = (tests: TestReport | null): boolean => tests !== null && tests.failed + tests.outside > 0;

/** Whether nothing is known to have failed in a staging run that ended early. */
export const hasNoResult = ({ staging, jobs, tests }: Pick<Change, 'staging' | 'jobs' | 'tests'>): boolean =>
  endedEarly(staging) && !brokenJobs(jobs) && !hasFailures(tests);

/**
 * Whether a run is news compared with what is known. Deliveries may arrive late and out of order, so a newer run wins,
 * then a newer attempt, then an ended run over a running one.
 */
export function isNews(known: Staging | null, run: StagingRun): boolean {
  if (!known) return true;
  if (run.runNumber !== known.runNumber) return run.runNumber > known.runNumber;
  if (run.attempt !== known.attempt) return run.attempt > known.attempt;
  return (known.own ?? known.status) === 'running' && run.status === 'completed';
}
