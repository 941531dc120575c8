import type { Aside, Change, ChangeRef, Job, PullRequest, StagingRun, TestReport } from '../core/change/change.js';
import { stagingStatus } from '../core/change/change.js';
import type { Ticket } from '../core/change/ticket.js';
import { type ChangeRow, changeOf } from './change-row.js';
import { isKey } from './deployments.js';
import type { Queryable } from './pool.js';

export async function changeById(db: Queryable, id: number): Promise<Change | null> {
  const { rows } = await db.query<ChangeRow>('select * from changes where id = $1', [id]);
  return rows[0] ? changeOf(rows[0]) : null;
}

/** By the opaque key of a button; also null if `key` is not a key at all. */
export async function changeByKey(db: Queryable, key: string): Promise<Change | null> {
  if (!isKey(key)) return null;
  const { rows } = await db.query<ChangeRow>('select * from changes where key = $1', [key]);
  return rows[0] ? changeOf(rows[0]) : null;
}

export async function changeBySha(db: Queryable, service: string, sha: string): Promise<Change | null> {
  const { rows } = await db.query<ChangeRow>('select * from changes where service = $1 and sha = $2', [service, sha]);
  return rows[0] ? changeOf(rows[0]) : null;
}

/** Changes of these services whose SHA begins with `prefix` (hex digits), newest first, at most 3 of each: more than one is ambiguous. */
export async function changesByPrefix(db: Queryable, services: readonly string[], prefix: string): Promise<Change[]> {
  const { rows } = await db.query<ChangeRow>(
    // A range of the index of prefixes, whatever the prefix; hex digits end before g.
    `select newest.* from unnest($1::text[]) as asked (name) cross join lateral (
       with found as materialized (
         select * from changes where service = asked.name and sha ~>=~ $2 and sha ~<~ ($2 || 'g'))
       select * from found order by run_number desc limit 3) newest`,
    [services, prefix],
  );
  return rows.map(changeOf);
}

/** The newest changes of these services, at most `each` of each. */
export async function newestChanges(db: Queryable, services: readonly string[], each: number): Promise<ChangeRef[]> {
  const { rows } = await db.query<ChangeRef>(
    `select newest.* from unnest($1::text[]) as asked (name) cross join lateral (
       select id, key, sha, title from changes where service = asked.name order by run_number desc limit $2) newest`,
    [services, each],
  );
  return rows;
}

/** Those of these changes that there are, by id. */
export async function changesById(db: Queryable, ids: readonly number[]): Promise<Map<number, Change>> {
  const { rows } = await db.query<ChangeRow>('select * from changes where id = any($1)', [ids]);
  return new Map(rows.map((row) => [row.id, changeOf(row)]));
}

export async function refOf(db: Queryable, id: number): Promise<ChangeRef | null> {
  const { rows } = await db.query<ChangeRef>('select id, key, sha, title, tickets from changes where id = $1', [id]);
  return rows[0] ?? null;
}

