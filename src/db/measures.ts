/**
 * The measures of `docs/digest.md`, one statement each, for some services and spans of time at once: a row for each service in
 * which there is something to measure, and one for all of them together, whose `service` is null. `span` counts from 0. Each
 * reads what ended in the spans and, of what came before, at most a few deployments of each service.
 */

import type { Span } from '../core/measures.js';
import type { Queryable } from './pool.js';

interface Of {
  span: number;
  service: string | null;
}

const SPANS = 'unnest($2::timestamptz[], $3::timestamptz[]) with ordinality as spans (since, until, number)';
/** The services, and the time from the beginning of the first span to the end of the last. */
const ASKED = `asked as materialized (
       select service, (select min(since) from ${SPANS}) as since, (select max(until) from ${SPANS}) as until
       from unnest($1::text[]) as asked (service))`;
/** Postgres then asks once for each service, by index, however many rows it supposes. */
const FENCE = 'offset 0';
const EACH_AND_ALL = 'grouping sets ((spans.number, service), (spans.number))';
const SPAN = '(spans.number - 1)::int as span';
const ms = (interval: string) => `extract(epoch from ${interval})::float8 * 1000`;
const median = (of: string) => `percentile_cont(0.5) within group (order by ${of})`;
const timesOf = (spans: readonly Span[]): [Date[], Date[]] => [
  spans.map((one) => one.since),
  spans.map((one) => one.until),
];

/** How many deployments went live. What a rollback restores was delivered before, and does not count. */
export async function deploymentFrequency(
  db: Queryable,
  services: readonly string[],
  spans: readonly Span[],
): Promise<(Of & { deployments: number })[]> {
  const { rows } = await db.query<Of & { deployments: number }>({
    name: 'deployment-frequency',
    text: `select ${SPAN}, service, count(*)::int as deployments
     from ${SPANS} cross join unnest($1::text[]) as asked (service) cross join lateral (
       select kind from deployments where service = asked.service and status = 'live'
         and ended_at > spans.since and ended_at <= spans.until ${FENCE}) live
     where kind <> 'roll back' group by ${EACH_AND_ALL}`,
    values: [services, ...timesOf(spans)],
  });
  return rows;
}

/** So many deployments before a span say which change was the newest that had been live. */
const LAST = 20;

/**
 * How long it took from the commit of a change until it was live for the first time: of each change that a deployment brought,
 * also of those that later ones superseded on staging, but of none that stands aside. Where nothing was live before, a deployment brings its change alone.
 */
export async function leadTime(
  db: Queryable,
  services: readonly string[],
  spans: readonly Span[],
): Promise<(Of & { changes: number; known: number; median: number | null })[]> {
  const { rows } = await db.query<Of & { changes: number; known: number; median: number | null }>({
    name: 'lead-time',
    text: `with ${ASKED}, deployed as (
       select asked.service, ended_at, run_number, greatest(first.newest, max(run_number) over (
         partition by asked.service order by ended_at, id rows between unbounded preceding and 1 preceding)) as newest
       from asked
         cross join lateral (select max(run_number) as newest from (
           select run_number from deployments where service = asked.service and status = 'live' and kind <> 'roll back'
             and ended_at <= asked.since order by ended_at desc, id desc limit ${LAST}) last) first
         cross join lateral (
           select id, ended_at, run_number, kind from deployments where service = asked.service and status = 'live'
             and ended_at > asked.since and ended_at <= asked.until ${FENCE}) live
       where kind <> 'roll back'
     ), brought as (
       select deployed.service, ended_at, case when committed_at is not null
         then ${ms("greatest(ended_at - committed_at, interval '0')")} end as took
       from deployed cross join lateral (
         select committed_at from changes where service = deployed.service and aside is null and run_number <= deployed.run_number
           and run_number > coalesce(newest, deployed.run_number - 1) ${FENCE}) shipped
     )
     select ${SPAN}, service, count(*)::int as changes, count(took)::int as known, ${median('took')} as median
     from ${SPANS} join brought on ended_at > spans.since and ended_at <= spans.until group by ${EACH_AND_ALL}`,
    values: [services, ...timesOf(spans)],
  });
  return rows;
}

/**
 * Of the deployments that ran in production, how many needed somebody's hand: those that failed, and those that were live
 * until a rollback replaced them. A rollback is the remedy: it does not count itself.
 */
