import type { Change } from '../../src/core/change/change.js';
import { stagingStatus } from '../../src/core/change/change.js';
import type { Basis, ShutGate, WaitsFor } from '../../src/core/deployment/deployment.js';
import type { ServiceState } from '../../src/core/service/service.js';
import type { Write } from '../../src/core/write.js';
import type { DeploymentRow } from '../../src/db/deployment-row.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type Gates = Pick<Mutable<ServiceState>, 'lock' | 'stop' | 'pause' | 'resumedAt' | 'moves'>;
type GateWrite = Extract<Write, { write: 'lock' | 'unlock' | 'lock nudged' | 'pause' | 'resume' | 'hold' | 'let go' }>;

export function applyGate(gates: Gates, changes: Map<number, Change>, write: GateWrite, now: Date): void {
  switch (write.write) {
    case 'lock':
      gates.lock = { by: write.by, reason: write.reason, since: now, until: write.until, nudgedAt: null };
      break;
    case 'unlock':
      gates.lock = null;
      break;
    case 'lock nudged':
      if (gates.lock) gates.lock = { ...gates.lock, nudgedAt: now };
      break;
    case 'pause':
      gates.pause ??= { by: write.by, why: write.why, since: now, deploymentId: null };
      break;
    case 'resume':
      gates.pause = null;
      gates.resumedAt = now;
      break;
    case 'hold':
    case 'let go': {
      const change = changes.get(write.changeId);
      if (!change) throw new Error(`no change ${write.changeId}`);
      const held = write.write === 'hold' ? { by: write.by, reason: write.reason, at: now } : null;
      // Let go, its hold is counted anew.
      changes.set(change.id, { ...change, hold: held, passedAt: held ? change.passedAt : now });
      break;
    }
  }
}

/** A row as `add deployment` makes it. */
export function newRow(id: number, write: Extract<Write, { write: 'add deployment' }>, now: Date): DeploymentRow {
  return {
    id,
    key: `deployment-${id}`,
    deploy_id: write.deployId,
    service: 'shop',
    change_id: write.changeId,
    run_number: write.changeId,
    sha: write.sha,
    kind: write.kind,
    status: write.required > 0 ? 'waiting' : 'queued',
    requested_by: write.by,
    requested_at: now,
    queued_at: now,
    restores: write.restores,
    pressed_on: write.pressedOn,
    replaced: null,
    not_before: write.startAt ?? null,
    waits_for: null,
    waits_since: null,
    github_says: null,
    refused_since: null,
    told_at: null,
    dispatching_at: null,
    sent_at: null,
    looked_at: null,
    answered_seconds: 0,
    run_id: null,
    run_url: null,
    run_attempt: null,
    run_started_at: null,
    jobs: null,
    hung_at: null,
    cancel_by: null,
    cancel_asked_at: null,
    cancel_told_at: null,
    missing_since: null,
    missing_reads: 0,
    uncounted: null,
    answered: write.answered,
    ended_at: null,
    reason: null,
    required: write.required,
    approved_by: [],
    counted_from: null,
    counted_moves: null,
    counted_shas: null,
    ...(write.basis && counted(write.basis)),
    voided: null,
    expires_at: write.patience?.expiresAt ?? null,
    remind_at: write.patience?.remindAt ?? null,
    override_reason: write.override,
    signed_off_by: null,
    signed_off_at: null,
    confirmed_changes: write.confirmed,
    gate: null,
    gate_since: null,
    gate_until: null,
    ended_by: null,
    stages: null,
    start_at: write.startAt ?? null,
    came_at: null,
  };
}

export const counted = ({ from, moves, shas }: Basis) => ({
  counted_from: from,
  counted_moves: moves,
  counted_shas: [...shas],
});

export function firstPassed(passed: readonly Change[], live: number): Date | null {
  const after = passed.filter((one) => one.staging.runNumber > live && one.hold === null);
  return after.sort((a, b) => a.staging.runNumber - b.staging.runNumber)[0]?.passedAt ?? null;
}

export function saveStaging(
  changes: Map<number, Change>,
  run: Extract<Write, { write: 'staging' }>['run'],
  now: Date,
): void {
  const { runId, runNumber, attempt, conclusion, url, sha, title, author } = run;
  const startedAt = new Date(run.startedAt);
  const staging = { runId, runNumber, attempt, conclusion, url, startedAt, finishedAt: null, usualMs: null };
  changes.set(runNumber, {
    id: runNumber,
    key: `change-${runNumber}`,
    service: 'shop',
    sha,
    title,
    author,
    staging: { ...staging, status: stagingStatus(run) },
    rerunOf: null,
    rerunBy: null,
    rerunRefused: null,
    pullRequest: null,
    tickets: [],
    jobs: null,
    tests: null,
    passedAt: stagingStatus(run) === 'passed' ? now : null,
    hold: null,
    undoneBy: null,
  });
}

/** How the row says what a queued deployment waits for. */
function saidBy(
  waitsFor: WaitsFor | null,
  refusedSince: Date,
): Pick<DeploymentRow, 'waits_for' | 'github_says' | 'refused_since'> {
  if (waitsFor === null || typeof waitsFor === 'string')
    return { waits_for: waitsFor === 'paced' ? null : waitsFor, github_says: null, refused_since: null };
  return 'githubFails' in waitsFor
    ? { waits_for: 'github', github_says: String(waitsFor.githubFails), refused_since: null }
    : { waits_for: 'github', github_says: waitsFor.githubRefuses, refused_since: refusedSince };
}

/** What `queue again` changes of a row. */
export function queuedAgain(
  row: DeploymentRow,
  { notBefore, waitsFor, gate }: Extract<Write, { write: 'queue again' }>,
  now: Date,
): Partial<DeploymentRow> {
  const wasAtGate = row.waits_for === row.gate?.gate || row.gate?.gate === 'paced';
  return {
    status: 'queued',
    not_before: notBefore,
    ...saidBy(waitsFor, row.refused_since ?? now),
    waits_since: waitsFor === null || waitsFor === 'paced' ? null : (row.waits_since ?? now),
    dispatching_at: null,
    sent_at: null,
    ...(wasAtGate && { gate_until: now }),
    ...(gate && { gate: { gate: waitsFor as ShutGate, ...gate }, gate_since: now, gate_until: null }),
  };
}
