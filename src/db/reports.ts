import { cardResults } from '../core/card-results.js';
import type { ServicePolicy } from '../core/decision.js';
import { isActive } from '../core/deployment/deployment.js';
import type { HistoryEntry, ServiceStatus } from '../core/report.js';
import { shutGates } from '../core/service/gates.js';
import { paceFor } from '../core/service/pace.js';
import { lastKnownLive, liveSha, type ServiceState } from '../core/service/service.js';
import { differs, type StageNow } from '../core/stages/stage.js';
import { refsOf } from './changes.js';
import { DEPLOYMENT_COLUMNS } from './deployment-columns.js';
import { type DeploymentRow, deploymentOf } from './deployment-row.js';
import { outsideSince } from './outside-runs.js';
import type { Queryable } from './pool.js';
import { newestAwaiting } from './results.js';
import { readServices } from './service-state.js';

/** A service whose status is asked for: its policy gives its freezes, its stages and whether it deploys by itself. */
type Asked = Pick<
  ServicePolicy,
  'name' | 'mode' | 'freezes' | 'timezone' | 'everyMs' | 'requires' | 'withinMs' | 'stages'
> & { readonly repository: string };

/** The current states of services, in this order, in a few statements however many there are. */
export async function statusesOf(db: Queryable, services: readonly Asked[]): Promise<ServiceStatus[]> {
  const found = await readServices(
    db,
    services.map((one) => one.name),
  );
  const states = services.map(({ name }) => {
    const state = found.get(name);
    if (!state) throw new Error(`no such service: ${name}`);
    const under = [...(state.active ? [state.active] : []), ...state.queue, ...state.scheduled, ...state.waiting];
    const { newestPassed } = state;
    const offered =
      newestPassed && newestPassed.sha !== liveSha(state) && !under.some((one) => one.sha === newestPassed.sha);
    return { state, under, known: lastKnownLive(state), offered: offered ? newestPassed : null };
  });
  const requiring = services.filter(({ requires = [] }) => requires.length > 0).map(({ name }) => name);
  const [refs, passed, outside, awaits] = await Promise.all([
    refsOf(
      db,
      states.flatMap(({ under, known }) => [...under, ...(known ? [known] : [])].map((one) => one.changeId)),
    ),
    passedAt(
      db,
      states.flatMap(({ offered }) => offered?.id ?? []),
    ),
    outsideSince(
      db,
      states.map(({ state }) => ({ service: state.name, since: state.live.is === 'known' ? state.live.since : null })),
      5,
    ),
    requiring.length > 0 ? newestAwaiting(db, requiring) : null,
  ]);
  return states.map(({ state, under, known, offered }, index): ServiceStatus => {
    const { name: service, repository, mode, stages, ...policy } = services[index] as Asked;
    const entries = under.flatMap((deployment): HistoryEntry[] => {
      const change = refs.get(deployment.changeId);
      return change ? [{ deployment, change }] : [];
    });
    const liveChange = known ? refs.get(known.changeId) : undefined;
    const waits = awaits?.get(service);
    return {
      service,
      repository,
      live:
        state.live.is === 'known' && liveChange
          ? { is: 'known', deployment: state.live.deployment, change: liveChange, since: state.live.since }
          : state.live.is === 'outside'
            ? state.live
            : { is: 'nothing' },
      active: entries.find((one) => isActive(one.deployment)) ?? null,
      queue: entries.filter(({ deployment }) => state.queue.some(({ id }) => id === deployment.id)),
      scheduled: entries.filter(({ deployment }) => state.scheduled.some(({ id }) => id === deployment.id)),
      pace: state.queue[0] ? paceFor(state, state.queue[0], policy, state.readAt) : null,
      asks: entries.filter((one) => one.deployment.status === 'waiting'),
      stages: inStages(state, stages),
      gates: shutGates(state, policy, state.readAt),
      pause: mode === 'continuous' ? state.pause : null,
      waiting: offered && { ...offered, passedAt: passed.get(offered.id) ?? new Date(0) },
      ...(waits && { awaits: { change: waits, results: cardResults(waits, policy, state.readAt) } }),
      outside: outside.get(service) ?? [],
    };
  });
}

/** In the order of the config, which no longer has every stage that there was. */
function inStages(state: ServiceState, stages: Asked['stages']): StageNow[] {
  const now = stages.flatMap(({ name }) => state.stagesNow.find(({ stage }) => stage === name) ?? []);
  return now.some((one) => differs(one, liveSha(state))) ? now : [];
}

async function passedAt(db: Queryable, changeIds: readonly number[]): Promise<Map<number, Date>> {
  const { rows } = await db.query<{ id: number; at: Date }>(
    'select id, coalesce(staging_finished_at, seen_at) as at from changes where id = any($1)',
    [changeIds],
  );
  return new Map(rows.map(({ id, at }) => [id, at]));
}

/** The newest deployments of a service, newest first. */
export async function historyOf(db: Queryable, service: string, limit: number): Promise<HistoryEntry[]> {
  return entriesOf(db, 'service = $1 order by id desc limit $2', [service, limit]);
}

async function entriesOf(db: Queryable, where: string, values: unknown[]): Promise<HistoryEntry[]> {
  const { rows } = await db.query<DeploymentRow>(
    `select ${DEPLOYMENT_COLUMNS} from deployments where ${where}`,
    values,
  );
  return withChanges(db, rows);
}

/** Deployments with their changes. */
export async function withChanges(db: Queryable, rows: readonly DeploymentRow[]): Promise<HistoryEntry[]> {
  const refs = await refsOf(
    db,
    rows.map((row) => row.change_id),
  );
  return rows.flatMap((row) => {
    const change = refs.get(row.change_id);
    return change ? [{ deployment: deploymentOf(row), change }] : [];
  });
}
