import type { Queryable } from './pool.js';
import { warningsOf } from './readiness.js';
import { countReplicas } from './replicas.js';

/** How many are waiting, and for how many seconds the oldest has waited. */
export interface Waiting {
  readonly waiting: number;
  readonly oldestSeconds: number;
}

export interface Backlog {
  /** Received and not handled yet. */
  readonly inbox: Waiting;
  /** Jobs that are due, by name. */
  readonly jobs: readonly (Waiting & { readonly job: string })[];
  /** Cards that are due to be drawn. */
  readonly cards: Waiting;
  /** Deployments that have not ended, by service and status. */
  readonly deployments: readonly (Waiting & { readonly service: string; readonly status: string })[];
  /** Deployments that were lost within the last quarter of an hour and whose runs are not found, by service. */
  readonly lost: readonly { readonly service: string; readonly count: number }[];
  readonly replicas: number;
  /** Faults of a channel, a repository or GitHub, as in the readiness warnings. */
  readonly faults: number;
}

const waitingSince = (column: string) =>
  `count(*)::int as waiting, coalesce(extract(epoch from clock_timestamp() - min(${column})), 0)::float8 as "oldestSeconds"`;

/** What waits in the database, for all replicas together. Each part uses an index: history adds no cost. */
export async function readBacklog(db: Queryable): Promise<Backlog> {
  const inbox = await db.query<Waiting>(`select ${waitingSince('received_at')} from inbox where handled_at is null`);
  const jobs = await db.query<Waiting & { job: string }>(
    `select task_identifier as job, ${waitingSince('run_at')} from graphile_worker.jobs
     where run_at <= clock_timestamp() and attempts < max_attempts group by task_identifier`,
  );
  const cards = await db.query<Waiting>(
    `select ${waitingSince('dirty_at')} from cards where dirty_at is not null and due_at <= clock_timestamp()`,
  );
  const deployments = await db.query<Waiting & { service: string; status: string }>(
    `select service, status, ${waitingSince('requested_at')} from deployments
     where status in ('waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung', 'baking') group by service, status`,
  );
  const lost = await db.query<{ service: string; count: number }>(
    `select service, count(*)::int as count from deployments
     where status = 'lost' and ended_at > clock_timestamp() - interval '15 minutes' group by service`,
  );
  const none: Waiting = { waiting: 0, oldestSeconds: 0 };
  return {
    inbox: inbox.rows[0] ?? none,
    jobs: jobs.rows,
    cards: cards.rows[0] ?? none,
    deployments: deployments.rows,
    lost: lost.rows,
    replicas: await countReplicas(db),
    faults: (await warningsOf(db)).length,
  };
}
