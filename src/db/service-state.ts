/** What a decision reads of a service, in one statement. */

import type { Change } from '../core/change/change.js';
import { type Deployment, type Ended, hasEnded, isActive, type Of } from '../core/deployment/deployment.js';
import { queueOf } from '../core/deployment/queue.js';
import type { Live, NewestPassed, OutsideRun, ServiceState } from '../core/service/service.js';
import { hasPassedStage } from '../core/stages/stage.js';
import { CHANGE_COLUMNS, CHANGE_TIMES, type ChangeRow, changeOf, holdOf } from './change-row.js';
import { DEPLOYMENT_COLUMNS, DEPLOYMENT_TIMES } from './deployment-columns.js';
import { type DeploymentRow, deploymentOf } from './deployment-row.js';
import { isKey } from './deployments.js';
import { GATE_COLUMNS, GATE_TIMES, type GateRow, gatesOf } from './gates.js';
import { type FromJson, revived, type TimesOf } from './json.js';
import { type OutsideRow, outsideOf } from './outside-runs.js';
import type { Queryable } from './pool.js';
import { type StageNowJson, stageNowOf } from './stage-row.js';

interface ServiceRow extends GateRow {
  live_deployment_id: number | null;
  live_since: Date | null;
  live_as_of: Date | null;
  resumed_at: Date | null;
  moves: number;
}
const SERVICE_TIMES: TimesOf<ServiceRow> = { ...GATE_TIMES, live_since: true, live_as_of: true, resumed_at: true };

type StateRow = DeploymentRow & { bad: boolean | null };
type PassedRow = Omit<NewestPassed, 'hold'> & Parameters<typeof holdOf>[0];

/** What one statement reads of a service, each part as JSON. */
interface StateParts {
  read_at: Date;
  service: FromJson<ServiceRow>;
  deployments: FromJson<StateRow>[];
  outside: FromJson<OutsideRow> | null;
  stages_now: StageNowJson[] | null;
  newest: FromJson<PassedRow> | null;
  change?: FromJson<ChangeRow> | null;
  deployment?: FromJson<DeploymentRow> | null;
}

/** What a command names beside its service, at most one thing; it need not exist. */
export interface Named {
  /** Of a change or a deployment: the opaque key of a button, which may be no key at all, or the id. */
  readonly change?: string | number;
  readonly deployment?: string | number;
  /** The commit of a change. */
  readonly sha?: string;
  /** The change of the deployment that is sent next. */
  readonly head?: true;
}

/** All in one statement: it is read at each decision, and each round trip to the database counts there. */
const STATE = ` clock_timestamp() as read_at,
  (select row_to_json(own) from (
     select s.live_deployment_id, s.live_since, s.live_as_of, s.resumed_at, s.moves, ${GATE_COLUMNS}) own) as service,
  -- What is live, and what was live before it, skipping everything that is marked bad or is the same commit.
  (with recursive back (id, replaced, bad) as (
     select d.id, d.replaced, c.hold_reason is not null
     from deployments d join changes c on c.id = d.change_id where d.id = s.live_deployment_id
     union
     select d.id, d.replaced, c.hold_reason is not null
       or d.sha = (select sha from deployments where id = s.live_deployment_id)
     from back join deployments d on d.id = back.replaced and d.id <> s.live_deployment_id
       join changes c on c.id = d.change_id
     where back.id = s.live_deployment_id or back.bad)
   select coalesce(json_agg(found order by id), '[]') from (
     select ${DEPLOYMENT_COLUMNS}, (select bad from back where back.id = deployments.id) from deployments where id in (
       select id from deployments where service = s.name
         and status in ('waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung', 'baking')
       union all (select id from deployments where service = s.name and sent_at is not null order by sent_at desc limit 1)
       union all select id from back)) found) as deployments,
  (select row_to_json(run) from (
     select run_id, attempt, deployment_id, status, conclusion, url, actor, started_at from outside_runs
     where service = s.name and run_id = s.outside_run_id order by attempt desc limit 1) run) as outside,
  (select json_agg(json_build_object('stage', n.stage, 'reached_id', n.reached_id, 'reached_sha', r.sha,
       'passed_id', n.passed_id, 'passed_sha', p.sha, 'passed_at', n.passed_at, 'passed_by', p.requested_by))
     from stages_now n join deployments r on r.id = n.reached_id left join deployments p on p.id = n.passed_id
     where n.service = s.name) as stages_now,
  -- The newest change that passed and does not stand aside, and when the first one after the live change passed.
  (select row_to_json(change) from (
     select c.id, c.key, c.sha, c.title, c.run_number as "runNumber",
       coalesce(greatest(c.passed_at, c.let_go_at), c.seen_at) as "passedAt", c.hold_by, c.hold_reason, c.held_at,
       coalesce((select true from deployments d where d.change_id = c.id
          and not (d.requested_by = 'pushbutton' and d.status = 'withdrawn') limit 1), false) as "wasAsked",
       coalesce(c.run_number > live.run_number, false) as "afterLive",
       coalesce((select coalesce(greatest(f.passed_at, f.let_go_at), f.seen_at) from changes f
          where f.service = s.name and f.staging_status = 'passed' and f.aside is null and f.hold_by is null
            and f.run_number > live.run_number
          order by f.run_number limit 1), greatest(c.passed_at, c.let_go_at), c.seen_at) as "firstPassedAt"
     from changes c left join (
       select l.run_number from deployments d join changes l on l.id = d.change_id where d.id = s.live_deployment_id) live
       on true
     where c.service = s.name and c.staging_status = 'passed' and c.aside is null order by c.run_number desc limit 1) change) as newest`;
const OF_SERVICE = 'from services s cross join stop where s.name = $1';

