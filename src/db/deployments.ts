import type { Job } from '../core/change/change.js';
import { type Deployment, LOOKED_FOR_MS } from '../core/deployment/deployment.js';
import { DEPLOYMENT_COLUMNS } from './deployment-columns.js';
import { type DeploymentRow, deploymentOf } from './deployment-row.js';
import type { Queryable } from './pool.js';

const one = (rows: DeploymentRow[]): Deployment | null => (rows[0] ? deploymentOf(rows[0]) : null);

export async function deploymentById(db: Queryable, id: number): Promise<Deployment | null> {
  const text = `select ${DEPLOYMENT_COLUMNS} from deployments where id = $1`;
  return one((await db.query<DeploymentRow>({ name: 'deployment-by-id', text, values: [id] })).rows);
}

/** By the opaque key of a button; also null if `key` is not a key at all. */
export async function deploymentByKey(db: Queryable, key: string): Promise<Deployment | null> {
  if (!isKey(key)) return null;
  return one(
    (await db.query<DeploymentRow>(`select ${DEPLOYMENT_COLUMNS} from deployments where key = $1`, [key])).rows,
  );
}

export const isKey = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);

/** The deployment of a run, also of a stage behind it: by the run's id, otherwise by the `[deploy_id]` in its name. */
export async function deploymentOfRun(
  db: Queryable,
  service: string,
  runId: number,
  named: readonly string[],
): Promise<Deployment | null> {
  const { rows } = await db.query<DeploymentRow>(
    `select ${DEPLOYMENT_COLUMNS} from deployments where id = (
       select found.id from (
         select id, 1 as place from deployments where service = $1 and run_id = $2
         union all select id, 2 from deployments where service = $1 and deploy_id = any($3)
         union all select deployment_id, 3 from stages where service = $1 and run_id = $2
         union all select deployment_id, 4 from stages where service = $1 and deploy_id = any($3)) found
       order by place limit 1)`,
    [service, runId, named],
  );
  return one(rows);
}

/** The deployments of runs, each of one service. */
export async function deploymentsOfRuns(
  db: Queryable,
  runs: readonly { readonly service: string; readonly runId: number }[],
): Promise<{ service: string; runId: number; id: number; status: Deployment['status'] }[]> {
  const { rows } = await db.query<{ service: string; runId: number; id: number; status: Deployment['status'] }>({
    name: 'deployments-of-runs',
    text: `select d.service, d.run_id as "runId", d.id, d.status
      from (select distinct * from unnest($1::text[], $2::bigint[])) as run (service, id)
        join deployments d on d.service = run.service and d.run_id = run.id`,
    values: [runs.map(({ service }) => service), runs.map(({ runId }) => runId)],
  });
  return rows;
}

/** Whether one of these services started that run, by the `[deploy_id]` in its name. Ignores an id that was copied. */
export async function isRunOf(
  db: Queryable,
  services: readonly string[],
  runId: number,
  named: readonly string[],
): Promise<boolean> {
  if (services.length === 0) return false;
  const { rowCount } = await db.query(
    `select from deployments where deploy_id = any($3) and service = any($1) and (run_id = $2 or run_id is null)
     union all select from stages where deploy_id = any($3) and service = any($1) and (run_id = $2 or run_id is null) limit 1`,
    [services, runId, named],
  );
  return rowCount === 1;
}

/** Which of these services started this run. */
export async function servicesOfRun(db: Queryable, runId: number, services: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ service: string }>({
    name: 'services-of-run',
    text: 'select service from deployments where service = any($1) and run_id = $2',
    values: [services, runId],
  });
  return rows.map(({ service }) => service);
}

export async function underWayOf(db: Queryable, service: string, sha: string): Promise<Deployment | null> {
  const { rows } = await db.query<DeploymentRow>(
    `select ${DEPLOYMENT_COLUMNS} from deployments where service = $1 and sha = $2
       and status in ('waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung', 'baking')`,
    [service, sha],
  );
  return one(rows);
}

/** What a change's card shows: its deployment under way, or else its newest, and the newest rollback pressed on it. */
export async function deploymentsOfCard(
  db: Queryable,
  changeId: number,
): Promise<{ latest: Deployment | null; rollBack: Deployment | null }> {
  const { rows } = await db.query<DeploymentRow & { part: 'latest' | 'roll back' }>({
    name: 'deployments-of-card',
    text: `(select 'latest' as part, ${DEPLOYMENT_COLUMNS} from deployments where change_id = $1
         order by ended_at is null desc, id desc limit 1)
       union all
       (select 'roll back', ${DEPLOYMENT_COLUMNS} from deployments where pressed_on = $1 order by id desc limit 1)`,
    values: [changeId],
  });
  const of = (part: 'latest' | 'roll back') => one(rows.filter((row) => row.part === part));
  return { latest: of('latest'), rollBack: of('roll back') };
}

