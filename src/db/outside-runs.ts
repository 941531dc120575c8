import type { ProductionRun } from '../core/deployment/deployment.js';
import type { OutsideRun } from '../core/service/service.js';
import type { Queryable } from './pool.js';

export interface OutsideRow {
  run_id: number;
  attempt: number;
  deployment_id: number | null;
  status: string;
  conclusion: string | null;
  url: string;
  actor: string;
  started_at: Date;
}

export const outsideOf = (row: OutsideRow): OutsideRun => ({
  runId: row.run_id,
  attempt: row.attempt,
  url: row.url,
  actor: row.actor,
  status: row.status,
  conclusion: row.conclusion,
  startedAt: row.started_at,
  deploymentId: row.deployment_id,
});

export async function outsideRun(
  db: Queryable,
  service: string,
  runId: number,
  attempt: number,
): Promise<OutsideRun | null> {
  const { rows } = await db.query<OutsideRow>(
    'select * from outside_runs where service = $1 and run_id = $2 and attempt = $3',
    [service, runId, attempt],
  );
  return rows[0] ? outsideOf(rows[0]) : null;
}

/** Where to see the run of a lost deployment that turned up after another had taken its place; null if none did. */
export async function strayRunUrl(db: Queryable, deploymentId: number): Promise<string | null> {
  const { rows } = await db.query<{ url: string }>(
    `select o.url from outside_runs o join deployments d on d.id = o.deployment_id
     where o.deployment_id = $1 and o.run_id is distinct from d.run_id order by o.started_at desc limit 1`,
    [deploymentId],
  );
  return rows[0]?.url ?? null;
}

export async function saveOutsideRun(
  tx: Queryable,
  service: string,
  run: ProductionRun,
  deploymentId: number | null,
): Promise<void> {
  await tx.query(
    `insert into outside_runs (service, run_id, attempt, deployment_id, status, conclusion, url, actor, started_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (service, run_id, attempt) do update set status = excluded.status, conclusion = excluded.conclusion, seen_at = now()`,
    [service, run.runId, run.attempt, deploymentId, run.status, run.conclusion, run.url, run.actor, run.startedAt],
  );
}

/** The newest re-run, started on GitHub, of any run that shipped a change. */
export async function rerunOf(db: Queryable, changeId: number): Promise<OutsideRun | null> {
  const { rows } = await db.query<OutsideRow>(
    `select * from outside_runs where deployment_id in (select id from deployments where change_id = $1) and attempt > 1
     order by started_at desc, attempt desc limit 1`,
    [changeId],
  );
  return rows[0] ? outsideOf(rows[0]) : null;
}

/** The newest runs outside Pushbutton since a time, newest first, at most `limit`. */
export async function outsideSince(
  db: Queryable,
  services: readonly { readonly service: string; readonly since: Date | null }[],
  limit: number,
): Promise<Map<string, OutsideRun[]>> {
  const { rows } = await db.query<OutsideRow & { of: string }>(
    `select asked.of, run.* from unnest($1::text[], $2::timestamptz[]) as asked (of, since) cross join lateral (
       select * from outside_runs where service = asked.of and started_at >= coalesce(since, '-infinity')
       order by started_at desc limit $3) run order by run.started_at desc`,
    [services.map((one) => one.service), services.map((one) => one.since), limit],
  );
  const found = new Map(services.map(({ service }): [string, OutsideRun[]] => [service, []]));
  for (const { of, ...row } of rows) found.get(of)?.push(outsideOf(row));
  return found;
}
