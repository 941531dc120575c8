import { type Deployment, type Ended, hasEnded, isActive, type Of } from '../core/deployment/deployment.js';
import type { Live, NewestPassed, OutsideRun, ServiceState } from '../core/service/service.js';
import { holdOf } from './changes.js';
import { DEPLOYMENT_COLUMNS, type DeploymentRow, deploymentOf } from './deployment-row.js';
import { type GateRow, gatesOf } from './gates.js';
import { type OutsideRow, outsideOf } from './outside-runs.js';
import type { Queryable } from './pool.js';

interface ServiceRow extends GateRow {
  name: string;
  live_deployment_id: number | null;
  live_since: Date | null;
  live_as_of: Date | null;
  outside_run_id: number | null;
  resumed_at: Date | null;
  moves: number;
  read_at: Date;
}

/** Adds a row for each service of the config; existing rows stay as they are. */
export async function ensureServices(db: Queryable, names: readonly string[]): Promise<void> {
  await db.query('insert into services (name) select unnest($1::text[]) on conflict do nothing', [names]);
}

/** When each service was first seen. Runs that ended before that are not reported. */
export async function watchedSince(db: Queryable): Promise<Map<string, Date>> {
  const { rows } = await db.query<{ name: string; watched_since: Date }>('select name, watched_since from services');
  return new Map(rows.map((row) => [row.name, row.watched_since]));
}

/**
 * Serialises the decisions about a service until the transaction ends, and keeps the stop of everything as it is until
 * then. False if there is no such service.
 */
export async function lockService(tx: Queryable, name: string): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'lock-service',
    text: 'select 1 from services s cross join stop where s.name = $1 for update of s for share of stop',
    values: [name],
  });
  return rowCount === 1;
}

/** The state of one service. Each part uses an index; its cost does not grow with history. */
export async function readService(db: Queryable, name: string): Promise<ServiceState> {
  const service = await db.query<ServiceRow>(
    `select s.*, stop.stopped_by, stop.reason as stop_reason, stop.since as stop_since, clock_timestamp() as read_at
     from services s cross join stop where s.name = $1`,
    [name],
  );
  const row = service.rows[0];
  if (!row) throw new Error(`no such service: ${name}`);
  const { rows } = await db.query<DeploymentRow & { bad: boolean | null }>({
    name: 'deployments-of-service',
    // What is live, and what was live before it, skipping everything that is marked bad or is the same commit.
    text: `with recursive back (id, replaced, bad) as (
       select d.id, d.replaced, c.hold_reason is not null
       from deployments d join changes c on c.id = d.change_id where d.id = $2::bigint
       union
       select d.id, d.replaced, c.hold_reason is not null or d.sha = (select sha from deployments where id = $2::bigint)
       from back join deployments d on d.id = back.replaced and d.id <> $2::bigint join changes c on c.id = d.change_id
       where back.id = $2::bigint or back.bad)
     select ${DEPLOYMENT_COLUMNS}, (select bad from back where back.id = deployments.id) from deployments where id in (
       select id from deployments where service = $1
         and status in ('waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung')
       union all (select id from deployments where service = $1 and sent_at is not null order by sent_at desc limit 1)
       union all select id from back)
     order by id`,
    values: [name, row.live_deployment_id],
  });
  const all = rows.map((found) => ({ sentAt: found.sent_at, deployment: deploymentOf(found) }));
  const byId = (id: number | null) => all.find((one) => one.deployment.id === id)?.deployment;
  const known = byId(row.live_deployment_id);
  const before = known && hasEnded(known) ? known : null;
  // A deployment that was live twice may lead back to the one that is live, which is nothing to roll back to.
  const goodFrom = (id: number | null, passed: readonly (number | null)[]): Deployment | undefined => {
    const row = rows.find((one) => one.id === id);
    if (!row || passed.includes(row.id)) return undefined;
    return row.bad ? goodFrom(row.replaced, [...passed, row.id]) : byId(row.id);
  };
  const replaced = goodFrom(before?.replaced ?? null, [row.live_deployment_id]);
  const sent = all.filter((one) => one.sentAt !== null).sort((a, b) => Number(b.sentAt) - Number(a.sentAt));
  const queue = all.map((one) => one.deployment).filter((one): one is Of<'queued'> => one.status === 'queued');
  const waiting = all.map((one) => one.deployment).filter((one): one is Of<'waiting'> => one.status === 'waiting');
  return {
    name,
    readAt: row.read_at,
    live: liveOf(row, before, row.outside_run_id === null ? null : await outside(db, name, row.outside_run_id)),
    active: all.find((one) => isActive(one.deployment))?.deployment ?? null,
    queue: queue.sort((a, b) => rank(a) - rank(b) || Number(a.queuedAt) - Number(b.queuedAt) || a.id - b.id),
    waiting,
    lastSent: sent[0]?.deployment ?? null,
    beforeLive: replaced && hasEnded(replaced) ? replaced : null,
    liveIsBad: rows.some((one) => one.id === row.live_deployment_id && one.bad === true),
    newestPassed: await newestPassed(db, name, row.live_deployment_id),
    ...gatesOf(row),
    resumedAt: row.resumed_at,
    moves: row.moves,
  };
}