/** `claimed`: with the deployment, and the seconds that passed since it was ready to start. */
export type SendClaim =
  | { readonly is: 'claimed'; readonly deployment: Deployment; readonly seconds: number }
  | { readonly is: 'taken' | 'stale' | 'not dispatching' };

/**
 * The claim to send, committed before the request is sent. Only one caller ever gets it, and only while the checks that
 * allowed it are fresh. A caller that finds it taken must not send. Whatever a person has shut since those checks (a
 * stop, a lock, a pause of continuous deployment, a change marked bad) makes it stale at once, except for break glass.
 */
export async function claimSend(db: Queryable, id: number, freshMs: number): Promise<SendClaim> {
  const { rows: claimed } = await db.query<DeploymentRow>({
    name: 'claim-send',
    text: `update deployments d set sent_at = clock_timestamp()
     where d.id = $1 and d.status = 'dispatching' and d.sent_at is null
       and d.dispatching_at > clock_timestamp() - $2 * interval '1 ms'
       and (d.start_at is null or d.start_at <= clock_timestamp())
       and (d.override_reason is not null or not exists (
         select from stop where stopped_by is not null
         union all
         select from services s where s.name = d.service and (
           (s.lock_by is not null and (s.lock_until is null or s.lock_until > clock_timestamp()))
           or (d.requested_by = 'pushbutton' and d.kind <> 'roll back' and s.paused_by is not null))
         union all
         select from changes c where c.id = d.change_id and c.hold_reason is not null))
     returning ${DEPLOYMENT_COLUMNS}`,
    values: [id, freshMs],
  });
  const deployment = one(claimed);
  if (deployment) return { is: 'claimed', deployment, seconds: secondsToSend(claimed[0] as DeploymentRow) };
  const { rows } = await db.query<{ sent_at: Date | null }>(
    `select sent_at from deployments where id = $1 and status = 'dispatching'`,
    [id],
  );
  if (!rows[0]) return { is: 'not dispatching' };
  return { is: rows[0].sent_at === null ? 'stale' : 'taken' };
}

/** Since it had its place in the queue, or since its time; of a later stage, since its start was decided. */
const secondsToSend = ({ queued_at, start_at, dispatching_at, sent_at, stages }: DeploymentRow): number => {
  const isLater = stages?.some(({ status }) => status === 'passed');
  return (Number(sent_at) - (isLater ? Number(dispatching_at) : Math.max(Number(queued_at), Number(start_at)))) / 1_000;
};

/** Saves the jobs that the card shows for a run; true if they differ from what was known. */
export async function saveJobs(db: Queryable, id: number, runId: number, jobs: readonly Job[]): Promise<boolean> {
  const { rowCount } = await db.query(
    'update deployments set jobs = $2 where id = $1 and run_id = $3 and jobs is distinct from $2::jsonb',
    [id, JSON.stringify(jobs), runId],
  );
  return rowCount === 1;
}

/** Whether a deployment ended more than `ms` ago, by the database's clock. */
export async function endedBefore(db: Queryable, id: number, ms: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from deployments where id = $1 and ended_at < clock_timestamp() - $2 * interval '1 ms'`,
    [id, ms],
  );
  return rowCount === 1;
}

/** For how many milliseconds GitHub has been asked to cancel the run: since the press, or since it was given up; else 0. */
export async function cancelledFor(db: Queryable, id: number): Promise<number> {
  const { rows } = await db.query<{ ms: number | null }>(
    `select (extract(epoch from clock_timestamp() - case
       when ended_at is null then cancel_asked_at when ended_by is not null then ended_at end) * 1000)::float8 as ms
     from deployments where id = $1`,
    [id],
  );
  return rows[0]?.ms ?? 0;
}

/** As `isGivenUp`: a lost run that a person gave up is known; whoever cancels it reads it. All others are looked for. */
const MAY_TURN_UP = '(run_id is null or ended_by is null)';

interface Unended {
  id: number;
  service: string;
  status: string;
  /** Somebody asked to cancel it. */
  cancelled: boolean;
  /** It was not sent in time. */
  stale: boolean;
  /** It bakes, and is checked meanwhile. */
  checked: boolean;
}

/** Deployments that a job must be watching, for the sweep that restarts what a crash left behind. */
export async function unendedDeployments(db: Queryable): Promise<Unended[]> {
  const { rows } = await db.query<Unended>(
    `select id, service, status, cancel_by is not null as cancelled,
       status = 'dispatching' and dispatching_at < clock_timestamp() - interval '15 seconds' as stale,
       status = 'baking' and exists (select from stages where deployment_id = id and checks <> '[]') as checked
     from deployments where status in ('queued', 'dispatching', 'unknown', 'deploying', 'hung', 'baking')
     union all
     select id, service, status, false, false, false from deployments
     where status = 'lost' and ended_at > clock_timestamp() - ${LOOKED_FOR_MS} * interval '1 ms' and ${MAY_TURN_UP}
     union all
     select deployment_id, service, 'check run', false, false, false from stages
     where check_status in ('due', 'sent', 'running')`,
  );
  return rows;
}
