/** How far the change management of each service has heard of its deployments (migrations/0022). */

import { NEWS_KINDS, type NewsKind, type OutcomeNews } from '../core/outcome-news.js';
import { addJobs } from './add-jobs.js';
import type { Queryable } from './pool.js';
import { changeTicketJob } from './queue.js';

/** A line of the ledger that is news: with these kinds and `seq + 0` in the text, the index of migrations/0030 fits. */
const IS_NEWS = `kind in (${NEWS_KINDS.map((kind) => `'${kind}'`).join(', ')})
  and deployment_id is not null and (kind <> 'approved' or detail->'approval' >= detail->'required')`;

/**
 * From now on these services have a receiver. Those that had none in the last hour hear of what happens from now on; one at
 * a new address, by its hash, needs no rest. Returns the others that had one.
 */
export async function followReceivers(
  db: Queryable,
  receivers: readonly { readonly service: string; readonly address: string }[],
): Promise<string[]> {
  const services = receivers.map(({ service }) => service);
  const { rows: left } = await db.query<{ service: string }>(
    'update change_tickets set left_at = clock_timestamp() where not (service = any($1)) and left_at is null returning service',
    [services],
  );
  const { rows: changed } = await db.query<{ service: string }>(
    `insert into change_tickets as known (service, address, told)
     select service, address, (select coalesce(max(seq), 0) from ledger) from unnest($1::text[], $2::text[]) as wanted (service, address)
     on conflict (service) do update set address = excluded.address, left_at = null,
       rest_until = case when known.address = excluded.address then known.rest_until else clock_timestamp() end,
       told = case when known.left_at < clock_timestamp() - interval '1 hour' then excluded.told else known.told end
       where known.address <> excluded.address or known.left_at is not null
     returning service`,
    [services, receivers.map(({ address }) => address)],
  );
  await addJobs(
    db,
    changed.map(({ service }) => changeTicketJob(service)),
  );
  return left.map(({ service }) => service);
}

/** Those of these services of which there is news to tell. They have a receiver, whatever a replica with another config says. */
export async function servicesWithNews(db: Queryable, services: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ service: string }>(
    `with kept as (update change_tickets set left_at = null where service = any($1) and left_at is not null)
     select service from change_tickets c where service = any($1)
       and exists (select from ledger l where l.service = c.service and l.seq + 0 > c.told and ${IS_NEWS})`,
    [services],
  );
  return rows.map(({ service }) => service);
}

/** What the replicas know of a receiver. */
export interface ReceiverState {
  /** The SHA-256 of its address. */
  readonly address: string;
  /** Why it accepts nothing, and since when; null while it does. */
  readonly fault: string | null;
  readonly since: Date | null;
  /** Whether there is news that it has not accepted. */
  readonly waits: boolean;
}

/** The receivers of these services, with the names of their faults; none of a service that was never followed. */
export async function receiversNow(
  db: Queryable,
  receivers: readonly { readonly service: string; readonly fault: string }[],
): Promise<ReadonlyMap<string, ReceiverState>> {
  const { rows } = await db.query<ReceiverState & { service: string }>(
    `select c.service, c.address, f.fault, f.since,
       (select seq from ledger l where l.service = c.service and l.seq + 0 > c.told and ${IS_NEWS} order by l.seq + 0 limit 1)
         is not null as waits
     from unnest($1::text[], $2::text[]) as wanted (service, fault) join change_tickets c using (service)
     left join faults f on f.name = wanted.fault`,
    [receivers.map(({ service }) => service), receivers.map(({ fault }) => fault)],
  );
  return new Map(rows.map(({ service, ...state }) => [service, state]));
}

/** The next line to tell: claimed for this caller; not before so many ms; or there is none. */
export type Next =
  | {
      readonly is: 'claimed';
      readonly seq: number;
      readonly mark: string;
      readonly now: Date;
      readonly failures: number;
    }
  | { readonly is: 'resting'; readonly forMs: number }
  | { readonly is: 'none' };

