/** The end of a run of ours: a stage is behind the deployment, or the deployment is live, failed or cancelled. */

import type { ServicePolicy } from '../decision.js';
import type { Facts } from '../facts.js';
import { cardsOf, inStage, joined, line, type Plan, planOf } from '../plan.js';
import { pausing } from '../service/pause.js';
import { lastKnownLive, type ServiceState } from '../service/service.js';
import { afterRun, passed, stageRan, stopped } from '../stages/between.js';
import { nextStage, type StageOf, stageOf } from '../stages/stage.js';
import type { Write } from '../write.js';
import { type Deployment, endOf, type Of } from './deployment.js';
import { type RunTarget, whatItReplaced } from './outside.js';
import { rollsBackItself } from './roll-back.js';
import type { Run } from './run.js';

/** Decides what the end of a run means. `at`: when it ended, by GitHub's clock. */
export function endRun(
  state: ServiceState,
  target: RunTarget,
  deployment: Deployment,
  conclusion: string | null,
  run: Run,
  at: Date,
  policy: ServicePolicy,
  facts: Facts,
): Plan {
  const status = endOf(conclusion);
  if (status === 'live') {
    const stage = stageOf(deployment);
    if (stage?.is !== 'running') return goesLive(state, target, deployment, run, at);
    const isLast = nextStage(deployment) === null;
    const cancelBy = 'cancelBy' in deployment ? deployment.cancelBy : null;
    // Cancel came too late for this run, but not for the next one.
    if (cancelBy !== null && !isLast)
      return joined(
        planOf({ writes: [stageRan(deployment, stage.place, run, at, facts.now)] }),
        stopped(deployment, 'cancelled after its run had ended well', cancelBy, { run_id: run.id }),
      );
    return afterRun(deployment, stage, run, at, facts, () =>
      isLast ? goesLive(state, target, deployment, run, at) : passed(deployment, stage),
    );
  }
  const by = 'cancelBy' in deployment && deployment.cancelBy ? deployment.cancelBy : null;
  const reason = conclusion ?? 'ended without a conclusion';
  const detail = { run_id: run.id, cancelled_by: status === 'cancelled' ? by : null, ...inStage(deployment) };
  return joined(
    planOf({
      writes: [{ write: 'end', deploymentId: deployment.id, status, reason }],
      records: [line(deployment, status, reason, detail)],
      effects: [...afterEnd(deployment)],
    }),
    pausing(state, policy, { by: by ?? 'pushbutton', why: status, deploymentId: deployment.id }),
    rollsBackItself(state, deployment, policy, facts, status === 'failed'),
  );
}

/** The plan of a deployment whose bake is over: the next stage may start, or it is live. */
export function onward(
  state: ServiceState,
  target: RunTarget,
  deployment: Of<'baking'>,
  stage: StageOf<'baking'>,
): Plan {
  if (nextStage(deployment)) return passed(deployment, stage);
  return goesLive(state, target, deployment, stage.run, stage.ranAt);
}

/** The plan of a deployment that is live since `at`, by GitHub's clock. */
function goesLive(state: ServiceState, target: RunTarget, deployment: Deployment, run: Run, at: Date): Plan {
  const { id: deploymentId, kind, changeId } = deployment;
  const from = lastKnownLive(state);
  const stage = stageOf(deployment);
  const writes: Write[] = [
    ...(stage ? [{ write: 'stage passed', deploymentId, place: stage.place } as const] : []),
    { write: 'end', deploymentId, status: 'live', reason: null },
    {
      write: 'live',
      deploymentId,
      replaced: whatItReplaced(state, target, deployment),
      keepsOutside: outsideSince(state, run),
      asOf: at,
      moved: kind === 'roll back',
    },
    ...(kind === 'roll back' && from
      ? [{ write: 'undo', deploymentId, restored: changeId, from: from.changeId } as const]
      : []),
  ];
  const detail = { run_id: run.id, cancelled_by: null, ...inStage(deployment) };
  return planOf({ writes, records: [line(deployment, 'live', null, detail)], effects: afterEnd(deployment) });
}

/** What is done after the end of a deployment that was sent: its jobs are read once more, and the next one may start. */
export const afterEnd = (deployment: Deployment) =>
  [
    ...cardsOf(deployment),
    { effect: 'follow', deploymentId: deployment.id, afterMs: 0 },
    { effect: 'redraw service' },
    { effect: 'start next', at: null },
  ] as const;

/** Whether an outside run started after ours, so that production may run either of them. */
function outsideSince(state: ServiceState, run: Run): boolean {
  return state.live.is === 'outside' && state.live.run.startedAt > run.startedAt;
}
