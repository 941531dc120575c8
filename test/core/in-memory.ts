import type { Change } from '../../src/core/change.js';
import { stagingStatus } from '../../src/core/change.js';
import type { Write } from '../../src/core/decision.js';
import { type Deployment, hasEnded, isActive } from '../../src/core/deployment.js';
import type { OutsideRun, ServiceState } from '../../src/core/service.js';
import { type DeploymentRow, deploymentOf } from '../../src/db/deployment-row.js';

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

  function apply(write: Write, added: number | null): void {
    switch (write.write) {
      case 'add deployment':
        rows.push(newRow(rows.length + 1, write, now));
        break;
      case 'add approval':
        row(write.deploymentId === 'new' ? Number(added) : write.deploymentId);
        break;
      case 'queue again':
        move(write.deploymentId, ['queued', 'dispatching', 'unknown'], {
          status: 'queued',
          not_before: write.notBefore,
          waits_for: typeof write.waitsFor === 'object' ? write.waitsFor && 'github' : write.waitsFor,
          github_says: typeof write.waitsFor === 'object' ? (write.waitsFor?.githubRefuses ?? null) : null,
          refused_since:
            write.waitsFor === null || typeof write.waitsFor === 'string'
              ? null
              : (row(write.deploymentId).refused_since ?? now),
          waits_since: write.waitsFor === null ? null : (row(write.deploymentId).waits_since ?? now),
          dispatching_at: null,
          sent_at: null,
        });
        break;
      case 'dispatching':
        move(write.deploymentId, ['queued'], {
          status: 'dispatching',
          dispatching_at: now,
          sent_at: null,
          waits_for: null,
          waits_since: null,
          github_says: null,
          refused_since: null,
        });
        break;
      case 'unknown':
        move(write.deploymentId, ['dispatching'], {
          status: 'unknown',
          sent_at: row(write.deploymentId).sent_at ?? now,
          looked_at: null,
          answered_seconds: 0,
          told_at: null,
        });
        break;
      case 'answered':
        move(write.deploymentId, ['unknown'], {
          looked_at: now,
          answered_seconds: row(write.deploymentId).answered_seconds + write.seconds,
        });
        break;
      case 'deploying':
        move(write.deploymentId, ['queued', 'dispatching', 'unknown', 'lost'], {
          status: 'deploying',
          run_id: write.run.id,
          run_url: write.run.url,
          run_attempt: write.run.attempt,
          run_started_at: write.run.startedAt,
          sent_at: row(write.deploymentId).sent_at ?? now,
          ended_at: null,
          reason: null,
        });
        break;
      case 'hung':
        move(write.deploymentId, ['deploying'], { status: 'hung', hung_at: now });
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
        Object.assign(row(write.deploymentId), { status: write.status, reason: write.reason, ended_at: now });
        break;
      case 'live':
        row(write.deploymentId).replaced = write.replaced;
        live = { id: write.deploymentId, since: now, asOf: write.asOf };
        if (!write.keepsOutside) outsideId = null;
        break;
      case 'outside run': {
        const { runId, attempt, url, actor, status, conclusion, startedAt } = write.run;
        const told = { runId, attempt, url, actor, status, conclusion, startedAt: new Date(startedAt) };
        outsideRuns.set(`${runId}:${attempt}`, { ...told, deploymentId: write.deploymentId });
        if (write.hidesLive) outsideId = runId;
        break;
      }
      case 'staging':
        saveStaging(changes, write.run);
        break;
      case 're-run asked': {
        const change = changes.get(write.changeId);
        if (!change) throw new Error(`no change ${write.changeId}`);
        changes.set(change.id, { ...change, rerunOf: write.attempt });
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
  }

  function state(): ServiceState {
    const all = rows.map(deploymentOf);
    const known = deployment(live?.id ?? null);
    const before = known && hasEnded(known) ? known : null;
    const replaced = deployment(before?.replaced ?? null);
    const run = [...outsideRuns.values()]
      .filter((one) => one.runId === outsideId)
      .sort((a, b) => b.attempt - a.attempt);
    const sent = rows.filter((one) => one.sent_at !== null).sort((a, b) => Number(b.sent_at) - Number(a.sent_at));
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
      queue: all
        .filter((one) => one.status === 'queued' || one.status === 'waiting')
        .sort((a, b) => Number(b.kind === 'roll back') - Number(a.kind === 'roll back') || a.id - b.id),
      lastSent: sent[0] ? deploymentOf(sent[0]) : null,
      beforeLive: replaced && hasEnded(replaced) ? replaced : null,
      newestPassed: newest ? { ...newest, runNumber: newest.staging.runNumber } : null,
    };
  }

  return {
    changes,
    deployments: (): Deployment[] => rows.map(deploymentOf),
    deployment,
    outside: (runId: number, attempt: number) => outsideRuns.get(`${runId}:${attempt}`) ?? null,
    /** By its run, else by its deploy id, as the database looks one up. */
    ofRun: (runId: number, named: string): Deployment | null => {
      const found = rows.find((one) => one.run_id === runId) ?? rows.find((one) => one.deploy_id === named);
      return found ? deploymentOf(found) : null;
    },
    state,
    now: () => now,
    later: (seconds: number) => {
      now = new Date(now.getTime() + seconds * 1_000);
    },
    /** The claim to send, which only one caller gets. */
    claim: (id: number) => {
      const found = row(id);
      if (found.status === 'dispatching') found.sent_at ??= now;
    },
    applyAll: (writes: readonly Write[]) => {
      for (const write of writes) apply(write, rows.length);
    },
  };
}

function newRow(id: number, write: Extract<Write, { write: 'add deployment' }>, now: Date): DeploymentRow {
  return {
    id,
    key: `deployment-${id}`,
    deploy_id: write.deployId,
    service: 'shop',
    change_id: write.changeId,
    sha: write.sha,
    kind: write.kind,
    status: 'queued',
    requested_by: write.by,
    requested_at: now,
    restores: write.restores,
    pressed_on: write.pressedOn,
    replaced: null,
    not_before: null,
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
    ended_at: null,
    reason: null,
  };
}

function saveStaging(changes: Map<number, Change>, run: Extract<Write, { write: 'staging' }>['run']): void {
  const { runId, runNumber, attempt, conclusion, url, sha, title, author } = run;
  const startedAt = new Date(run.startedAt);
  const staging = { runId, runNumber, attempt, conclusion, url, startedAt, finishedAt: null };
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
    pullRequest: null,
    jobs: null,
    tests: null,
  });
}