export async function changeFailures(
  db: Queryable,
  services: readonly string[],
  spans: readonly Span[],
): Promise<(Of & { failed: number; of: number })[]> {
  const { rows } = await db.query<Of & { failed: number; of: number }>({
    name: 'change-failures',
    text: `with ${ASKED}, live as (
       select asked.service, ended_at, kind, lead(kind) over next = 'roll back' and lead(sha) over next <> sha as undone
       from asked cross join lateral (
         select id, ended_at, kind, sha from deployments where service = asked.service and status = 'live'
           and ended_at > asked.since and ended_at <= asked.until ${FENCE}) live
       window next as (partition by asked.service order by ended_at, id)
     ), ran as (
       select service, ended_at, kind, coalesce(undone, false) as failed from live
       union all
       select asked.service, ended_at, kind, true from asked cross join lateral (
         select ended_at, kind, run_id from deployments where service = asked.service and status = 'failed'
           and ended_at > asked.since and ended_at <= asked.until ${FENCE}) failed
       where run_id is not null
     )
     select ${SPAN}, service, count(*) filter (where failed)::int as failed, count(*)::int as of
     from ${SPANS} join ran on ended_at > spans.since and ended_at <= spans.until
     where kind <> 'roll back' group by ${EACH_AND_ALL}`,
    values: [services, ...timesOf(spans)],
  });
  return rows;
}

/**
 * How long production was broken until a deployment went live: since the first that failed after what was live before, or,
 * if a rollback restored it, since what it replaced had gone live. It counts where it ended.
 */
export async function timeToRestore(
  db: Queryable,
  services: readonly string[],
  spans: readonly Span[],
): Promise<(Of & { times: number; median: number })[]> {
  const { rows } = await db.query<Of & { times: number; median: number }>({
    name: 'time-to-restore',
    text: `with ${ASKED}, first as materialized (
       select service, until, coalesce((
         select ended_at from deployments where service = asked.service and status = 'live' and ended_at <= asked.since
         order by ended_at desc, id desc limit 1), asked.since) as at
       from asked
     ), ended as (
       select service, ended.* from first cross join lateral (
         select id, ended_at, true as live, kind, sha from deployments where service = first.service and status = 'live'
           and ended_at >= first.at and ended_at <= first.until ${FENCE}) ended
       union all
       select service, id, ended_at, false, null, null from first cross join lateral (
         select id, ended_at, run_id from deployments where service = first.service and status = 'failed'
           and ended_at >= first.at and ended_at <= first.until ${FENCE}) failed
       where run_id is not null
     ), ran as (
       select *, count(*) filter (where live) over (
         partition by service order by ended_at, id rows between unbounded preceding and 1 preceding) as after
       from ended
     ), each as (
       select service, after, max(ended_at) filter (where live) as restored, min(ended_at) filter (where not live) as failed,
         max(sha) as sha, bool_or(kind = 'roll back') as undid
       from ran group by service, after
     ), broken as (
       select service, restored, least(failed, case when undid and lag(sha) over previous <> sha then lag(restored) over previous end) as since
       from each window previous as (partition by service order by after)
     )
     select ${SPAN}, service, count(*)::int as times, ${median(ms('restored - broken.since'))} as median
     from ${SPANS} join broken on broken.since is not null and restored > spans.since and restored <= spans.until
     group by ${EACH_AND_ALL}`,
    values: [services, ...timesOf(spans)],
  });
  return rows;
}

/** How long a request waited from when it was made until it had all its approvals. What broke the glass waited for none. */
export async function approvalWaits(
  db: Queryable,
  services: readonly string[],
  spans: readonly Span[],
): Promise<(Of & { requests: number; median: number; ninetieth: number })[]> {
  const waited = ms('queued_at - requested_at');
  const { rows } = await db.query<Of & { requests: number; median: number; ninetieth: number }>({
    name: 'approval-waits',
    text: `select ${SPAN}, service, count(*)::int as requests, ${median(waited)} as median,
       percentile_cont(0.9) within group (order by ${waited}) as ninetieth
     from ${SPANS} cross join unnest($1::text[]) as asked (service) cross join lateral (
       select queued_at, requested_at, override_reason, status from deployments
       where service = asked.service and required > 0 and queued_at > spans.since and queued_at <= spans.until ${FENCE}) approved
     where override_reason is null and status not in ('waiting', 'rejected', 'withdrawn', 'expired')
     group by ${EACH_AND_ALL}`,
    values: [services, ...timesOf(spans)],
  });
  return rows;
}
