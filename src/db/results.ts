import type pg from 'pg';
import type { Change } from '../core/change/change.js';
import { keyOf, type RequiredResult } from '../core/change/results.js';
import type { SeenResult } from '../core/change/seen-result.js';
import type { Write } from '../core/write.js';
import { addJob } from './add-jobs.js';
import { type ChangeRow, changeOf } from './change-row.js';
import { type Queryable, transaction } from './pool.js';
import { resultsKey } from './queue.js';

/** Saves how a change stands with what else is required of it. `passed_at` is when all was green. */
export async function saveResults(
  tx: Queryable,
  service: string,
  { sha, results, own, whole }: Extract<Write, { write: 'results' }>,
): Promise<void> {
  await tx.query(
    `update changes set results = $3, run_status = $4, staging_status = $5,
       passed_at = case when $5 = 'passed' then coalesce(passed_at, clock_timestamp()) end,
       results_since = case when coalesce($4, 'running') <> 'running' then coalesce(results_since, clock_timestamp()) end,
       awaits = $4 is not null and $5 <> 'passed'
     where service = $1 and sha = $2`,
    [service, sha, own === null ? null : stored(results), own, whole],
  );
}

const stored = (results: readonly SeenResult[]): string => JSON.stringify(results);

/** How long a change has waited for results, and whether a newer one passed, or waits too. */
export interface Awaiting {
  /** Since the end of its push run, in ms; null while that runs. */
  readonly waitedMs: number | null;
  /** Since it was first seen. */
  readonly ageMs: number;
  readonly overtaken: boolean;
  readonly behind: boolean;
}

/** Null: it waits for nothing. */
export async function awaitingOf(db: Queryable, changeId: number): Promise<Awaiting | null> {
  const { rows } = await db.query<Awaiting>(
    `select (extract(epoch from clock_timestamp() - results_since) * 1000)::float8 as "waitedMs",
       (extract(epoch from clock_timestamp() - greatest(seen_at, results_since)) * 1000)::float8 as "ageMs",
       coalesce((select n.run_number > c.run_number from changes n where n.service = c.service and n.staging_status = 'passed'
         order by n.run_number desc limit 1), false) as overtaken,
       coalesce((select n.run_number > c.run_number from changes n where n.service = c.service and n.awaits
         order by n.run_number desc limit 1), false) as behind
     from changes c where id = $1 and awaits`,
    [changeId],
  );
  return rows[0] ?? null;
}

/** The newest change of each of these services that waits for results. */
export async function newestAwaiting(db: Queryable, services: readonly string[]): Promise<Map<string, Change>> {
  const { rows } = await db.query<ChangeRow>(
    `select newest.* from unnest($1::text[]) as asked (name) cross join lateral (
       select * from changes where service = asked.name and awaits order by run_number desc limit 1) newest`,
    [services],
  );
  return new Map(rows.map((row) => [row.service, changeOf(row)]));
}

/** GitHub is no longer asked for its results; a webhook may still bring them. */
export async function stopAwaiting(db: Queryable, changeId: number): Promise<void> {
  await db.query('update changes set awaits = false where id = $1', [changeId]);
}

/** An attempt of a required run that is to run again. */
interface Rerun {
  readonly changeId: number;
  readonly runId: number;
  readonly attempt: number;
}

const sentOf = ({ changeId, runId, attempt }: Rerun): unknown[] => [changeId, `${runId}:${attempt}`];

/** The claim to ask GitHub for a re-run: only one caller gets it, once per attempt. */
export async function claimResultRerun(db: Queryable, rerun: Rerun): Promise<boolean> {
  const { rowCount } = await db.query(
    `update changes set reruns_sent = coalesce(reruns_sent, '{}') || jsonb_build_object($2::text, clock_timestamp())
     where id = $1 and not jsonb_exists(coalesce(reruns_sent, '{}'), $2)`,
    sentOf(rerun),
  );
  return rowCount === 1;
}

/** GitHub did not take the request, or nothing came of it, so it may be asked again. */
export async function forgetResultRerun(db: Queryable, rerun: Rerun): Promise<void> {
  await db.query('update changes set reruns_sent = reruns_sent - $2::text where id = $1', sentOf(rerun));
}

/** How long ago, in ms, GitHub was asked for it; null if it was not asked. */
export async function resultRerunAskedFor(db: Queryable, rerun: Rerun): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>(
    `select (extract(epoch from clock_timestamp() - (reruns_sent->>$2)::timestamptz) * 1000)::float8 as ms
     from changes where id = $1`,
    sentOf(rerun),
  );
  return rows[0]?.ms ?? null;
}

/** So many changes of a service have their status found anew when the config requires something else of it. */
const MOST_ANEW = 20;

/**
 * Notes what is required of each service. The newest changes of those of which something else was required before have their
 * status found anew; until then no decision believes it.
 */
export async function noteRequired(pool: pg.Pool, services: Parameters<typeof noteRequires>[1]): Promise<void> {
  await transaction(pool, async (tx) => {
    for (const { service, sha } of await noteRequires(tx, services)) {
      await addJob(tx, 'read results', { service, sha, tries: 0 }, { key: resultsKey({ service, sha }) });
    }
  });
}

/** Returns the newest changes of the services of which something else was required before. */
async function noteRequires(
  db: Queryable,
  services: readonly { readonly name: string; readonly requires?: readonly RequiredResult[] }[],
): Promise<{ service: string; sha: string }[]> {
  const { rows } = await db.query<{ service: string; sha: string }>(
    `with other as (
       update services s set requires = asked.requires from unnest($1::text[], $2::text[]) as asked (name, requires)
       where s.name = asked.name and s.requires is distinct from asked.requires returning s.name)
     select newest.service, newest.sha from other cross join lateral (
       select service, sha from changes where service = other.name order by run_number desc limit ${MOST_ANEW}) newest`,
    [services.map(({ name }) => name), services.map(({ requires = [] }) => wordsOf(requires))],
  );
  return rows;
}

const wordsOf = (requires: readonly RequiredResult[]): string | null =>
  requires.length === 0 ? null : requires.map(keyOf).sort().join('\n');
