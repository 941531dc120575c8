/** The runs of the check workflows of stages: each is sent once, found by its own id, and followed to its end. */

import type { CheckRun } from '../core/stages/checks.js';
import type { Queryable } from './pool.js';
import { move } from './step.js';

/** A check workflow that is to be started, looked for, followed or cancelled. */
export interface DueCheck {
  readonly place: number;
  readonly service: string;
  readonly stage: string;
  readonly workflow: string;
  readonly sha: string;
  readonly requestedBy: string;
  readonly deployId: string;
  readonly is: Exclude<CheckRun['is'], 'passed' | 'failed' | 'over'>;
  /** Whether nobody waits for it any more: the deployment has left the stage. */
  readonly isOver: boolean;
  readonly sentAt: Date | null;
  readonly missedSeconds: number;
  readonly runId: number | null;
  readonly runUrl: string | null;
  /** For how many ms its run is known. */
  readonly runsForMs: number;
}

/** The check workflow of a deployment that has not ended; null if it has none. */
export async function dueCheck(db: Queryable, deploymentId: number): Promise<DueCheck | null> {
  const { rows } = await db.query<DueCheck>({
    name: 'due-check',
    text: `select s.place, s.service, s.name as stage, s.plan->'checks'->'workflow'->>'workflow' as workflow, d.sha,
        d.requested_by as "requestedBy", s.check_id as "deployId", s.check_status as is, s.status <> 'baking' as "isOver",
        s.check_sent_at as "sentAt", s.check_missed as "missedSeconds", s.check_run_id as "runId",
        s.check_run_url as "runUrl",
        coalesce(extract(epoch from clock_timestamp() - s.check_run_at) * 1000, 0)::float8 as "runsForMs"
      from stages s join deployments d on d.id = s.deployment_id
      where s.deployment_id = $1 and s.check_status in ('due', 'sent', 'running') order by s.status = 'baking' desc, s.place limit 1`,
    values: [deploymentId],
  });
  return rows[0] ?? null;
}

/** The claim to send, committed before the request leaves: only one caller gets it, and only while the stage bakes. */
export async function claimCheck(db: Queryable, deploymentId: number, place: number): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'claim-check',
    text: `update stages set check_status = 'sent', check_sent_at = clock_timestamp()
      where deployment_id = $1 and place = $2 and status = 'baking' and check_status = 'due'`,
    values: [deploymentId, place],
  });
  return rowCount === 1;
}

/** GitHub's rate limit says that it was not sent. */
export async function unsendCheck(db: Queryable, deploymentId: number, place: number): Promise<void> {
  await db.query({
    name: 'unsend-check',
    text: `update stages set check_status = 'due', check_sent_at = null
      where deployment_id = $1 and place = $2 and check_status = 'sent'`,
    values: [deploymentId, place],
  });
}

export async function noteCheckRun(
  db: Queryable,
  deploymentId: number,
  place: number,
  run: { readonly id: number; readonly url: string },
): Promise<void> {
  await db.query({
    name: 'note-check-run',
    text: `update stages set check_status = 'running', check_run_id = $3, check_run_url = $4, check_run_at = clock_timestamp()
      where deployment_id = $1 and place = $2 and check_status = 'sent'`,
    values: [deploymentId, place, run.id, run.url],
  });
}

/** GitHub answered, and there was no such run; of the time since the last look, at most five seconds count. Returns the sum. */
export async function missCheck(db: Queryable, deploymentId: number, place: number): Promise<number> {
  const { rows } = await db.query<{ missed: number }>({
    name: 'miss-check',
    text: `update stages set check_looked_at = clock_timestamp(), check_missed = check_missed
        + coalesce(least(5, extract(epoch from clock_timestamp() - check_looked_at))::float8, 0)
      where deployment_id = $1 and place = $2 returning check_missed as missed`,
    values: [deploymentId, place],
  });
  return rows[0]?.missed ?? 0;
}

/** Nobody asks about it any more. */
export async function closeCheck(db: Queryable, deploymentId: number, place: number): Promise<void> {
  await db.query({
    name: 'close-check',
    text: `update stages set check_status = 'over'
      where deployment_id = $1 and place = $2 and check_status in ('due', 'sent', 'running')`,
    values: [deploymentId, place],
  });
}

export const passCheckRun = (tx: Queryable, deploymentId: number, place: number): Promise<void> =>
  move(
    tx,
    `update stages set check_status = 'passed'
     where deployment_id = $1 and place = $2 and status = 'baking' and check_status in ('sent', 'running')`,
    [deploymentId, place],
  );
