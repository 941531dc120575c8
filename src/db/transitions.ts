/** The steps of a deployment, each only from the states in which the decision found it. Any other state throws. */

import type { Basis, WaitsFor } from '../core/deployment/deployment.js';
import type { Run } from '../core/deployment/run.js';
import type { Write } from '../core/write.js';
import type { Queryable } from './pool.js';
import { startColumns } from './start-times.js';
import { move, moved } from './step.js';

/** With the row of its request among the approvals. */
export async function addDeployment(
  tx: Queryable,
  service: string,
  what: Extract<Write, { write: 'add deployment' }>,
  trace: string | null = null,
): Promise<number> {
  const answered = what.answered && JSON.stringify(what.answered);
  const others = Object.entries({ trace, answered }).filter(([, value]) => value !== null);
  const more = [...startColumns(what.startAt), ...others];
  const { rows } = await tx.query<{ id: number }>({
    name: `add-deployment${trace === null ? '' : '-traced'}${what.startAt ? '-at' : ''}${answered === null ? '' : '-answered'}`,
    text: `with added as (
     insert into deployments (deploy_id, service, change_id, sha, kind, status, requested_by, requested_at, restores, pressed_on,
       queued_at, required, expires_at, remind_at, counted_from, counted_moves, counted_shas, override_reason, confirmed_changes,
       run_number${more.map(([column]) => `, ${column}`).join('')})
     values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp(), $8, $9, clock_timestamp(), $10, $11, $12, $13, $14, $15, $16, $17,
       (select run_number from changes where id = $3)${more.map((_, index) => `, $${18 + index}`).join('')}) returning id
     ) insert into approvals (deployment_id, slack_user_id, decision, decided_at)
       select id, $7, 'requested', clock_timestamp() from added returning deployment_id as id`,
    values: [
      what.deployId,
      service,
      what.changeId,
      what.sha,
      what.kind,
      what.required > 0 ? 'waiting' : 'queued',
      what.by,
      what.restores,
      what.pressedOn,
      what.required,
      what.patience?.expiresAt ?? null,
      what.patience?.remindAt ?? null,
      ...counted(what.basis),
      what.override,
      what.confirmed,
      ...more.map(([, one]) => one),
    ],
  });
  return (rows[0] as { id: number }).id;
}

export async function addApproval(
  tx: Queryable,
  deploymentId: number,
  user: string,
  decision: string,
  reason: string | null,
): Promise<void> {
  await tx.query({
    name: 'add-approval',
    text: 'insert into approvals (deployment_id, slack_user_id, decision, reason, decided_at) values ($1, $2, $3, $4, clock_timestamp())',
    values: [deploymentId, user, decision, reason],
  });
}

const counted = (basis: Basis | null): unknown[] => [
  basis?.from ?? null,
  basis?.moves ?? null,
  basis === null ? null : JSON.stringify(basis.shas),
];

/** An approval that counts, with what it approves. */
export async function approve(tx: Queryable, write: Extract<Write, { write: 'approve' }>): Promise<void> {
  const { deploymentId, user, at, basis } = write;
  await move(
    tx,
    `update deployments set approved_by = approved_by || $2::jsonb, counted_from = $3, counted_moves = $4, counted_shas = $5
     where id = $1 and status = 'waiting'`,
    [deploymentId, JSON.stringify([{ user, at }]), ...counted(basis)],
  );
  await addApproval(tx, deploymentId, user, 'approved', null);
}

export const toQueued = (tx: Queryable, id: number): Promise<void> =>
  move(
    tx,
    `update deployments set status = 'queued', queued_at = clock_timestamp(), voided = null where id = $1 and status = 'waiting'`,
    [id],
  );

/** Its approvals are void: it waits for new ones, for what would ship now. */
export const askAnew = (tx: Queryable, write: Extract<Write, { write: 'ask anew' }>): Promise<void> =>
  move(
    tx,
    `update deployments set status = 'waiting', approved_by = '[]', voided = $2, expires_at = $3, remind_at = $4,
       required = $5, counted_from = $6, counted_moves = $7, counted_shas = $8,
       not_before = start_at, waits_for = null, waits_since = null, github_says = null, refused_since = null
     where id = $1 and status in ('waiting', 'queued')`,
    [
      write.deploymentId,
      write.why,
      write.patience.expiresAt,
      write.patience.remindAt,
      write.required,
      ...counted(write.basis),
    ],
  );

export const noteReminded = (tx: Queryable, id: number): Promise<void> =>
  move(tx, `update deployments set remind_at = null where id = $1 and status = 'waiting'`, [id]);

export const signOff = (tx: Queryable, id: number, user: string): Promise<void> =>
  move(
    tx,
    `update deployments set signed_off_by = $2, signed_off_at = clock_timestamp()
     where id = $1 and override_reason is not null and signed_off_by is null`,
    [id, user],
  );

