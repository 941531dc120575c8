import type { Job } from '../core/change/change.js';
import type { Answered } from '../core/deployment/asks.js';
import type { Basis, Deployment, Gated, ShutGate, Status, WaitsFor } from '../core/deployment/deployment.js';
import type { Run } from '../core/deployment/run.js';
import { type StageJson, stageOf } from './stage-row.js';

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
  /** Never `paced`, which the card of an earlier version would not draw: that is in `gate` alone. */
  waits_for: Exclude<Extract<WaitsFor, string>, 'paced'> | null;
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
  missing_since: Date | null;
  missing_reads: number;
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
  uncounted: string | null;
  signed_off_by: string | null;
  signed_off_at: Date | null;
  confirmed_changes: number | null;
  gate: { gate: ShutGate; by: string | null; reason: string } | null;
  gate_since: Date | null;
  gate_until: Date | null;
  ended_by: string | null;
  stages: StageJson[] | null;
  start_at: Date | null;
  came_at: Date | null;
  answered: Answered | null;
}

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
    uncounted: row.uncounted,
    signedOff: row.signed_off_by === null ? null : { user: row.signed_off_by, at: must(row, 'signed_off_at') },
    confirmed: row.confirmed_changes,
    gated: gatedOf(row),
    stages: (row.stages ?? []).map(stageOf),
    startAt: row.start_at,
    answered: row.answered,
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
        cameAt: row.came_at,
        ...beforeStart(row),
      };
    case 'baking':
      return { ...identity, status, run: runOf(row), ...beforeStart(row) };
    case 'dispatching':
      return { ...identity, status, since: must(row, 'dispatching_at'), sentAt: row.sent_at };
    case 'unknown':
      return {
        ...identity,
        status,
        sentAt: must(row, 'sent_at'),
        lookedAt: row.looked_at,
        answeredSeconds: row.answered_seconds,
        githubSays: row.github_says,
        toldAt: row.told_at,
      };
    case 'deploying':
      return { ...identity, status, run: runOf(row), ...underWay(row) };
    case 'hung':
      return { ...identity, status, run: runOf(row), hungAt: must(row, 'hung_at'), ...underWay(row) };
    case 'live':
    case 'failed':
    case 'rejected':
    case 'withdrawn':
    case 'expired':
    case 'cancelled':
    case 'lost':
    case 'stopped':
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

/** GitHub's words are a refusal since some time, or else the status of an error of its own. */
function waitsForOf({ github_says, refused_since, waits_for, gate, gate_until }: DeploymentRow): WaitsFor | null {
  if (github_says === null) return waits_for ?? (gate?.gate === 'paced' && gate_until === null ? 'paced' : null);
  return refused_since === null ? { githubFails: Number(github_says) } : { githubRefuses: github_says };
}

function basisOf(row: DeploymentRow): Basis | null {
  const { counted_from: from, counted_moves: moves, counted_shas: shas } = row;
  return moves === null || shas === null ? null : { from, moves, shas };
}

function gatedOf(row: DeploymentRow): Gated | null {
  return row.gate && row.gate_since ? { ...row.gate, since: row.gate_since, until: row.gate_until } : null;
}

const beforeStart = (row: DeploymentRow) => ({
  notBefore: row.not_before,
  waitsFor: waitsForOf(row),
  waitsSince: row.waits_since,
  refusedSince: row.refused_since,
});

const underWay = (row: DeploymentRow) => ({
  cancelBy: row.cancel_by,
  cancelAskedAt: row.cancel_asked_at,
  cancelToldAt: row.cancel_told_at,
  missing: row.missing_since && { since: row.missing_since, reads: row.missing_reads },
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
