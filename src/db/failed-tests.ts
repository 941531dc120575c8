import type { Staging } from '../core/change/change.js';
import type { EarlierAttempt, FailedBefore, ReadReport } from '../core/change/failed-tests.js';
import { MOST_FAILED } from '../core/change/failed-tests.js';
import type { Queryable } from './pool.js';

/**
 * What failed before this attempt: on the newest earlier change of its service with a report, if all of that could be read,
 * and in the earlier attempts of the same run.
 */
export async function failedBefore(db: Queryable, changeId: number, attempt: number): Promise<FailedBefore> {
  const { rows } = await db.query<{
    whole: boolean | null;
    clean: boolean | null;
    ids: string[] | null;
    earlier: EarlierAttempt[] | null;
  }>({
    name: 'failed-before',
    text: `select before.whole, before.clean, before.ids,
        (select json_agg(json_build_object('tests', tests, 'ids', ids, 'named', named) order by attempt)
         from failed_tests where change_id = own.id and run_id = own.staging_run_id and attempt < $2) as earlier
      from changes own
      left join lateral (
        select coalesce((last.tests->>'unreadable')::int, 0) = 0 as whole,
          (last.tests->>'failed')::int + coalesce((last.tests->>'outside')::int, 0) = 0 as clean, failed.ids
        from changes last left join failed_tests failed
          on failed.change_id = last.id and failed.run_id = last.staging_run_id and failed.attempt = last.staging_attempt
        where last.service = own.service and last.run_number < own.run_number and last.tests is not null
        order by last.run_number desc limit 1) before on true
      where own.id = $1`,
    values: [changeId, attempt],
  });
  const [row] = rows;
  const known = row?.whole ? (row.clean ? [] : row.ids) : null;
  return { before: known && new Set(known), earlier: row?.earlier ?? [] };
}

/** Those whose names are kept: they may be named later, when they pass in another attempt. */
const MOST_NAMED = 20;

/** Keeps what failed in an attempt of a run, if anything did. */
export async function saveFailedTests(
  db: Queryable,
  changeId: number,
  { runId, attempt }: Pick<Staging, 'runId' | 'attempt'>,
  { total, skipped, failedTests }: ReadReport,
): Promise<void> {
  if (failedTests.length === 0) return;
  const ids = failedTests.length < MOST_FAILED ? failedTests.map(({ id }) => id) : null;
  const named = failedTests.filter(({ failure }) => failure !== null).slice(0, MOST_NAMED);
  await db.query({
    name: 'save-failed-tests',
    text: `insert into failed_tests (change_id, run_id, attempt, tests, ids, named) values ($1, $2, $3, $4, $5, $6)
      on conflict (change_id, run_id, attempt) do update set tests = excluded.tests, ids = excluded.ids, named = excluded.named`,
    values: [changeId, runId, attempt, total - skipped, ids, JSON.stringify(named)],
  });
}

/** A result is compared with the last ones alone. */
export async function forgetFailedTests(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    "delete from failed_tests using changes where changes.id = change_id and staging_finished_at < clock_timestamp() - interval '90 days'",
  );
  return rowCount ?? 0;
}