export const queueAgain = (
  tx: Queryable,
  id: number,
  notBefore: Date | null,
  waitsFor: WaitsFor | null,
  gate: { readonly by: string | null; readonly reason: string } | undefined,
): Promise<{ readonly stage: string | null } | undefined> => {
  const [refuses, fails] =
    typeof waitsFor !== 'object' || waitsFor === null
      ? [null, null]
      : 'githubFails' in waitsFor
        ? [null, String(waitsFor.githubFails)]
        : [waitsFor.githubRefuses, null];
  return moved<{ stage: string | null }>(
    tx,
    `update deployments set status = 'queued', not_before = $2, waits_for = $3, github_says = coalesce($4, $6),
       waits_since = case when $3::text is null then null
         when $5::jsonb is null and waits_for = gate->>'gate' then clock_timestamp()
         else coalesce(waits_since, clock_timestamp()) end,
       refused_since = case when $4::text is null then null else coalesce(refused_since, clock_timestamp()) end,
       gate = coalesce($5::jsonb, gate),
       gate_since = case when $5::jsonb is null then gate_since
         when gate_until is null then coalesce(gate_since, clock_timestamp()) else clock_timestamp() end,
       gate_until = case when $5::jsonb is not null then null
         when waits_for = gate->>'gate' or gate->>'gate' = 'paced' then coalesce(gate_until, clock_timestamp()) else gate_until end,
       dispatching_at = null, sent_at = null
     where id = $1 and status in ('queued', 'dispatching', 'unknown', 'baking') and ($3::text is not null or sent_at is null)
     returning stage`,
    [
      id,
      notBefore,
      typeof waitsFor === 'object' && waitsFor !== null ? 'github' : waitsFor === 'paced' ? null : waitsFor,
      refuses,
      gate ? JSON.stringify({ gate: waitsFor, ...gate }) : null,
      fails,
    ],
  );
};

export async function toDispatching(
  tx: Queryable,
  id: number,
  uncounted: string | null,
  told?: (id: number, trace: string | null) => void,
): Promise<void> {
  const row = await moved<{ trace: string | null }>(
    tx,
    `update deployments set status = 'dispatching', dispatching_at = clock_timestamp(), sent_at = null, not_before = null, waits_for = null, waits_since = null, github_says = null, refused_since = null,
       gate_until = case when gate is null then null else coalesce(gate_until, clock_timestamp()) end, uncounted = $2
     where id = $1 and status in ('queued', 'baking')${told ? ' returning trace' : ''}`,
    [id, uncounted],
  );
  if (row) told?.(id, row.trace);
}

export const toUnknown = (tx: Queryable, id: number): Promise<{ readonly stage: string | null } | undefined> =>
  moved<{ stage: string | null }>(
    tx,
    `update deployments set status = 'unknown', sent_at = coalesce(sent_at, clock_timestamp()), looked_at = null, answered_seconds = 0, told_at = null
     where id = $1 and status = 'dispatching' returning stage`,
    [id],
  );

export const addAnswered = (tx: Queryable, id: number, seconds: number): Promise<void> =>
  move(
    tx,
    `update deployments set looked_at = clock_timestamp(), answered_seconds = answered_seconds + $2, github_says = null where id = $1 and status = 'unknown'`,
    [id, seconds],
  );

export const toDeploying = (
  tx: Queryable,
  id: number,
  run: Run,
): Promise<{ readonly stage: string | null } | undefined> =>
  moved<{ stage: string | null }>(
    tx,
    `update deployments set status = 'deploying', run_id = $2, run_url = $3, run_attempt = $4, run_started_at = $5,
       sent_at = coalesce(sent_at, clock_timestamp()), ended_at = null, reason = null, github_says = null, missing_since = null, missing_reads = 0
     where id = $1 and status in ('queued', 'dispatching', 'unknown', 'lost', 'baking') returning stage`,
    [id, run.id, run.url, run.attempt, run.startedAt],
  );

export const toHung = (tx: Queryable, id: number): Promise<void> =>
  move(
    tx,
    `update deployments set status = 'hung', hung_at = clock_timestamp() where id = $1 and status = 'deploying'`,
    [id],
  );

export const noteGitHubSays = (tx: Queryable, id: number, message: string): Promise<void> =>
  move(tx, `update deployments set github_says = $2 where id = $1 and status = 'unknown'`, [id, message]);

/** `reads`: how often in a row GitHub has said that the run does not exist. */
export const noteMissing = (tx: Queryable, id: number, reads: number): Promise<void> =>
  move(
    tx,
    `update deployments set missing_reads = $2::smallint,
       missing_since = case when $2::smallint > 0 then coalesce(missing_since, clock_timestamp()) end
     where id = $1 and status in ('deploying', 'hung')`,
    [id, reads],
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

export const setReplaced = (tx: Queryable, id: number, replaced: number | null): Promise<void> =>
  move(tx, 'update deployments set replaced = $2 where id = $1', [id, replaced]);
