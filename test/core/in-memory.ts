import type { Change } from '../../src/core/change/change.js';
import { type Deployment, hasEnded, isActive, type Of } from '../../src/core/deployment/deployment.js';
import { queueOf } from '../../src/core/deployment/queue.js';
import type { OutsideRun, ServiceState } from '../../src/core/service/service.js';
import { hasPassedStage } from '../../src/core/stages/stage.js';
import type { Write } from '../../src/core/write.js';
import { type DeploymentRow, deploymentOf } from '../../src/db/deployment-row.js';
import { applyGate, counted, firstPassed, type Gates, newRow, queuedAgain, saveStaging } from './in-memory-rows.js';
import { stagesInMemory } from './in-memory-stages.js';

const QUEUED_FROM = ['queued', 'dispatching', 'unknown', 'baking'];

/**
 * One service in memory, which takes the writes of a decision as the database takes them: the same conditions on where a row
 * must stand, the same constraints. What it refuses, it throws.
 */
export function inMemory() {
  const changes = new Map<number, Change>();
  const rows: DeploymentRow[] = [];
  const outsideRuns = new Map<string, OutsideRun>();
  let now = new Date('2026-11-23T09:00:00Z');
  let live: { id: number; since: Date; asOf: Date } | null = null;
  let outsideId: number | null = null;
  const gates: Gates = { lock: null, stop: null, pause: null, resumedAt: null, moves: 0 };
  const stages = stagesInMemory();

  const row = (id: number): DeploymentRow => {
    const found = rows.find((one) => one.id === id);
    if (!found) throw new Error(`no deployment ${id}`);
    return found;
  };
  const move = (id: number, from: readonly string[], to: Partial<DeploymentRow>): void => {
    const found = row(id);
    if (!from.includes(found.status)) throw new Error(`deployment ${id} is ${found.status}, not ${from.join(' or ')}`);
    Object.assign(found, to);
  };
  const deployment = (id: number | null): Deployment | null => (id === null ? null : deploymentOf(row(id)));

  function apply(write: Write): void {
    if (stages.isOfStages(write)) {
      stages.apply(row(write.deploymentId), write, now);
      // That one is whole with the next write.
      if (write.write !== 'start stage') hold();
      return;
    }
    switch (write.write) {
      case 'add deployment':
        rows.push(newRow(rows.length + 1, write, now));
        break;
      case 'add approval':
        row(write.deploymentId);
        break;
      case 'queue again':
        move(write.deploymentId, QUEUED_FROM, queuedAgain(row(write.deploymentId), write, now));
        stages.putBack(row(write.deploymentId));
        break;
      case 'dispatching':
        move(write.deploymentId, ['queued', 'baking'], {
          ...{ status: 'dispatching', dispatching_at: now, sent_at: null, waits_for: null, waits_since: null },
          ...{ github_says: null, refused_since: null },
        });
        break;
      case 'move start':
        move(write.deploymentId, ['waiting', 'queued'], {
          start_at: write.startAt ?? now,
          not_before: write.startAt,
          came_at: write.startAt === null ? now : null,
        });
        break;
      case 'time came':
        move(write.deploymentId, ['queued'], { came_at: now });
        break;
      case 'unknown':
        move(write.deploymentId, ['dispatching'], {
          status: 'unknown',
          sent_at: row(write.deploymentId).sent_at ?? now,
          looked_at: null,
          answered_seconds: 0,
          told_at: null,
        });
        stages.reach(row(write.deploymentId));
        break;
      case 'answered':
        move(write.deploymentId, ['unknown'], {
          ...{ looked_at: now, github_says: null },
          answered_seconds: row(write.deploymentId).answered_seconds + write.seconds,
        });
        break;
      case 'deploying':
        move(write.deploymentId, [...QUEUED_FROM, 'lost'], {
          ...{ status: 'deploying', run_id: write.run.id, run_url: write.run.url, run_attempt: write.run.attempt },
          ...{ run_started_at: write.run.startedAt, ended_at: null, reason: null },
          sent_at: row(write.deploymentId).sent_at ?? now,
        });
        stages.ran(row(write.deploymentId), write.run);
        break;
      case 'hung':
        move(write.deploymentId, ['deploying'], { status: 'hung', hung_at: now });
        break;
      case 'github says':
        move(write.deploymentId, ['unknown'], { github_says: write.message });
        break;
      case 'missing':
        move(write.deploymentId, ['deploying', 'hung'], {
          missing_reads: write.reads,
          missing_since: write.reads === 0 ? null : (row(write.deploymentId).missing_since ?? now),
        });
        break;
      case 'ask cancel':
        move(write.deploymentId, ['deploying', 'hung'], {
          cancel_by: write.by,
          cancel_asked_at: row(write.deploymentId).cancel_asked_at ?? now,
        });
        break;
      case 'told not cancelled':
        move(write.deploymentId, ['deploying', 'hung'], { cancel_told_at: now });
        break;
      case 'told unknown':
        move(write.deploymentId, ['unknown'], { told_at: now });
        break;
      case 'cancel refused':
        move(write.deploymentId, ['deploying', 'hung'], {
          cancel_by: null,
          cancel_asked_at: null,
          cancel_told_at: null,
        });
        break;
      case 'end':
        if (row(write.deploymentId).ended_at !== null) throw new Error(`deployment ${write.deploymentId} has ended`);
        Object.assign(row(write.deploymentId), {
          ...{ status: write.status, reason: write.reason, ended_at: now, ended_by: write.by ?? null },
        });
        stages.ended(row(write.deploymentId), write.status, now);
        break;
      case 'live':
        row(write.deploymentId).replaced = write.replaced;
        stages.forget(row(write.deploymentId));
        live = { id: write.deploymentId, since: now, asOf: write.asOf };
        if (!write.keepsOutside) outsideId = null;
        if (write.moved) gates.moves += 1;
        break;
      case 'outside run': {
        const { runId, attempt, url, actor, status, conclusion, startedAt } = write.run;
        const told = { runId, attempt, url, actor, status, conclusion, startedAt: new Date(startedAt) };
        outsideRuns.set(`${runId}:${attempt}`, { ...told, deploymentId: write.deploymentId });
        if (write.hidesLive && outsideId !== runId) gates.moves += 1;
        if (write.hidesLive) outsideId = runId;
        break;
      }
      case 'staging':
        saveStaging(changes, write.run, now);
        break;
      case 'approve': {
        const found = row(write.deploymentId);
        if (found.status !== 'waiting') throw new Error(`deployment ${write.deploymentId} does not wait for approval`);
        found.approved_by = [...found.approved_by, { user: write.user, at: write.at.toISOString() }];
        Object.assign(found, counted(write.basis));
        break;
      }
      case 'approved':
        move(write.deploymentId, ['waiting'], { status: 'queued', queued_at: now, voided: null });
        break;
      case 'ask anew':
        move(write.deploymentId, ['waiting', 'queued'], {
          status: 'waiting',
          approved_by: [],
          voided: write.why,
          required: write.required,
          expires_at: write.patience.expiresAt,
          remind_at: write.patience.remindAt,
          not_before: null,
          waits_for: null,
          waits_since: null,
          ...counted(write.basis),
        });
        break;
      case 'reminded':
        move(write.deploymentId, ['waiting'], { remind_at: null });
        break;
      case 'signed off':
        Object.assign(row(write.deploymentId), { signed_off_by: write.user, signed_off_at: now });
        break;
      case 'lock':
      case 'unlock':
      case 'lock nudged':
      case 'pause':
      case 'resume':
      case 'hold':
      case 'let go':
        applyGate(gates, changes, write, now);
        break;
      case 'ask to confirm':
      case 'undo':
        break;
      case 're-run refused':
      case 're-run asked': {
        const change = changes.get(write.changeId);
        if (!change) throw new Error(`no change ${write.changeId}`);
        const told = write.write === 're-run asked' ? { rerunOf: write.attempt } : { rerunRefused: write.message };
        changes.set(change.id, { ...change, ...told });
        break;
      }
    }
    hold();
  }

  /** What the database's constraints hold after each statement. */
  function hold(): void {
    const all = rows.map(deploymentOf);
    if (all.filter(isActive).length > 1) throw new Error('one_active_deployment_per_service');
    const shas = all.filter((one) => !hasEnded(one)).map((one) => one.sha);
    if (new Set(shas).size < shas.length) throw new Error('one_deployment_under_way_per_sha');
    const runs = rows.flatMap((one) => (one.run_id === null ? [] : [one.run_id]));
    if (new Set(runs).size < runs.length) throw new Error('one_deployment_per_run');
    const isNotPassed = ({ status }: { status: string }) => status !== 'passed' && status !== 'skipped';
    if (rows.some((one) => one.status === 'live' && one.stages?.some(isNotPassed)))
      throw new Error('live_in_all_stages');
    if (rows.some(({ sent_at: sent, start_at: start }) => sent !== null && start !== null && sent < start))
      throw new Error('not_sent_before_its_time');
  }

  function state(): ServiceState {
    const all = rows.map(deploymentOf);
    const known = deployment(live?.id ?? null);
    const before = known && hasEnded(known) ? known : null;
    const isBad = (one: Deployment | null) => typeof (one && changes.get(one.changeId))?.hold?.reason === 'string';
    let replaced = deployment(before?.replaced ?? null);
    while (replaced && (isBad(replaced) || replaced.sha === before?.sha)) replaced = deployment(replaced.replaced);
    if (replaced?.id === before?.id) replaced = null;
    const run = [...outsideRuns.values()]
      .filter((one) => one.runId === outsideId)
      .sort((a, b) => b.attempt - a.attempt);
    const sent = rows.filter((one) => one.sent_at !== null).sort((a, b) => Number(b.sent_at) - Number(a.sent_at));
    const between = all.find((one) => isActive(one) && hasPassedStage(one)) ?? null;
    const passed = [...changes.values()].filter((one) => one.staging.status === 'passed');
    const newest = passed.sort((a, b) => b.staging.runNumber - a.staging.runNumber)[0];
    return {
      name: 'shop',
      live: run[0]
        ? { is: 'outside', run: run[0], before }
        : before && live
          ? { is: 'known', deployment: before, since: live.since, asOf: live.asOf }
          : { is: 'nothing' },
      active: all.find(isActive) ?? null,
      ...queueOf(
        all.filter((one): one is Of<'queued'> => one.status === 'queued'),
        now,
      ),
      waiting: all.filter((one): one is Of<'waiting'> => one.status === 'waiting'),
      readAt: now,
      ...gates,
      lastSent: between ?? (sent[0] ? deploymentOf(sent[0]) : null),
      lastSentAt: sent[0]?.sent_at ?? null,
      beforeLive: replaced && hasEnded(replaced) ? replaced : null,
      liveIsBad: isBad(before),
      stagesNow: stages.now((id) => row(id).sha),
      newestPassed: newest
        ? {
            ...newest,
            runNumber: newest.staging.runNumber,
            passedAt: newest.passedAt ?? now,
            afterLive: before !== null && newest.staging.runNumber > before.changeId,
            wasAsked: rows.some(
              (one) =>
                one.change_id === newest.id && !(one.requested_by === 'pushbutton' && one.status === 'withdrawn'),
            ),
            firstPassedAt: firstPassed(passed, before?.changeId ?? 0) ?? newest.passedAt ?? now,
          }
        : null,
    };
  }

  return {
    changes,
    deployments: (): Deployment[] => rows.map(deploymentOf),
    deployment,
    outside: (runId: number, attempt: number) => outsideRuns.get(`${runId}:${attempt}`) ?? null,
    /** By its run, else by its deploy id, as the database looks one up. */
    ofRun: (runId: number, named: string): Deployment | null => {
      const isOf = (one: { run_id: number | null; deploy_id: string | null }) =>
        one.run_id === runId || one.deploy_id === named;
      const found = rows.find((one) => one.run_id === runId) ?? rows.find((one) => isOf(one) || one.stages?.some(isOf));
      return found ? deploymentOf(found) : null;
    },
    state,
    now: () => now,
    gates,
    later: (seconds: number) => {
      now = new Date(now.getTime() + seconds * 1_000);
    },
    /** The claim to send, which only one caller gets. */
    claim: (id: number) => {
      const found = row(id);
      if (found.status === 'dispatching') found.sent_at ??= now;
    },
    applyAll: (writes: readonly Write[]) => {
      for (const write of writes) apply(write);
    },
  };
}
