import type { Run } from '../core/deployment/run.js';
import type { CheckRun, CheckState } from '../core/stages/checks.js';
import type { Stage, StageNow, StagePlan } from '../core/stages/stage.js';

/** A `CheckState` as JSON. */
export type CheckJson = Omit<CheckState, 'lastAt' | 'nextAt'> & { lastAt: string | null; nextAt: string };

/** A row of `stages` as JSON: times are strings. */
export interface StageJson {
  key: string;
  place: number;
  plan: StagePlan;
  status: Stage['is'];
  deploy_id: string | null;
  run_id: number | null;
  run_url: string | null;
  run_attempt: number | null;
  run_started_at: string | null;
  started_at: string | null;
  ran_at: string | null;
  bake_until: string | null;
  continued_by: string | null;
  checks: CheckJson[];
  check_status: CheckRun['is'] | null;
  check_run_url: string | null;
  waits_since: string | null;
  told_at: string | null;
  ended_at: string | null;
  reason: string | null;
}

/** The columns of `stages` that are read with a deployment. */
export const STAGE_COLUMNS = Object.keys({
  key: true,
  place: true,
  plan: true,
  status: true,
  deploy_id: true,
  run_id: true,
  run_url: true,
  run_attempt: true,
  run_started_at: true,
  started_at: true,
  ran_at: true,
  bake_until: true,
  continued_by: true,
  checks: true,
  check_status: true,
  check_run_url: true,
  waits_since: true,
  told_at: true,
  ended_at: true,
  reason: true,
} satisfies Record<keyof StageJson, true>)
  .map((name) => `stages.${name}`)
  .join(', ');

/** The row as the union that `core` decides on. Throws if it contradicts its own status. */
export function stageOf(row: StageJson): Stage {
  const planned = { key: row.key, place: row.place, plan: row.plan };
  switch (row.status) {
    case 'waits':
      return { ...planned, is: row.status, deployId: row.deploy_id };
    case 'skipped':
      return { ...planned, is: row.status };
    case 'running':
      return { ...planned, is: row.status, ...startOf(row) };
    case 'baking':
      return {
        ...planned,
        is: row.status,
        ...ranOf(row),
        bakesUntil: must(row, 'bake_until'),
        continuedBy: row.continued_by,
        checks: row.checks.map(checkOf),
        checkRun: row.check_status && { is: row.check_status, url: row.check_run_url },
        waitsSince: row.waits_since === null ? null : new Date(row.waits_since),
        toldAt: row.told_at === null ? null : new Date(row.told_at),
      };
    case 'passed':
      return {
        ...planned,
        is: row.status,
        ...ranOf(row),
        endedAt: must(row, 'ended_at'),
        continuedBy: row.continued_by,
      };
    case 'failed':
      return {
        ...planned,
        is: row.status,
        ...startOf(row),
        run: row.run_id === null ? null : runOf(row),
        ranAt: row.ran_at === null ? null : new Date(row.ran_at),
        endedAt: must(row, 'ended_at'),
        reason: row.reason,
      };
  }
}

export const checkOf = ({ lastAt, nextAt, ...rest }: CheckJson): CheckState => ({
  ...rest,
  lastAt: lastAt === null ? null : new Date(lastAt),
  nextAt: new Date(nextAt),
});

const startOf = (row: StageJson) => ({ deployId: row.deploy_id ?? '', startedAt: must(row, 'started_at') });
const ranOf = (row: StageJson) => ({ ...startOf(row), run: runOf(row), ranAt: must(row, 'ran_at') });

const runOf = (row: StageJson): Run => ({
  id: row.run_id ?? 0,
  url: row.run_url ?? '',
  attempt: row.run_attempt ?? 1,
  startedAt: must(row, 'run_started_at'),
});

function must(row: StageJson, column: 'started_at' | 'ran_at' | 'bake_until' | 'ended_at' | 'run_started_at'): Date {
  const value = row[column];
  if (value === null) throw new Error(`stage ${row.key} is ${row.status} without ${column}`);
  return new Date(value);
}

/** What a stage of a service runs, as JSON. */
export interface StageNowJson {
  stage: string;
  reached_id: number;
  reached_sha: string;
  passed_id: number | null;
  passed_sha: string | null;
  passed_at: string | null;
  passed_by: string | null;
}

export function stageNowOf({
  stage,
  reached_id,
  reached_sha,
  passed_id,
  passed_sha,
  passed_at,
  passed_by,
}: StageNowJson): StageNow {
  const passed =
    passed_id === null || passed_sha === null || passed_at === null || passed_by === null
      ? null
      : { id: passed_id, sha: passed_sha, at: new Date(passed_at), by: passed_by };
  return { stage, reached: { id: reached_id, sha: reached_sha }, passed };
}