/** As `queueOf` orders them. */
const HEAD = `(select change_id from deployments where service = s.name and status = 'queued'
     and (start_at is null or start_at <= clock_timestamp())
   order by kind = 'roll back' desc, override_reason is not null desc,
     date_trunc('milliseconds', greatest(queued_at, start_at)), id limit 1)`;
/**
 * What else is read, by what is named, which is $2: statements of their own, without parameters that may be null. With such,
 * PostgreSQL would plan each execution anew, which takes five times as long as reading.
 */
const NAMED = {
  none: '',
  'change by key': changeWhere('key = $2::uuid'),
  'change by id': changeWhere('id = $2::bigint'),
  'change by sha': changeWhere('service = s.name and sha = $2'),
  'change of the head': changeWhere(`id = ${HEAD}`),
  'deployment by key': deploymentWhere('key = $2::uuid'),
  'deployment by id': deploymentWhere('id = $2::bigint'),
} as const;

function changeWhere(condition: string): string {
  return `, (select row_to_json(found) from (select ${CHANGE_COLUMNS} from changes where ${condition}) found) as change`;
}
function deploymentWhere(condition: string): string {
  return `, (select row_to_json(found) from (select ${DEPLOYMENT_COLUMNS} from deployments where ${condition}) found) as deployment`;
}

/** Which of the statements reads it, and its $2. A key that is no key names nothing. */
function statementFor({ change, deployment, sha, head }: Named): [keyof typeof NAMED, unknown[]] {
  if (typeof change === 'number') return ['change by id', [change]];
  if (change !== undefined) return isKey(change) ? ['change by key', [change]] : ['none', []];
  if (typeof deployment === 'number') return ['deployment by id', [deployment]];
  if (deployment !== undefined) return isKey(deployment) ? ['deployment by key', [deployment]] : ['none', []];
  if (sha !== undefined) return ['change by sha', [sha]];
  return [head ? 'change of the head' : 'none', []];
}

/** The state of one service. Each part uses an index; its cost does not grow with history. */
export async function readService(db: Queryable, name: string): Promise<ServiceState> {
  return (await readNamed(db, name, {})).state;
}

/** The states of several services in one statement; one that is not there is left out. */
export async function readServices(db: Queryable, names: readonly string[]): Promise<Map<string, ServiceState>> {
  const { rows } = await db.query<StateParts & { name: string }>({
    name: 'service-states',
    text: `select s.name, ${STATE} from services s cross join stop where s.name = any($1)`,
    values: [names],
  });
  return new Map(rows.map((parts) => [parts.name, stateOf(parts.name, parts)]));
}

/** The same as `readService`, with what a command names; null where there is no such row. */
export async function readNamed(
  db: Queryable,
  name: string,
  named: Named,
): Promise<{ state: ServiceState; change: Change | null; deployment: Deployment | null }> {
  const [kind, values] = statementFor(named);
  const { rows } = await db.query<StateParts>({
    name: `service-state: ${kind}`,
    text: `select ${STATE}${NAMED[kind]} ${OF_SERVICE}`,
    values: [name, ...values],
  });
  const found = rows[0];
  return {
    state: stateOf(name, found),
    change: found?.change ? changeOf(revived<ChangeRow>(found.change, CHANGE_TIMES)) : null,
    deployment: found?.deployment ? deploymentOf(revived<DeploymentRow>(found.deployment, DEPLOYMENT_TIMES)) : null,
  };
}

function stateOf(name: string, parts: StateParts | undefined): ServiceState {
  if (!parts) throw new Error(`no such service: ${name}`);
  const row = revived<ServiceRow>(parts.service, SERVICE_TIMES);
  const rows = parts.deployments.map((one) => revived<StateRow>(one, DEPLOYMENT_TIMES));
  const run = parts.outside && outsideOf(revived<OutsideRow>(parts.outside, { started_at: true }));
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
  const queued = all.map((one) => one.deployment).filter((one): one is Of<'queued'> => one.status === 'queued');
  const waiting = all.map((one) => one.deployment).filter((one): one is Of<'waiting'> => one.status === 'waiting');
  const active = all.find((one) => isActive(one.deployment))?.deployment ?? null;
  // While the next stage is sent, its time is not known yet.
  const lastSent = (active && hasPassedStage(active) ? active : sent[0]?.deployment) ?? null;
  return {
    name,
    readAt: parts.read_at,
    live: liveOf(row, before, run),
    active,
    ...queueOf(queued, parts.read_at),
    waiting,
    lastSent,
    lastSentAt: all.find((one) => one.deployment.id === lastSent?.id)?.sentAt ?? null,
    stagesNow: (parts.stages_now ?? []).map(stageNowOf),
    beforeLive: replaced && hasEnded(replaced) ? replaced : null,
    liveIsBad: rows.some((one) => one.id === row.live_deployment_id && one.bad === true),
    newestPassed:
      parts.newest &&
      newestOf(revived<PassedRow>(parts.newest, { passedAt: true, firstPassedAt: true, held_at: true })),
    ...gatesOf(row),
    resumedAt: row.resumed_at,
    moves: row.moves,
  };
}

function liveOf(row: ServiceRow, before: Ended | null, run: OutsideRun | null): Live {
  if (run) return { is: 'outside', run, before };
  if (before && row.live_since) {
    return { is: 'known', deployment: before, since: row.live_since, asOf: row.live_as_of ?? row.live_since };
  }
  return { is: 'nothing' };
}

function newestOf({ hold_by, hold_reason, held_at, ...rest }: PassedRow): NewestPassed {
  return { ...rest, hold: holdOf({ hold_by, hold_reason, held_at }) };
}