/** Claims the oldest line that a service's receiver has not accepted, for `leaseMs`: one is sent at a time, in order. */
export async function claimNews(db: Queryable, service: string, leaseMs: number): Promise<Next> {
  const { rows } = await db.query<{
    seq: number;
    mark: string | null;
    now: Date;
    failures: number;
    rests: number;
  }>(
    `with next as (
       select l.seq, extract(epoch from c.rest_until - clock_timestamp()) * 1000 as rests from change_tickets c
       cross join lateral (
         select seq from ledger where service = c.service and seq + 0 > c.told and ${IS_NEWS} order by seq + 0 limit 1) l
       where c.service = $1
     ), claimed as (
       update change_tickets c set rest_until = clock_timestamp() + $2 * interval '1 ms' from next
       where c.service = $1 and c.told < next.seq and c.rest_until <= clock_timestamp()
       returning c.rest_until::text as mark, c.failures)
     select next.seq, next.rests::float8 as rests, claimed.mark, claimed.failures, clock_timestamp() as now
     from next left join claimed on true`,
    [service, leaseMs],
  );
  const [row] = rows;
  if (!row) return { is: 'none' };
  const { seq, mark, now, failures, rests } = row;
  if (mark === null) return { is: 'resting', forMs: Math.max(BEAT_MS, Math.ceil(rests)) };
  return { is: 'claimed', seq, mark, now, failures };
}

/** Somebody else has just claimed it. */
const BEAT_MS = 500;

/** The receiver has accepted a line; the next one may follow. */
export async function noteAccepted(db: Queryable, service: string, seq: number, mark: string): Promise<void> {
  await db.query(
    `update change_tickets set told = greatest(told, $2), failures = 0,
       rest_until = case when rest_until = $3::timestamptz then clock_timestamp() else rest_until end where service = $1`,
    [service, seq, mark],
  );
}

/** The receiver has not accepted a line, and rests for `ms`. */
export async function noteNotAccepted(db: Queryable, service: string, mark: string, ms: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update change_tickets set failures = failures + 1, rest_until = clock_timestamp() + $3 * interval '1 ms'
     where service = $1 and rest_until = $2::timestamptz`,
    [service, mark, ms],
  );
  return rowCount === 1;
}

/** How many changes are looked through for tickets, and how many tickets one line has. */
const MOST_CHANGES = 1_000;
const MOST_TICKETS = 200;

/**
 * The line and what belongs to it. What a deployment changes are the changes between it and what was live; a roll back also
 * takes back the change on whose card it was pressed.
 */
export async function readNews(db: Queryable, seq: number): Promise<OutcomeNews> {
  const { rows } = await db.query<Omit<OutcomeNews, 'kind'> & { kind: NewsKind }>(
    `with line as (
       select l.seq, l.hash, l.at, l.actor, l.kind, l.reason, l.service, d.id, d.deploy_id, d.kind as deploys, d.sha, d.requested_by,
         d.override_reason is not null as override, d.run_url, d.change_id, d.run_number, before.sha as live_before,
         case when d.kind = 'roll back' then greatest(before.run_number, pressed.run_number) else before.run_number end as other
       from ledger l join deployments d on d.id = l.deployment_id
       left join changes pressed on pressed.id = d.pressed_on
       left join lateral (
         select sha, run_number from deployments b
         where b.service = d.service and b.ended_at is not null and b.ended_at < l.at and b.status = 'live' and b.id <> d.id
         order by b.ended_at desc limit 1) before on true
       where l.seq = $1
     ), moved as (
       select c.run_number, c.tickets from line cross join lateral (
         select run_number, tickets from changes
         where service = line.service and run_number > least(line.run_number, line.other)
           and run_number <= greatest(line.run_number, line.other)
         order by run_number desc limit ${MOST_CHANGES}) c where line.other is not null
       union
       select run_number, tickets from changes where id = (select change_id from line where deploys <> 'roll back')
     ), named as (
       select t.value->>'id' as ticket, min(-run_number) as place, min(t.ordinality) as within
       from moved cross join lateral jsonb_array_elements(tickets) with ordinality as t where tickets is not null group by 1)
     select seq, hash, at, actor, kind, reason, service, sha, deploy_id as "deployId", deploys, requested_by as "requestedBy",
       override as "isOverride", run_url as "runUrl", live_before as "liveBefore",
       array(select ticket from named order by place, within limit ${MOST_TICKETS}) as tickets
     from line`,
    [seq],
  );
  if (!rows[0]) throw new Error(`the ledger has no line ${seq} about a deployment`);
  return rows[0];
}
