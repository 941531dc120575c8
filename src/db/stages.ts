/** The steps of a deployment through its stages, each only from where the decision found it. */

import type { Run } from '../core/deployment/run.js';
import type { CheckState, HttpCheck } from '../core/stages/checks.js';
import type { Write } from '../core/write.js';
import type { Queryable } from './pool.js';
import { type CheckJson, checkOf } from './stage-row.js';
import { move } from './step.js';

type Of<W extends Write['write']> = Extract<Write, { write: W }>;

/** Adds the stages of a deployment whose first one is started. */
async function addStages(tx: Queryable, service: string, id: number, steps: NonNullable<Of<'start stage'>['steps']>) {
  await tx.query({
    name: 'add-stages',
    text: `insert into stages (deployment_id, place, service, name, plan, status)
      select $1, place, $2, plan->>'name', plan, case when skipped then 'skipped' else 'waits' end
      from unnest($3::jsonb[], $4::boolean[]) with ordinality as step (plan, skipped, place)`,
    values: [id, service, steps.map(({ plan }) => JSON.stringify(plan)), steps.map(({ skipped }) => skipped)],
  });
}

/** The next stage is started: its row has the id by which its run is found, as the deployment has now. */
export async function startStage(tx: Queryable, service: string, write: Of<'start stage'>): Promise<void> {
  const { deploymentId, place, deployId, steps } = write;
  if (steps) await addStages(tx, service, deploymentId, steps);
  await move(
    tx,
    `with started as (
       update stages set status = 'running', deploy_id = $3, started_at = clock_timestamp()
       where deployment_id = $1 and place = $2 and status = 'waits' returning name)
     update deployments set stage = started.name, deploy_id = $3, run_id = null, run_url = null, run_attempt = null,
       run_started_at = null, jobs = null, hung_at = null, looked_at = null, answered_seconds = 0, told_at = null,
       cancel_by = null, cancel_asked_at = null, cancel_told_at = null, missing_since = null, missing_reads = 0
     from started where id = $1 and deployments.status in ('queued', 'baking')`,
    [deploymentId, place, deployId],
  );
}

/** Its request may have left: the stage is reached. */
export async function reachStage(tx: Queryable, id: number): Promise<void> {
  await tx.query({
    name: 'reach-stage',
    text: `insert into stages_now (service, stage, reached_id)
      select service, name, deployment_id from stages where deployment_id = $1 and status in ('running', 'failed')
      order by place desc limit 1
      on conflict (service, stage) do update set reached_id = excluded.reached_id`,
    values: [id],
  });
}

/** The run of the current stage is known; a stage that was lost is running again. */
export async function noteStageRun(tx: Queryable, id: number, run: Run): Promise<void> {
  await tx.query({
    name: 'note-stage-run',
    text: `update stages set status = 'running', run_id = $2, run_url = $3, run_attempt = $4, run_started_at = $5,
        ended_at = null, reason = null
      where deployment_id = $1 and deploy_id = (select deploy_id from deployments where id = $1)`,
    values: [id, run.id, run.url, run.attempt, run.startedAt],
  });
  await reachStage(tx, id);
}

export const stageRan = (
  tx: Queryable,
  { deploymentId, place, run, ranAt, bakesUntil, checks, checkId }: Of<'stage ran'>,
) =>
  move(
    tx,
    `with ran as (
       update stages set status = 'baking', run_id = $3, run_url = $4, run_attempt = $5, run_started_at = $6, ran_at = $7,
         bake_until = $8, checks = $9,
         check_id = $10, check_status = case when $10::text is not null then 'due' end
       where deployment_id = $1 and place = $2 and status = 'running' returning deployment_id)
     update deployments set status = 'baking', hung_at = null, missing_since = null, missing_reads = 0
     from ran where id = $1 and deployments.status in ('deploying', 'hung')`,
    [
      deploymentId,
      place,
      run.id,
      run.url,
      run.attempt,
      run.startedAt,
      ranAt,
      bakesUntil,
      JSON.stringify(checks),
      checkId,
    ],
  );

/** The stage is behind the deployment: from now on it is what that stage runs. */
export const passStage = (tx: Queryable, { deploymentId, place }: Of<'stage passed'>): Promise<void> =>
  move(tx, `${PASSED} where deployment_id = $1 and place = $2 and status in ('running', 'baking')${AS_NOW}`, [
    deploymentId,
    place,
  ]);

const PASSED = `with passed as (
  update stages set status = 'passed', ended_at = clock_timestamp(), ran_at = coalesce(ran_at, clock_timestamp())`;
