/** What a production run on GitHub means: a deployment of ours progresses or ends, or a run outside Pushbutton. */

import { type Decision, type Effect, NOTHING, type ServicePolicy } from '../decision.js';
import type { Facts } from '../facts.js';
import { cardsOf, inStage, joined, line, type Plan, planOf } from '../plan.js';
import type { ServiceState } from '../service/service.js';
import { earlierStageOf, nextStage } from '../stages/stage.js';
import { startOf } from '../stages/start.js';
import {
  type Deployment,
  type Ended,
  hasEnded,
  isGivenUp,
  namedIn,
  type Of,
  type ProductionRun,
} from './deployment.js';
import { endRun } from './end-run.js';
import { outsideRun, type RunTarget } from './outside.js';
import type { Run } from './run.js';

const runOf = (run: ProductionRun): Run => ({
  id: run.runId,
  url: run.url,
  attempt: run.attempt,
  startedAt: new Date(run.startedAt),
});

/** Whether a run under way is as it was when it was last seen: then `productionSeen` has nothing to decide. */
export const isNoNews = (known: Run, run: ProductionRun): boolean =>
  run.runId === known.id && run.attempt === known.attempt && run.status !== 'completed';

/** Jobs of a run often move together; they are read once, so much later. */
const MOVED_MS = 300;

/** Decides about a job of a run that moved, of a deployment or none: the run is read again. */
export function jobMoved(deployment: Pick<Deployment, 'id' | 'status'> | null): Decision {
  if (!deployment || deployment.status === 'lost') return NOTHING;
  return planOf({ effects: [{ effect: 'follow', deploymentId: deployment.id, afterMs: MOVED_MS }] });
}

export function productionSeen(
  state: ServiceState,
  target: RunTarget,
  run: ProductionRun,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const { deployment } = target;
  const earlier = deployment && earlierStageOf(deployment, run.runId, namedIn(run.title));
  const after = deployment?.status === 'baking' ? startedAfterAll(deployment, run) : null;
  if (after) return after;
  if (earlier) return run.attempt > (earlier.run?.attempt ?? 1) ? outsideRun(state, target, run, null) : NOTHING;
  if (!deployment || ('run' in deployment && deployment.run && deployment.run.id !== run.runId)) {
    return outsideRun(state, target, run, null);
  }
  switch (deployment.status) {
    case 'waiting':
      // Nothing was ever sent for it: somebody used its id by hand.
      return outsideRun(state, target, run, null);
    case 'queued':
      // The rate limit said that it did not start, but a run with our id says that it did.
      return state.active
        ? outsideRun(state, target, run, null)
        : follow(state, target, deployment, run, policy, facts);
    case 'dispatching':
    case 'unknown':
    case 'deploying':
    case 'hung':
      return follow(state, target, deployment, run, policy, facts);
    case 'baking':
      return run.attempt > deployment.run.attempt ? outsideRun(state, target, run, null) : NOTHING;
    case 'lost':
      return isGivenUp(deployment)
        ? goesOn(state, target, deployment, run)
        : foundLate(state, target, deployment, run, policy, facts);
    case 'live':
    case 'failed':
    case 'cancelled':
    case 'rejected':
    case 'withdrawn':
    case 'expired':
    case 'stopped':
      if (deployment.run && run.attempt <= deployment.run.attempt) return NOTHING;
      return outsideRun(state, target, run, deployment);
  }
}

/** The limit said that the next stage did not start, but a run with its id says that it did; null for any other run. */
function startedAfterAll(deployment: Of<'baking'>, run: ProductionRun): Plan | null {
  const next = nextStage(deployment);
  if (!next?.deployId || !namedIn(run.title).includes(next.deployId)) return null;
  const { id: deploymentId } = deployment;
  const { place, deployId, plan: stage } = next;
  return planOf({
    writes: [
      { write: 'start stage', deploymentId, place, deployId, steps: null },
      { write: 'deploying', deploymentId, run: { ...runOf(run), attempt: 1 } },
    ],
    records: [line(deployment, 'deploying', null, { run_id: run.runId, stage: stage.name })],
    // Its end, if it has ended, is read then.
    effects: [...cardsOf(deployment), { effect: 'follow', deploymentId, afterMs: 0 }],
  });
}

