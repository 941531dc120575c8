import type { Aside, Change, Hold, Job, PullRequest, Staging, TestReport } from '../core/change/change.js';
import type { SeenResult } from '../core/change/seen-result.js';
import type { Ticket } from '../core/change/ticket.js';
import type { TimesOf } from './json.js';

/** A row of `changes`, as node-postgres returns it. */
export interface ChangeRow {
  id: number;
  key: string;
  service: string;
  sha: string;
  run_number: number;
  staging_status: Staging['status'];
  staging_run_id: number;
  staging_attempt: number;
  staging_conclusion: string | null;
  staging_url: string;
  staging_started_at: Date;
  staging_finished_at: Date | null;
  staging_usual_ms: number | null;
  rerun_attempt: number | null;
  rerun_by: string | null;
  rerun_refused: string | null;
  title: string;
  author: string;
  pull_request: PullRequest | null;
  tickets: Ticket[] | null;
  staging_jobs: Job[] | null;
  tests: TestReport | null;
  passed_at: Date | null;
  hold_by: string | null;
  hold_reason: string | null;
  held_at: Date | null;
  undone_by: number | null;
  aside: Aside | null;
  run_status: Staging['status'] | null;
  results: SeenResult[] | null;
  results_since: Date | null;
}

/** The columns of `changes` by name, as those of `deployments`. */
export const CHANGE_COLUMNS = Object.keys({
  id: true,
  key: true,
  service: true,
  sha: true,
  run_number: true,
  staging_status: true,
  staging_run_id: true,
  staging_attempt: true,
  staging_conclusion: true,
  staging_url: true,
  staging_started_at: true,
  staging_finished_at: true,
  staging_usual_ms: true,
  rerun_attempt: true,
  rerun_by: true,
  rerun_refused: true,
  title: true,
  author: true,
  pull_request: true,
  tickets: true,
  staging_jobs: true,
  tests: true,
  passed_at: true,
  hold_by: true,
  hold_reason: true,
  held_at: true,
  undone_by: true,
  aside: true,
  run_status: true,
  results: true,
  results_since: true,
} satisfies Record<keyof ChangeRow, true>).join(', ');

/** Its columns that are times, for a row that comes as JSON. */
export const CHANGE_TIMES: TimesOf<ChangeRow> = {
  staging_started_at: true,
  staging_finished_at: true,
  passed_at: true,
  held_at: true,
  results_since: true,
};

/** What rows lack that were written by older versions. */
const NOTHING_BESIDE = {
  outside: 0,
  unreadable: 0,
  failures: [],
  newFailures: null,
  flaky: 0,
  flakyTests: [],
} as const;

export const changeOf = (row: ChangeRow): Change => ({
  id: row.id,
  key: row.key,
  service: row.service,
  sha: row.sha,
  title: row.title,
  author: row.author,
  staging: {
    status: row.staging_status,
    ...(row.run_status === null ? {} : { own: row.run_status }),
    runId: row.staging_run_id,
    runNumber: row.run_number,
    attempt: row.staging_attempt,
    conclusion: row.staging_conclusion,
    url: row.staging_url,
    startedAt: row.staging_started_at,
    finishedAt: row.staging_finished_at,
    usualMs: row.staging_usual_ms,
  },
  rerunOf: row.rerun_attempt,
  rerunBy: row.rerun_by,
  rerunRefused: row.rerun_refused,
  pullRequest: row.pull_request,
  tickets: row.tickets ?? [],
  jobs: row.staging_jobs,
  tests: row.tests && { ...NOTHING_BESIDE, ...row.tests },
  passedAt: row.passed_at,
  hold: holdOf(row),
  undoneBy: row.undone_by,
  ...(row.aside && { aside: row.aside }),
  ...(row.results === null ? {} : { results: row.results, resultsSince: row.results_since }),
});

/** The hold on a change, from its columns. */
export const holdOf = (row: Pick<ChangeRow, 'hold_by' | 'hold_reason' | 'held_at'>): Hold | null =>
  row.hold_by === null || row.held_at === null ? null : { by: row.hold_by, reason: row.hold_reason, at: row.held_at };
