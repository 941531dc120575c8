import type { StageNow } from '../../src/core/stages/stage.js';
import type { Write } from '../../src/core/write.js';
import type { DeploymentRow } from '../../src/db/deployment-row.js';
import type { StageJson } from '../../src/db/stage-row.js';

/** The stages of deployments in memory, which take writes as the tables `stages` and `stages_now` take them. */

type Reached = Map<string, { reached: number; passed: { id: number; at: Date } | null }>;
type StageWrite = Extract<
  Write,
  {
    write:
      | 'start stage'
      | 'stage ran'
      | 'stage passed'
      | 'continue'
      | 'checks'
      | 'check run passed'
      | 'stage waits'
      | 'stage wait told';
  }
>;

const iso = (at: Date) => at.toISOString();

export function stagesInMemory() {
  const reached: Reached = new Map();

  const at = (row: DeploymentRow, place: number, ...from: StageJson['status'][]): StageJson => {
    const found = row.stages?.find((one) => one.place === place);
    if (!found || !from.includes(found.status)) throw new Error(`stage ${place} of ${row.id} is ${found?.status}`);
    return found;
  };
  const current = ({ stages }: DeploymentRow) =>
    stages?.find(({ status }) => status === 'running' || status === 'baking');
  const reach = (row: DeploymentRow): void => {
    const stage = current(row) ?? row.stages?.findLast(({ status }) => status === 'failed');
    if (stage) reached.set(stage.plan.name, { passed: null, ...reached.get(stage.plan.name), reached: row.id });
  };
  const pass = (row: DeploymentRow, stage: StageJson, now: Date): void => {
    Object.assign(stage, { status: 'passed', ended_at: iso(now), ran_at: stage.ran_at ?? iso(now) });
    reached.set(stage.plan.name, { reached: row.id, passed: { id: row.id, at: now } });
  };

  return {
    isOfStages: (write: Write): write is StageWrite =>
      ['start stage', 'continue', 'checks', 'check run passed'].includes(write.write) || /^stage /.test(write.write),

    apply: (row: DeploymentRow, write: StageWrite, now: Date): void => {
      switch (write.write) {
        case 'start stage': {
          const steps = write.steps?.map(({ plan, skipped }, index) => stageOf(row.id, index + 1, plan, skipped));
          if (steps && row.stages) throw new Error(`deployment ${row.id} has its stages`);
          row.stages ??= steps ?? null;
          const stage = at(row, write.place, 'waits');
          if (row.status !== 'queued' && row.status !== 'baking')
            throw new Error(`deployment ${row.id} is ${row.status}`);
          Object.assign(stage, { status: 'running', deploy_id: write.deployId, started_at: iso(now) });
          Object.assign(row, { deploy_id: write.deployId, run_id: null, run_url: null, run_attempt: null });
          Object.assign(row, { run_started_at: null, cancel_by: null, cancel_asked_at: null, missing_since: null });
          break;
        }
        case 'stage ran': {
          const { run, ranAt, bakesUntil } = write;
          if (row.status !== 'deploying' && row.status !== 'hung')
            throw new Error(`deployment ${row.id} is ${row.status}`);
          Object.assign(at(row, write.place, 'running'), {
            ...{ status: 'baking', run_id: run.id, run_url: run.url, run_attempt: run.attempt },
            ...{ run_started_at: iso(run.startedAt), ran_at: iso(ranAt), bake_until: iso(bakesUntil) },
          });
          row.status = 'baking';
          break;
        }
        case 'stage passed':
          pass(row, at(row, write.place, 'running', 'baking'), now);
          break;
        case 'continue':
          Object.assign(at(row, write.place, 'baking'), { continued_by: write.by, bake_until: iso(now) });
          break;
        case 'stage waits':
          at(row, write.place, 'baking').waits_since = iso(now);
          break;
        case 'stage wait told':
          at(row, write.place, 'baking').told_at = iso(now);
          break;
        case 'checks':
        case 'check run passed':
          throw new Error('these stages have no checks');
      }
    },

    /** Its request may have left. */
    reach,

    ran: (row: DeploymentRow, run: Extract<Write, { write: 'deploying' }>['run']): void => {
      const stage = row.stages?.find((one) => one.deploy_id === row.deploy_id);
      if (!stage) return;
      Object.assign(stage, {
        ...{ status: 'running', run_id: run.id, run_url: run.url, run_attempt: run.attempt },
        ...{ run_started_at: iso(run.startedAt), ended_at: null, reason: null },
      });
      reach(row);
    },

    ended: (row: DeploymentRow, status: string, now: Date): void => {
      const stage = current(row);
      if (!row.stages) return;
      if (status === 'stopped') {
        if (stage?.status === 'baking') pass(row, stage, now);
        return;
      }
      if (status === 'lost' || (status === 'failed' && row.run_id !== null)) reach(row);
      if (stage) Object.assign(stage, { status: 'failed', ended_at: iso(now), reason: row.reason });
    },

    putBack: (row: DeploymentRow): void => {
      const { stages } = row;
      if (!stages) return;
      for (const one of stages) if (one.status === 'running') Object.assign(one, { status: 'waits', started_at: null });
      const last = stages.findLast(({ status }) => status === 'passed');
      if (!last) {
        row.stages = null;
        return;
      }
      Object.assign(row, {
        ...{ status: 'baking', deploy_id: last.deploy_id, run_id: last.run_id, run_url: last.run_url },
        ...{ run_attempt: last.run_attempt, run_started_at: new Date(last.run_started_at ?? 0) },
        sent_at: new Date(last.started_at ?? 0),
      });
    },

    /** A deployment without stages is live. */
    forget: (row: DeploymentRow): void => {
      if (!row.stages) reached.clear();
    },

    now: (shaOf: (id: number) => string): StageNow[] =>
      [...reached].map(([stage, one]) => ({
        stage,
        reached: { id: one.reached, sha: shaOf(one.reached) },
        passed: one.passed && { ...one.passed, sha: shaOf(one.passed.id), by: 'U0ALICE' },
      })),
  };
}

const stageOf = (id: number, place: number, plan: StageJson['plan'], skipped: boolean): StageJson => ({
  ...{ key: `stage-${id}-${place}`, place, plan, status: skipped ? 'skipped' : 'waits', deploy_id: null },
  ...{ run_id: null, run_url: null, run_attempt: null, run_started_at: null, started_at: null, ran_at: null },
  ...{ bake_until: null, continued_by: null, checks: [], check_status: null, check_run_url: null },
  ...{ waits_since: null, told_at: null, ended_at: null, reason: null },
});
