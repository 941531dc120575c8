/** A stage of production: a run of its own, then a bake. A deployment walks through the stages of its service. */

import type { Run } from '../deployment/run.js';
import type { CheckRun, CheckState, StageChecks } from './checks.js';

/** What the config says of a stage. A deployment keeps it as it was when its first stage was started. */
export interface StagePlan {
  readonly name: string;
  /** The file name of its workflow. The config fills in that of production; null, which it never gives, means the same. */
  readonly workflow: string | null;
  /** All inputs of its run: those of production, and its own on top. */
  readonly inputs: Readonly<Record<string, string>>;
  /** How long the deployment stays in it after its run, in ms. */
  readonly bakeMs: number;
  /** Whether the stage after it starts by itself, or waits for Continue. */
  readonly next: 'itself' | 'press';
  readonly checks: StageChecks;
}

/** The stages of a service, and what happens when one fails. */
export interface StagesPolicy {
  readonly stages: readonly StagePlan[];
  readonly onFailure: 'ask' | 'roll back';
  readonly rollback: { readonly checks: boolean };
}

interface Planned {
  /** The opaque key that Continue and Stop here carry. */
  readonly key: string;
  /** From 1 on, in the order of this deployment: a rollback goes through the stages backwards. */
  readonly place: number;
  readonly plan: StagePlan;
}

/** One stage of one deployment. */
export type Stage = Planned &
  /** `deployId`: by which it was sent before and did not start; it is sent again by the same. */
  (
    | { readonly is: 'waits'; readonly deployId: string | null }
    /** It has this SHA from an earlier deployment, or a rollback has nothing to take out of it. */
    | { readonly is: 'skipped' }
    /** Its start was decided; the deployment's own status says how far it is. */
    | { readonly is: 'running'; readonly deployId: string; readonly startedAt: Date }
    | ({
        readonly is: 'baking';
        readonly bakesUntil: Date;
        readonly continuedBy: string | null;
        /** One for each HTTP check of its plan. */
        readonly checks: readonly CheckState[];
        /** null: it has no check workflow. */
        readonly checkRun: CheckRun | null;
        /** Since when its bake is over and it waits for Continue. */
        readonly waitsSince: Date | null;
        /** When the operators were told that it still waits. */
        readonly toldAt: Date | null;
      } & Ran)
    | ({ readonly is: 'passed'; readonly endedAt: Date; readonly continuedBy: string | null } & Ran)
    | {
        readonly is: 'failed';
        readonly deployId: string;
        readonly startedAt: Date;
        readonly run: Run | null;
        /** When its run ended well: then it was a check that failed. null: it did not. */
        readonly ranAt: Date | null;
        readonly endedAt: Date;
        readonly reason: string | null;
      }
  );

interface Ran {
  readonly deployId: string;
  readonly startedAt: Date;
  readonly run: Run;
  /** When its run ended. */
  readonly ranAt: Date;
}

export type StageOf<K extends Stage['is']> = Extract<Stage, { is: K }>;

/** What has stages: a deployment. */
interface Staged {
  readonly stages: readonly Stage[];
}

/** The stages that a deployment has or had something to do in. */
const walked = ({ stages }: Staged): readonly Stage[] => stages.filter((one) => one.is !== 'skipped');

/** The stage that a deployment is in; null between two stages, and without stages. */
export function stageOf({ stages }: Staged): StageOf<'running'> | StageOf<'baking'> | null {
  return stages.find((one) => one.is === 'running' || one.is === 'baking') ?? null;
}

/** The stage that comes next. */
export const nextStage = ({ stages }: Staged): StageOf<'waits'> | null =>
  stages.find((one) => one.is === 'waits') ?? null;

/** The stage that a deployment reached last; null if it has reached none. */
export function lastStage({ stages }: Staged): Exclude<Stage, { is: 'waits' | 'skipped' }> | null {
  return stages.findLast((one) => one.is !== 'waits' && one.is !== 'skipped') ?? null;
}

/** Whether nothing but its first stage was reached. */
export const isInFirstStage = (deployment: Staged): boolean =>
  walked(deployment).filter((one) => one.is !== 'waits').length <= 1;

/** Whether a stage has been in production: what it left there stays until a rollback. */
export const hasPassedStage = ({ stages }: Staged): boolean => stages.some((one) => one.is === 'passed');

/** The stage that a run belonged to and that is behind the deployment, or failed; null if the run is the current one. */
export function earlierStageOf(
  deployment: Staged & { readonly deployId: string },
  runId: number,
  named: readonly string[],
): StageOf<'baking' | 'passed' | 'failed'> | null {
  for (const one of deployment.stages) {
    if (one.is === 'waits' || one.is === 'skipped' || one.is === 'running') continue;
    if (one.deployId !== deployment.deployId && (one.run?.id === runId || named.includes(one.deployId))) return one;
  }
  return null;
}

/** What a stage of the service runs. `by`: who requested it. */
export interface StageNow {
  readonly stage: string;
  /** The deployment that reached it last, and its commit. */
  readonly reached: { readonly id: number; readonly sha: string };
  /** The deployment that passed it last; null if none has. */
  readonly passed: { readonly id: number; readonly sha: string; readonly at: Date; readonly by: string } | null;
}

/** Whether a stage may run something else than this commit, which is live. */
export const differs = ({ reached, passed }: StageNow, live: string | null): boolean =>
  reached.sha !== live || passed?.sha !== live;
