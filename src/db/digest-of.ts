/** What a digest says of services, besides its measures: read for all of them at once, at most a few of each kind. */

import type { HistoryEntry, Newest, ServiceDigest } from '../core/report.js';
import { fewAtOnce } from '../waits/few-at-once.js';
import { DEPLOYMENT_COLUMNS } from './deployment-columns.js';
import type { DeploymentRow } from './deployment-row.js';
import { outsideSince } from './outside-runs.js';
import type { Queryable } from './pool.js';
import { withChanges } from './reports.js';

/** As many as a digest lists. */
const MOST_LISTED = 5;
const MOST_TO_SIGN_OFF = 20;
/** More than these are no longer counted. */
const MOST_WAITING = 1_000;

type Said = Omit<ServiceDigest, 'repository' | 'deployers' | 'approvers' | 'measured'>;
type Waiting = ServiceDigest['waiting']['listed'][number];

/** What happened in each of these services from `since`, not included, to `until`, and what goes on now. */
export async function digestOf(
  db: Queryable,
  services: readonly string[],
  since: Date,
  until: Date,
  atOnce: number,
): Promise<Said[]> {
  const said = new Map(services.map((service): [string, Said] => [service, nothing(service)]));
  const of = (service: string): Said => said.get(service) ?? nothing(service);
  const put = (service: string, more: Partial<Said>) => said.set(service, { ...of(service), ...more });
  const statements = [
    async () => {
      for (const [service, came, newest] of await endedIn(db, services, since, until)) put(service, { [came]: newest });
    },
    async () => {
      for (const entry of await goingOn(db, services)) {
        const { service } = entry.deployment;
        put(service, { underWay: [...of(service).underWay, entry] });
      }
    },
    async () => {
      for (const entry of await toSignOff(db, services)) {
        const { service } = entry.deployment;
        put(service, { toSignOff: [...of(service).toSignOff, entry] });
      }
    },
    async () => {
      for (const [service, waiting] of await waitingIn(db, services)) put(service, { waiting });
    },
    async () => {
      const asked = services.map((service) => ({ service, since }));
      for (const [service, runs] of await outsideSince(db, asked, MOST_LISTED))
        put(service, { outside: runs.filter((run) => run.startedAt <= until) });
    },
  ];
  await fewAtOnce(statements, atOnce, (ask) => ask());
  return services.map(of);
}

const NONE = { listed: [], count: 0 };
const nothing = (service: string): Said => ({
  ...{ service, shipped: NONE, failed: NONE, rolledBack: NONE, waiting: NONE },
  ...{ underWay: [], toSignOff: [], outside: [] },
});

type Came = 'shipped' | 'failed' | 'rolledBack';

/** How many ended in each way, and the newest of them, oldest first. */
async function endedIn(
  db: Queryable,
  services: readonly string[],
  since: Date,
  until: Date,
): Promise<[service: string, came: Came, Newest<HistoryEntry>][]> {
  const { rows } = await db.query<DeploymentRow & { came: Came; of: number }>({
    name: 'digest-ended',
    text: `with ended as (
       select id, service, case when status <> 'live' then 'failed' when kind = 'roll back' then 'rolledBack' else 'shipped' end as came,
         ended_at from deployments
       where service = any($1) and ended_at > $2 and ended_at <= $3 and status in ('live', 'failed', 'cancelled', 'lost', 'stopped')
     ), placed as (
       select id, came, row_number() over newest as place, count(*) over (partition by service, came)::int as of from ended
       window newest as (partition by service, came order by ended_at desc, id desc)
     )
     select came, of, d.* from placed cross join lateral (
       select ${DEPLOYMENT_COLUMNS} from deployments where deployments.id = placed.id) d
     where place <= ${MOST_LISTED} order by d.ended_at, d.id`,
    values: [services, since, until],
  });
  const entries = new Map((await withChanges(db, rows)).map((entry) => [entry.deployment.id, entry]));
  const found = new Map<string, [string, Came, { listed: HistoryEntry[]; count: number }]>();
  for (const { service, came, of, id } of rows) {
    const entry = entries.get(id);
    const key = `${came} ${service}`;
    const known = found.get(key) ?? [service, came, { listed: [], count: of }];
    if (entry) known[2].listed.push(entry);
    found.set(key, known);
  }
  return [...found.values()];
}

async function goingOn(db: Queryable, services: readonly string[]): Promise<HistoryEntry[]> {
  const { rows } = await db.query<DeploymentRow>({
    name: 'digest-under-way',
    text: `select ${DEPLOYMENT_COLUMNS} from deployments where service = any($1)
       and status in ('waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung', 'baking') order by id`,
    values: [services],
  });
  return withChanges(db, rows);
}

async function toSignOff(db: Queryable, services: readonly string[]): Promise<HistoryEntry[]> {
  const { rows } = await db.query<DeploymentRow>({
    name: 'digest-to-sign-off',
    text: `select broke.* from unnest($1::text[]) as asked (name) cross join lateral (
       select ${DEPLOYMENT_COLUMNS} from deployments where service = asked.name and override_reason is not null and signed_off_by is null
       order by id limit ${MOST_TO_SIGN_OFF}) broke order by broke.id`,
    values: [services],
  });
  return withChanges(db, rows);
}

/** Changes that passed staging after the live one, newest first; all that passed if none is known to be live. */
async function waitingIn(db: Queryable, services: readonly string[]): Promise<Map<string, Newest<Waiting>>> {
  const { rows } = await db.query<Waiting & { service: string; of: number }>({
    name: 'digest-waiting',
    text: `select asked.service, newest.* from unnest($1::text[]) as asked (service) cross join lateral (
       with found as (
         select id, key, sha, title, tickets, author, coalesce(staging_finished_at, seen_at) as "passedAt", run_number from changes
         where service = asked.service and staging_status = 'passed' and aside is null and run_number > coalesce((
           select c.run_number from services s join deployments d on d.id = s.live_deployment_id join changes c on c.id = d.change_id
           where s.name = asked.service), 0)
           and not exists (select 1 from deployments d where d.change_id = changes.id
             and d.status in ('waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung', 'baking'))
         order by run_number desc limit ${MOST_WAITING})
       select id, key, sha, title, tickets, author, "passedAt", count(*) over ()::int as of from found
       order by run_number desc limit ${MOST_LISTED}) newest`,
    values: [services],
  });
  const found = new Map<string, { listed: Waiting[]; count: number }>();
  for (const { service, of, ...waiting } of rows) {
    const known = found.get(service) ?? { listed: [], count: of };
    known.listed.push(waiting);
    found.set(service, known);
  }
  return found;
}