export async function refsOf(db: Queryable, ids: readonly number[]): Promise<Map<number, ChangeRef>> {
  const { rows } = await db.query<ChangeRef>('select id, key, sha, title, tickets from changes where id = any($1)', [
    ids,
  ]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Saves the state of a staging run, which the decision found to be new. Clears what the last attempt showed. */
export async function saveStaging(
  tx: Queryable,
  service: string,
  run: StagingRun,
  aside: Aside | null = null,
): Promise<number> {
  const { rows } = await tx.query<{ id: number }>(
    `insert into changes (service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_conclusion,
       staging_url, staging_started_at, staging_finished_at, title, author, to_describe, aside, passed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, case when $4 = 'passed' then clock_timestamp() end)
     on conflict on constraint one_card_per_change do update set
       run_number = excluded.run_number, staging_status = excluded.staging_status, staging_run_id = excluded.staging_run_id,
       staging_attempt = excluded.staging_attempt, staging_conclusion = excluded.staging_conclusion,
       staging_url = excluded.staging_url, staging_started_at = excluded.staging_started_at,
       staging_finished_at = excluded.staging_finished_at, staging_jobs = null, tests = null,
       to_describe = excluded.to_describe, rerun_attempt = null, rerun_sent_at = null, rerun_refused = null, passed_at = excluded.passed_at,
       aside = case when changes.aside is not null then excluded.aside end,
       run_status = null
     returning id`,
    [
      service,
      run.sha,
      run.runNumber,
      stagingStatus(run),
      run.runId,
      run.attempt,
      run.conclusion,
      run.url,
      run.startedAt,
      run.status === 'completed' ? run.updatedAt : null,
      run.title,
      run.author,
      run.status === 'completed',
      aside,
    ],
  );
  return (rows[0] as { id: number }).id;
}

/** Notes why GitHub will never run the current attempt again. */
export async function refuseRerun(tx: Queryable, changeId: number, message: string): Promise<void> {
  await tx.query('update changes set rerun_refused = $2 where id = $1', [changeId, message]);
}

export async function askRerun(
  tx: Queryable,
  changeId: number,
  attempt: number | null,
  by: string | null,
): Promise<void> {
  await tx.query('update changes set rerun_attempt = $2, rerun_by = $3, rerun_sent_at = null where id = $1', [
    changeId,
    attempt,
    by,
  ]);
}

/** The claim to ask GitHub for a re-run: only one caller gets it, once per attempt. */
export async function claimRerun(db: Queryable, changeId: number, attempt: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update changes set rerun_sent_at = clock_timestamp()
     where id = $1 and rerun_attempt = $2 and staging_attempt = $2 and rerun_sent_at is null`,
    [changeId, attempt],
  );
  return rowCount === 1;
}

/** GitHub did not receive the request, so it may be asked again. */
export async function forgetRerunSent(db: Queryable, changeId: number, attempt: number): Promise<void> {
  await db.query('update changes set rerun_sent_at = null where id = $1 and rerun_attempt = $2', [changeId, attempt]);
}

/** How long ago, in ms, GitHub was asked for a re-run of a change; null if it was not asked. */
export async function rerunAskedFor(db: Queryable, changeId: number): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>(
    'select (extract(epoch from clock_timestamp() - rerun_sent_at) * 1000)::float8 as ms from changes where id = $1',
    [changeId],
  );
  return rows[0]?.ms ?? null;
}

/**
 * Something left to do for a change: its description, a re-run that was requested, results that it waits for, or, where a
 * replica of an earlier version has described it, whether it touches the paths of its service.
 */
interface Unfinished {
  readonly id: number;
  readonly service: string;
  readonly sha: string;
  readonly describe: boolean;
  readonly rerun: number | null;
  readonly awaits: boolean;
}

export async function unfinishedChanges(db: Queryable): Promise<Unfinished[]> {
  const { rows } = await db.query<Unfinished>(
    `select id, service, sha, to_describe as describe, rerun_attempt as rerun, false as awaits from changes where to_describe
     union all
     select id, service, sha, false, rerun_attempt, false from changes where rerun_attempt is not null and not to_describe
     union all
     select id, service, sha, false, null, true from changes where awaits
     union all
     select id, service, sha, true, null, false from changes
     where aside = 'not known' and staging_status <> 'running' and rerun_attempt is null and not to_describe`,
  );
  return rows;
}

/** What the usual time of a staging run is taken from, and how many runs say what is usual. A re-run may be of some jobs alone. */
const USUAL_OF = 20;
const LEAST_USUAL = 5;

/** What GitHub says of a change; null is not known now, and what was known before stays. */
export interface Description {
  readonly author: string | null;
  readonly committedAt: Date | null;
  readonly pullRequest: PullRequest | null;
  readonly tickets: readonly Ticket[] | null;
  readonly jobs: readonly Job[] | null;
  readonly tests: TestReport | null;
}

export async function describeChange(
  db: Queryable,
  changeId: number,
  attempt: number,
  told: Description,
): Promise<void> {
  await db.query(
    `update changes set author = coalesce($3, author), committed_at = coalesce($7, committed_at), pull_request = coalesce($4, pull_request),
       staging_jobs = coalesce($5, staging_jobs, '[]'), tests = coalesce($6, tests), tickets = coalesce($8, tickets), to_describe = false,
       staging_usual_ms = (
         select extract(epoch from percentile_cont(0.5) within group (order by took)) * 1000
         from (
           select staging_finished_at - staging_started_at as took from changes passed
           where passed.service = changes.service and passed.run_number < changes.run_number and passed.staging_status = 'passed'
             and passed.staging_attempt = 1
           order by passed.run_number desc limit ${USUAL_OF}) last
         having count(*) >= ${LEAST_USUAL})
     where id = $1 and staging_attempt = $2`,
    [
      changeId,
      attempt,
      told.author,
      told.pullRequest === null ? null : JSON.stringify(told.pullRequest),
      told.jobs === null ? null : JSON.stringify(told.jobs),
      told.tests === null ? null : JSON.stringify(told.tests),
      told.committedAt,
      told.tickets === null ? null : JSON.stringify(told.tickets),
    ],
  );
}

/** The tickets of those of a service's commits that are changes of it and have some, by SHA. */
export async function ticketsOfCommits(
  db: Queryable,
  service: string,
  shas: readonly string[],
): Promise<Map<string, readonly Ticket[]>> {
  const { rows } = await db.query<{ sha: string; tickets: Ticket[] }>(
    "select sha, tickets from changes where service = $1 and sha = any($2) and tickets <> '[]'",
    [service, shas],
  );
  return new Map(rows.map(({ sha, tickets }) => [sha, tickets]));
}
