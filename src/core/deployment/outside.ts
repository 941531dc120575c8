/** A production run that Pushbutton did not start, or that was run again in GitHub. */

import { type Decision, NOTHING, type Record, type Target, type Write } from '../decision.js';
import { cardsOf } from '../plan.js';
import { lastKnownLive, type OutsideRun, type ServiceState } from '../service/service.js';
import type { Deployment, ProductionRun } from './deployment.js';

/** What perform reads beside the usual target for a production run. */
export interface RunTarget extends Target {
  /** The same run and attempt as it was told of before, when it was outside Pushbutton. */
  readonly outside: OutsideRun | null;
  /** The deployment that `target.deployment` restores, when it is a roll back. */
  readonly restored: Deployment | null;
}

/** How far a run is: what is told late never takes it back. */
const PROGRESS: readonly string[] = ['in_progress', 'completed'];
/** Ends of runs that never ran a job. */
const NEVER_RAN: readonly (string | null)[] = ['skipped', 'startup_failure', 'action_required', 'stale'];

/** Shown as what it is; once it has started, what production runs is not known any more. It blocks nothing. */
export function outsideRun(
  state: ServiceState,
  target: RunTarget,
  run: ProductionRun,
  of: Deployment | null,
): Decision {
  const { outside } = target;
  const known = outside ? PROGRESS.indexOf(outside.status) : -2;
  if (PROGRESS.indexOf(run.status) <= known) return NOTHING;
  const ran = run.status === 'completed' && !NEVER_RAN.includes(run.conclusion);
  // Cancelled while it waited, it never ran; a run that was never seen running may have run all the same.
  const started = run.status === 'in_progress' || (ran && !(run.conclusion === 'cancelled' && known === -1));
  // By GitHub's clock on both sides, in whole seconds: what moved in the second of our end may have come after it.
  const later = state.live.is !== 'known' || new Date(run.updatedAt) >= state.live.asOf;
  // What is told of an older run meanwhile does not take the place of a newer one outside.
  const behind = behindOutside(state, run);
  const hidesLive = started && later && behind <= 0;
  const writes: Write[] = [{ write: 'outside run', run, deploymentId: of?.id ?? null, hidesLive }];
  const knownAgain = of !== null && run.status === 'completed' && run.conclusion === 'success' && later;
  if (knownAgain) {
    writes.push({
      write: 'live',
      deploymentId: of.id,
      replaced: whatItReplaced(state, target, of),
      keepsOutside: behind >= 0,
      asOf: new Date(run.updatedAt),
      moved: true,
    });
  }
  const records: Record[] = [
    {
      actor: `github:${run.actor}`,
      kind: of ? 're-run in GitHub' : 'run outside Pushbutton',
      sha: of?.sha ?? null,
      deploymentId: of?.id ?? null,
      reason: run.conclusion,
      detail: { run_id: run.runId, attempt: run.attempt, status: run.status },
    },
  ];
  return { kind: 'accepted', writes, records, effects: [...(of ? cardsOf(of) : []), { effect: 'redraw service' }] };
}

/** By how many ms another run outside started after this one: from 0 on it is open which of the two production runs. */
function behindOutside({ live }: ServiceState, run: ProductionRun): number {
  if (live.is !== 'outside' || live.run.runId === run.runId) return Number.NEGATIVE_INFINITY;
  return live.run.startedAt.getTime() - new Date(run.startedAt).getTime();
}

/** What was live before a deployment that goes live now: where a roll back of it leads. */
export function whatItReplaced(state: ServiceState, target: RunTarget, deployment: Deployment): number | null {
  if (deployment.restores !== null) return target.restored?.replaced ?? null;
  // Run again in GitHub, it leads where it led before, never to what came after it.
  if (deployment.status === 'live') return deployment.replaced;
  const before = lastKnownLive(state);
  return before?.sha === deployment.sha ? before.replaced : (before?.id ?? null);
}