/** A run of ours progresses or ends. A re-run made on GitHub meanwhile never hides how the first attempt ended. */
function follow(
  state: ServiceState,
  target: RunTarget,
  deployment: Deployment,
  run: ProductionRun,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const last = 'run' in deployment ? deployment.run : null;
  // A lost one is adopted again, also if its run was known.
  const known = deployment.status === 'lost' ? null : last;
  const attempt = last?.attempt ?? 1;
  const rerun = run.attempt > attempt;
  if (run.attempt < attempt) return NOTHING;
  if (rerun && facts.firstConclusion === undefined) return { kind: 'ask again' };
  const ours: Run = { ...runOf(run), attempt };
  // One that was put back into the queue has no stages: its first one has started after all.
  const start = deployment.status === 'queued' ? startOf(state, deployment, policy, facts.deployId).writes : [];
  const adopted: Plan = known
    ? planOf({})
    : {
        kind: 'accepted',
        writes: [...start, { write: 'deploying', deploymentId: deployment.id, run: ours }],
        records: [line(deployment, 'deploying', null, { run_id: run.runId, ...inStage(deployment) })],
        effects: [
          ...cardsOf(deployment),
          { effect: 'follow', deploymentId: deployment.id, afterMs: facts.pauses.github.follow[0] },
        ],
      };
  if (!rerun && run.status !== 'completed') return known ? NOTHING : adopted;
  // Its stage is running again only once that is saved: the end is read then, so that it never passes for the end of all.
  const isStaged = start.length > 0 || (deployment.status === 'lost' && deployment.stages.length > 0);
  if (isStaged) {
    const again: Effect = { effect: 'follow', deploymentId: deployment.id, afterMs: 0 };
    return { ...adopted, effects: [...cardsOf(deployment), again] };
  }
  const conclusion = rerun ? (facts.firstConclusion ?? null) : run.conclusion;
  // The first attempt had ended when the next one started.
  const at = new Date(rerun ? run.startedAt : run.updatedAt);
  const ended = endRun(state, target, deployment, conclusion, ours, at, policy, facts);
  if (!rerun) return joined(adopted, ended);
  return joined(adopted, ended, plan(outsideRun(state, target, run, deployment)));
}

/** A lost run was found: it is followed again, or cancelled when another deployment has taken its place. */
function foundLate(
  state: ServiceState,
  target: RunTarget,
  deployment: Ended,
  run: ProductionRun,
  policy: ServicePolicy,
  facts: Facts,
): Decision {
  const overtaken = state.active !== null || (state.lastSent !== null && state.lastSent.id !== deployment.id);
  if (overtaken) {
    const stray = plan(outsideRun(state, target, run, deployment));
    const effects: Effect[] = [{ effect: 'tell operators', deploymentId: deployment.id, about: 'stray run' }];
    if (run.status !== 'completed')
      effects.unshift({ effect: 'cancel stray', deploymentId: deployment.id, runId: run.runId });
    if (stray.writes.length === 0 || target.outside) return stray.writes.length === 0 ? NOTHING : stray;
    return joined(stray, {
      kind: 'accepted',
      writes: [],
      records: [line(deployment, 'stray run', 'found after another had taken its place', { run_id: run.runId })],
      effects,
    });
  }
  const followed = follow(state, target, deployment, run, policy, facts);
  if (followed.kind !== 'accepted') return followed;
  const twin = [...state.queue, ...state.scheduled, ...state.waiting].find((other) => other.sha === deployment.sha);
  const twinEnds: Plan = {
    kind: 'accepted',
    writes: twin
      ? [{ write: 'end', deploymentId: twin.id, status: 'withdrawn', reason: 'the lost run was found' }]
      : [],
    records: twin ? [line(twin, 'withdrawn', 'the lost run was found')] : [],
    effects: [
      ...(twin ? cardsOf(twin) : []),
      { effect: 'tell operators', deploymentId: deployment.id, about: 'lost run found' },
      { effect: 'redraw service' },
    ],
  };
  return joined(twinEnds, followed);
}

/** A run that a person gave up goes on: it is shown as a run outside, and the operators are told once that it runs. */
function goesOn(state: ServiceState, target: RunTarget, deployment: Ended, run: ProductionRun): Decision {
  const shown = outsideRun(state, target, run, deployment);
  const begins = run.status === 'in_progress' && (target.outside === null || target.outside.status !== 'in_progress');
  if (shown.kind !== 'accepted' || !begins) return shown;
  return joined(
    shown,
    planOf({ effects: [{ effect: 'tell operators', deploymentId: deployment.id, about: 'stray run' }] }),
  );
}

const plan = (decision: Decision): Plan => (decision.kind === 'accepted' ? decision : planOf({}));

/** Whether deciding about this run needs the conclusion of its first attempt. */
export function needsFirstConclusion(deployment: Deployment | null, run: ProductionRun): boolean {
  if (!deployment) return false;
  const known = 'run' in deployment ? deployment.run : null;
  const mayBeFoundLate = deployment.status === 'lost' && !isGivenUp(deployment);
  if (hasEnded(deployment) && !mayBeFoundLate) return false;
  return run.attempt > (known?.attempt ?? 1) && (known === null || known.id === run.runId);
}
