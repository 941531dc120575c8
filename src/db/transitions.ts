/** The steps of a deployment, each from the states that the decision found it in. One that moved meanwhile is an error. */

import type { Write } from '../core/decision.js';
import type { EndedStatus, Run, WaitsFor } from '../core/deployment.js';
import type { Queryable } from './pool.js';

export async function addDeployment(
  tx: Queryable,
  service: string,
  what: Extract<Write, { write: 'add deployment' }>,
): Promise<number> {
  const { rows } = await tx.query<{ id: number }>(
    `insert into deployments (deploy_id, service, change_id, sha, kind, status, requested_by, requested_at, restores, pressed_on)
     values ($1, $2, $3, $4, $5, 'queued', $6, clock_timestamp(), $7, $8) returning id`,
    [what.deployId, service, what.changeId, what.sha, what.kind, what.by, what.restores, what.pressedOn],
  );
  return (rows[0] as { id: number }).id;
}

export async function addApproval(
  tx: Queryable,
  deploymentId: number,
  user: string,
  decision: string,
  reason: string | null,
): Promise<void> {
  await tx.query(
    'insert into approvals (deployment_id, slack_user_id, decision, reason, decided_at) values ($1, $2, $3, $4, clock_timestamp())',
    [deploymentId, user, decision, reason],
  );
}

export const queueAgain = (
  tx: Queryable,
  id: number,
  notBefore: Date | null,
  waitsFor: WaitsFor | null,
): Promise<void> => {
  const says = typeof waitsFor === 'object' ? (waitsFor?.githubRefuses ?? null) : null;
  return move(
    tx,
    `update deployments set status = 'queued', not_before = $2, waits_for = $3, github_says = $4,
       waits_since = case when $3::text is null then null else coalesce(waits_since, clock_timestamp()) end,
       refused_since = case when $4::text is null then null else coalesce(refused_since, clock_timestamp()) end,
       dispatching_at = null, sent_at = null
     where id = $1 and status in ('queued', 'dispatching', 'unknown')`,
    [id, notBefore, says === null ? waitsFor : 'github', says],
  );
};

export const toDispatching = (tx: Queryable, id: number): Promise<void> =>
  move(
    tx,
    `update deployments set status = 'dispatching', dispatching_at = clock_timestamp(), sent_at = null, not_before = null, waits_for = null, waits_since = null, github_says = null, refused_since = null
     where id = $1 and status = 'queued'`,
    [id],
  );

export const toUnknown = (tx: Queryable, id: number): Promise<void> =>
  move(
    tx,
    `update deployments set status = 'unknown', sent_at = coalesce(sent_at, clock_timestamp()), looked_at = null, answered_seconds = 0, told_at = null
     where id = $1 and status = 'dispatching'`,
    [id],
  );

export const addAnswered = (tx: Queryable, id: number, seconds: number): Promise<void> =>
  move(
    tx,
    `update deployments set looked_at = clock_timestamp(), answered_seconds = answered_seconds + $2 where id = $1 and status = 'unknown'`,
    [id, seconds],
  );

export const toDeploying = (tx: Queryable, id: number, run: Run): Promise<void> =>
  move(
    tx,
    `update deployments set status = 'deploying', run_id = $2, run_url = $3, run_attempt = $4, run_started_at = $5,
       sent_at = coalesce(sent_at, clock_timestamp()), ended_at = null, reason = null
     where id = $1 and status in ('queued', 'dispatching', 'unknown', 'lost')`,
    [id, run.id, run.url, run.attempt, run.startedAt],
  );

export const toHung = (tx: Queryable, id: number): Promise<void> =>
  move(
    tx,
    `update deployments set status = 'hung', hung_at = clock_timestamp() where id = $1 and status = 'deploying'`,
    [id],
  );

export const noteTold = (tx: Queryable, id: number): Promise<void> =>
  move(tx, `update deployments set told_at = clock_timestamp() where id = $1 and status = 'unknown'`, [id]);

export const takeCancelBack = (tx: Queryable, id: number): Promise<void> =>
  move(
    tx,
    `update deployments set cancel_by = null, cancel_asked_at = null, cancel_told_at = null
     where id = $1 and status in ('deploying', 'hung')`,
    [id],
  );

export const noteNotCancelled = (tx: Queryable, id: number): Promise<void> =>
  move(
    tx,
    `update deployments set cancel_told_at = clock_timestamp() where id = $1 and status in ('deploying', 'hung')`,
    [id],
  );

export const askCancel = (tx: Queryable, id: number, by: string): Promise<void> =>
  move(
    tx,
    `update deployments set cancel_by = $2, cancel_asked_at = coalesce(cancel_asked_at, clock_timestamp())
     where id = $1 and status in ('deploying', 'hung')`,
    [id, by],
  );

export const endDeployment = (tx: Queryable, id: number, status: EndedStatus, reason: string | null): Promise<void> =>
  move(
    tx,
    `update deployments set status = $2, reason = $3, ended_at = clock_timestamp(), not_before = null, waits_for = null, github_says = null, refused_since = null
     where id = $1 and ended_at is null`,
    [id, status, reason],
  );

export const setReplaced = (tx: Queryable, id: number, replaced: number | null): Promise<void> =>
  move(tx, 'update deployments set replaced = $2 where id = $1', [id, replaced]);

async function move(tx: Queryable, text: string, values: unknown[]): Promise<void> {
  const { rowCount } = await tx.query(text, values);
  if (rowCount !== 1) throw new Error(`deployment ${String(values[0])} was not where the decision left it`);
}