const AS_NOW = ` returning service, name, deployment_id)
  insert into stages_now (service, stage, reached_id, passed_id, passed_at)
  select service, name, deployment_id, deployment_id, clock_timestamp() from passed
  on conflict (service, stage) do update set reached_id = excluded.reached_id, passed_id = excluded.passed_id,
    passed_at = excluded.passed_at`;

/** Where the checks of the stage stand that the deployment bakes in; nothing if it has left it. */
export async function saveChecks(
  db: Queryable,
  { deploymentId, place, checks }: Omit<Of<'checks'>, 'write'>,
): Promise<void> {
  await db.query({
    name: 'save-checks',
    text: `update stages set checks = $3 where deployment_id = $1 and place = $2 and status = 'baking'`,
    values: [deploymentId, place, JSON.stringify(checks)],
  });
}

/** The checks of the stage that a deployment bakes in, with the time of the database; null if it bakes in none. */
export async function checksOf(
  db: Queryable,
  deploymentId: number,
): Promise<{
  readonly now: Date;
  readonly service: string;
  readonly place: number;
  readonly asks: readonly HttpCheck[];
  readonly states: readonly CheckState[];
} | null> {
  const { rows } = await db.query<{
    now: Date;
    service: string;
    place: number;
    asks: HttpCheck[];
    checks: CheckJson[];
  }>({
    name: 'checks-of',
    text: `select clock_timestamp() as now, service, place, plan->'checks'->'http' as asks, checks from stages
      where deployment_id = $1 and status = 'baking'`,
    values: [deploymentId],
  });
  const found = rows[0];
  if (!found) return null;
  const { checks, ...rest } = found;
  return { ...rest, states: checks.map(checkOf) };
}

export const continueStage = (tx: Queryable, { deploymentId, place, by }: Of<'continue'>): Promise<void> =>
  move(
    tx,
    `update stages set continued_by = $3, bake_until = least(bake_until, clock_timestamp())
     where deployment_id = $1 and place = $2 and status = 'baking' and continued_by is null`,
    [deploymentId, place, by],
  );

export const stageWaits = (tx: Queryable, deploymentId: number, place: number): Promise<void> =>
  move(
    tx,
    `update stages set waits_since = clock_timestamp()
     where deployment_id = $1 and place = $2 and status = 'baking' and waits_since is null`,
    [deploymentId, place],
  );

export const stageWaitTold = (tx: Queryable, deploymentId: number, place: number): Promise<void> =>
  move(
    tx,
    `update stages set told_at = clock_timestamp()
     where deployment_id = $1 and place = $2 and status = 'baking' and told_at is null`,
    [deploymentId, place],
  );

/** The deployment has ended in a stage: stopped there, it has passed it; else it has failed there. */
export async function endStage(tx: Queryable, id: number, status: string, reason: string | null): Promise<void> {
  if (status === 'stopped') {
    await tx.query({
      name: 'stop-in-stage',
      text: `${PASSED} where deployment_id = $1 and status = 'baking'${AS_NOW}`,
      values: [id],
    });
    return;
  }
  if (status === 'failed' || status === 'lost') await reachStageSent(tx, id);
  await tx.query({
    name: 'fail-in-stage',
    text: `update stages set status = 'failed', ended_at = clock_timestamp(), reason = $2
      where deployment_id = $1 and status in ('running', 'baking')`,
    values: [id, reason],
  });
}

/** One that GitHub refused to start reached nothing. */
async function reachStageSent(tx: Queryable, id: number): Promise<void> {
  const { rowCount } = await tx.query('select from deployments where id = $1 and (run_id is not null or status = $2)', [
    id,
    'lost',
  ]);
  if (rowCount === 1) await reachStage(tx, id);
}

/**
 * The start of a stage did not leave: the deployment is again where it was before. That is after the stage that it passed
 * last, else in the queue, where it has no stages yet.
 */
export async function putBack(tx: Queryable, id: number): Promise<void> {
  const { rowCount } = await tx.query({
    name: 'put-back',
    text: `with left_ as (
        update stages set status = 'waits', started_at = null
        where deployment_id = $1 and status = 'running')
      update deployments set status = 'baking', stage = last.name, deploy_id = last.deploy_id, run_id = last.run_id,
        run_url = last.run_url, run_attempt = last.run_attempt, run_started_at = last.run_started_at, sent_at = last.started_at
      from (select * from stages where deployment_id = $1 and status = 'passed' order by place desc limit 1) last
      where deployments.id = $1`,
    values: [id],
  });
  if (rowCount === 1) return;
  await tx.query({
    name: 'put-back-into-queue',
    text: `with gone as (delete from stages where deployment_id = $1) update deployments set stage = null where id = $1`,
    values: [id],
  });
}
