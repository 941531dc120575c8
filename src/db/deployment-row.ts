import type { Job } from '../core/change/change.js';
import type { Basis, Deployment, Gated, Run, ShutGate, Status, WaitsFor } from '../core/deployment/deployment.js';
import type { TimesOf } from './json.js';

/** A row of `deployments`, as node-postgres returns it. */
export interface DeploymentRow {
  id: number;
  key: string;
  deploy_id: string;
  service: string;
  change_id: number;
  /** Null if an older version, running alongside this one, added the row. */
  run_number: number | null;
  sha: string;
  kind: Deployment['kind'];
  status: Status;
  requested_by: string;
  requested_at: Date;
  queued_at: Date;
  restores: number | null;
  pressed_on: number | null;
  replaced: number | null;
  not_before: Date | null;
  waits_for: Extract<WaitsFor, string> | null;
  waits_since: Date | null;
  github_says: string | null;
  refused_since: Date | null;
  dispatching_at: Date | null;
  sent_at: Date | null;
  looked_at: Date | null;
  answered_seconds: number;
  told_at: Date | null;
  run_id: number | null;
  run_url: string | null;
  run_attempt: number | null;
  run_started_at: Date | null;
  jobs: Job[] | null;
  hung_at: Date | null;
  cancel_by: string | null;
  cancel_asked_at: Date | null;
  cancel_told_at: Date | null;
  ended_at: Date | null;
  reason: string | null;
  required: number;
  /** Times as JSON strings. */
  approved_by: { user: string; at: string }[];
  counted_from: string | null;
  counted_moves: number | null;
  counted_shas: string[] | null;
  voided: string | null;
  expires_at: Date | null;
  remind_at: Date | null;
  override_reason: string | null;
  signed_off_by: string | null;
  signed_off_at: Date | null;
  confirmed_changes: number | null;
  gate: { gate: ShutGate; by: string | null; reason: string } | null;
  gate_since: Date | null;
  gate_until: Date | null;
  ended_by: string | null;
}

/** Its columns by name: in an older replica, a prepared `select *` would fail once a newer one has added a column. */
export const DEPLOYMENT_COLUMNS = Object.keys({
  id: true,
  key: true,
  deploy_id: true,
  service: true,
  change_id: true,
  run_number: true,
  sha: true,
  kind: true,
  status: true,
  requested_by: true,
  requested_at: true,
  queued_at: true,
  restores: true,
  pressed_on: true,
  replaced: true,
  not_before: true,
  waits_for: true,
  waits_since: true,
  github_says: true,
  refused_since: true,
  dispatching_at: true,
  sent_at: true,
  looked_at: true,
  answered_seconds: true,
  told_at: true,
  run_id: true,
  run_url: true,
  run_attempt: true,
  run_started_at: true,
  jobs: true,
  hung_at: true,
  cancel_by: true,
  cancel_asked_at: true,
  cancel_told_at: true,
  ended_at: true,
  reason: true,
  required: true,
  approved_by: true,
  counted_from: true,
  counted_moves: true,
  counted_shas: true,
  voided: true,
  expires_at: true,
  remind_at: true,
  override_reason: true,
  signed_off_by: true,
  signed_off_at: true,
  confirmed_changes: true,
  gate: true,
  gate_since: true,
  gate_until: true,
  ended_by: true,
} satisfies Record<keyof DeploymentRow, true>).join(', ');

/** Its columns that are times, for a row that comes as JSON. */
export const DEPLOYMENT_TIMES: TimesOf<DeploymentRow> = {
  requested_at: true,
  queued_at: true,
  not_before: true,
  waits_since: true,
  refused_since: true,
  dispatching_at: true,
  sent_at: true,
  looked_at: true,
  told_at: true,
  run_started_at: true,
  hung_at: true,
  cancel_asked_at: true,
  cancel_told_at: true,
  ended_at: true,
  expires_at: true,
  remind_at: true,
  signed_off_at: true,
  gate_since: true,
  gate_until: true,
};

/** The row as the union that `core` decides on. Throws if the row contradicts its own status. */
export function deploymentOf(row: DeploymentRow): Deployment {
  const identity = {
    id: row.id,
    key: row.key,
    deployId: row.deploy_id,
    service: row.service,
    changeId: row.change_id,
    runNumber: row.run_number ?? Number.POSITIVE_INFINITY,
    sha: row.sha,
    kind: row.kind,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    restores: row.restores,
    pressedOn: row.pressed_on,
    replaced: row.replaced,
    jobs: row.jobs,
    required: row.required,
    approvals: row.approved_by.map(({ user, at }) => ({ user, at: new Date(at) })),
    basis: basisOf(row),
    voided: row.voided,
    override: row.override_reason,
    signedOff: row.signed_off_by === null ? null : { user: row.signed_off_by, at: must(row, 'signed_off_at') },
    confirmed: row.confirmed_changes,
    gated: gatedOf(row),
  };
  const { status } = row;
  switch (status) {
    case 'waiting':
      return { ...identity, status, expiresAt: must(row, 'expires_at'), remindAt: row.remind_at };
    case 'queued':
      return {
        ...identity,
        status,
        queuedAt: row.queued_at,
        notBefore: row.not_before,
        waitsFor: row.github_says === null ? row.waits_for : { githubRefuses: row.github_says },
        waitsSince: row.waits_since,
        refusedSince: row.refused_since,
      };
    case 'dispatching':
      return { ...identity, status, since: must(row, 'dispatching_at'), sentAt: row.sent_at };
    case 'unknown':
      return {
        ...identity,
        status,
        sentAt: must(row, 'sent_at'),
        lookedAt: row.looked_at,
        answeredSeconds: row.answered_seconds,
        toldAt: row.told_at,
      };
    case 'deploying':
      return { ...identity, status, run: runOf(row), ...toCancel(row) };
    case 'hung':
      return { ...identity, status, run: runOf(row), hungAt: must(row, 'hung_at'), ...toCancel(row) };
    case 'live':
    case 'failed':
    case 'rejected':
    case 'withdrawn':
    case 'expired':
    case 'cancelled':
    case 'lost':
      return {
        ...identity,
        status,
        run: row.run_id === null ? null : runOf(row),
        sentAt: row.sent_at,
        endedAt: must(row, 'ended_at'),
        reason: row.reason,
        cancelBy: row.cancel_by,
        endedBy: row.ended_by,
      };
  }
}

function basisOf(row: DeploymentRow): Basis | null {
  const { counted_from: from, counted_moves: moves, counted_shas: shas } = row;
  return moves === null || shas === null ? null : { from, moves, shas };
}

function gatedOf(row: DeploymentRow): Gated | null {
  return row.gate && row.gate_since ? { ...row.gate, since: row.gate_since, until: row.gate_until } : null;
}

const toCancel = (row: DeploymentRow) => ({
  cancelBy: row.cancel_by,
  cancelAskedAt: row.cancel_asked_at,
  cancelToldAt: row.cancel_told_at,
});

function runOf(row: DeploymentRow): Run {
  return {
    id: must(row, 'run_id'),
    url: must(row, 'run_url'),
    attempt: must(row, 'run_attempt'),
    startedAt: must(row, 'run_started_at'),
  };
}

function must<K extends keyof DeploymentRow>(row: DeploymentRow, column: K): NonNullable<DeploymentRow[K]> {
  const value = row[column];
  if (value === null || value === undefined) throw new Error(`deployment ${row.id} is ${row.status} without ${column}`);
  return value;
}