/** Rollbacks first, then break-glass deployments. */
const rank = ({ kind, override }: Of<'queued'>): number => (kind === 'roll back' ? 0 : override !== null ? 1 : 2);

function liveOf(row: ServiceRow, before: Ended | null, run: OutsideRun | null): Live {
  if (run) return { is: 'outside', run, before };
  if (before && row.live_since) {
    return { is: 'known', deployment: before, since: row.live_since, asOf: row.live_as_of ?? row.live_since };
  }
  return { is: 'nothing' };
}

async function outside(db: Queryable, service: string, runId: number): Promise<OutsideRun | null> {
  const { rows } = await db.query<OutsideRow>(
    'select * from outside_runs where service = $1 and run_id = $2 order by attempt desc limit 1',
    [service, runId],
  );
  return rows[0] ? outsideOf(rows[0]) : null;
}

type PassedRow = Omit<NewestPassed, 'hold'> & Parameters<typeof holdOf>[0];

/** The newest change that passed, and when the first one after the live change passed. Each part uses an index. */
async function newestPassed(db: Queryable, service: string, live: number | null): Promise<NewestPassed | null> {
  const { rows } = await db.query<PassedRow>({
    name: 'newest-passed',
    text: `select c.id, c.key, c.sha, c.title, c.run_number as "runNumber", coalesce(greatest(c.passed_at, c.let_go_at), c.seen_at) as "passedAt",
       c.hold_by, c.hold_reason, c.held_at,
       coalesce((select true from deployments d where d.change_id = c.id
          and not (d.requested_by = 'pushbutton' and d.status = 'withdrawn') limit 1), false) as "wasAsked",
       coalesce(c.run_number > (
         select l.run_number from deployments d join changes l on l.id = d.change_id where d.id = $2), false) as "afterLive",
       coalesce((select coalesce(greatest(f.passed_at, f.let_go_at), f.seen_at) from changes f
          where f.service = $1 and f.staging_status = 'passed' and f.hold_by is null and f.run_number > (
            select l.run_number from deployments d join changes l on l.id = d.change_id where d.id = $2)
          order by f.run_number limit 1), greatest(c.passed_at, c.let_go_at), c.seen_at) as "firstPassedAt"
     from changes c where c.service = $1 and c.staging_status = 'passed' order by c.run_number desc limit 1`,
    values: [service, live],
  });
  const row = rows[0];
  if (!row) return null;
  const { hold_by, hold_reason, held_at, ...rest } = row;
  return { ...rest, hold: holdOf({ hold_by, hold_reason, held_at }) };
}

/** Production now runs this deployment. With `keepsOutside`, a newer run outside Pushbutton remains the last word. */
export async function setLive(
  tx: Queryable,
  service: string,
  deploymentId: number,
  keepsOutside: boolean,
  asOf: Date,
  moved: boolean,
): Promise<void> {
  await tx.query(
    `update services set live_deployment_id = $2, live_since = clock_timestamp(), live_as_of = $4, moves = moves + $5::int,
       outside_run_id = case when $3 then outside_run_id end, outside_since = case when $3 then outside_since end
     where name = $1`,
    [service, deploymentId, keepsOutside, asOf, moved ? 1 : 0],
  );
}

/** A run outside Pushbutton: from now on, it is not known what production runs. */
export async function hideLive(tx: Queryable, service: string, runId: number): Promise<void> {
  await tx.query(
    `update services set outside_run_id = $2, outside_since = clock_timestamp(),
       moves = moves + (outside_run_id is distinct from $2)::int where name = $1`,
    [service, runId],
  );
}
