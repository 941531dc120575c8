/** Which stages a deployment walks through, and in which order. */

import type { Deployment } from '../deployment/deployment.js';
import { lastKnownLive, type ServiceState } from '../service/service.js';
import { NO_CHECKS } from './checks.js';
import type { StageNow, StagePlan, StagesPolicy } from './stage.js';

/** A stage that a deployment is to walk through, or skips. */
export interface Step {
  readonly plan: StagePlan;
  readonly skipped: boolean;
}

/** Whether all of a stage runs this commit: whoever reached it last has passed it. */
const runs = (now: StageNow | undefined, sha: string): boolean =>
  now !== undefined && now.passed !== null && now.passed.id === now.reached.id && now.passed.sha === sha;

/**
 * The stages in the order of this deployment. A Retry skips those at the front that have its SHA. A rollback goes backwards
 * through the stages that may have something else than what it restores; without bake and checks, unless the config wants them.
 */
export function stepsOf(
  state: Pick<ServiceState, 'live' | 'lastSent' | 'stagesNow'>,
  { kind, sha, restores }: Pick<Deployment, 'kind' | 'sha' | 'restores'>,
  { stages, rollback }: StagesPolicy,
): Step[] {
  const now = new Map(state.stagesNow.map((one) => [one.stage, one]));
  if (kind === 'roll back') {
    // A stage that no deployment of stages has reached has what is live.
    const stillLive = lastKnownLive(state)?.id === restores;
    const gone = goneFrom(state, sha, stages);
    const steps = [...stages, ...gone].toReversed().map((plan) => ({
      plan: rollback.checks ? plan : { ...plan, bakeMs: 0, next: 'itself' as const, checks: NO_CHECKS },
      skipped: now.has(plan.name) ? runs(now.get(plan.name), sha) : stillLive && !gone.includes(plan),
    }));
    return steps.every(({ skipped }) => skipped) ? steps.map((one) => ({ ...one, skipped: false })) : steps;
  }
  const passed = kind === 'retry' ? stages.findIndex(({ name }) => !runs(now.get(name), sha)) : 0;
  return stages.map((plan, index) => ({ plan, skipped: index < passed }));
}

/** Stages that the config has no more, and that what is rolled back has reached: they are rolled back as they were started. */
function goneFrom(
  state: Pick<ServiceState, 'live' | 'lastSent'>,
  sha: string,
  stages: readonly StagePlan[],
): readonly StagePlan[] {
  const known = new Set(stages.map(({ name }) => name));
  const undone = [lastKnownLive(state), state.lastSent].filter((one) => one !== null && one.sha !== sha);
  const reached = undone.flatMap((one) => one?.stages.filter(({ is }) => is !== 'waits' && is !== 'skipped') ?? []);
  return reached.flatMap(({ plan }) => {
    if (known.has(plan.name)) return [];
    known.add(plan.name);
    return [plan];
  });
}
