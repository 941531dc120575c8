/** A production run that Pushbutton did not start, or that was re-run on GitHub. */

import { type Decision, NOTHING, type Record, type Target } from '../decision.js';
import { cardsOf } from '../plan.js';
import { lastKnownLive, type OutsideRun, type ServiceState } from '../service/service.js';
import type { Write } from '../write.js';
import type { Deployment, ProductionRun } from './deployment.js';

/** The usual target, and what else is read for a production run. */
export interface RunTarget extends Target {
  /** The same run and attempt as known before, if it is outside Pushbutton. */
  readonly outside: OutsideRun | null;
  /** The deployment that `deployment` restores, if it is a rollback. */
  readonly restored: Deployment | null;
}

/** How far a run is: a late report never takes it back. */
const PROGRESS: readonly string[] = ['in_progress', 'completed'];
/** Conclusions of runs that never ran a job. */
const NEVER_RAN: readonly (string | null)[] = ['skipped', 'startup_failure', 'action_required', 'stale'];

/**
 * Decides about a run outside Pushbutton; `of`: the deployment that it re-runs. Once it has started, what is live is
 * unknown. It blocks nothing.
 */
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
  // Cancelled while waiting, it never ran. A run that was never seen running may still have run.
  const started = run.status === 'in_progress' || (ran && !(run.conclusion === 'cancelled' && known === -1));
  // Both times are GitHub's, in whole seconds: a change in the same second as our end may have come after it.
  const later = state.live.is !== 'known' || new Date(run.updatedAt) >= state.live.asOf;
  // A report of an older run does not replace a newer outside run.
  const behind = behindOutside(state, run);
  const hidesLive = started && later && behind <= 0;
  const writes: Write[] = [{ write: 'outside run', run, deploymentId: of?.id ?? null, hidesLive }];
  // The re-run of one stage says nothing of the others.
  const isWhole = of !== null && (of.stages.length === 0 || of.status === 'live');
  const knownAgain = isWhole && run.status === 'completed' && run.conclusion === 'success' && later;
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
      kind: kindOf(run, of),
      sha: of?.sha ?? null,
      deploymentId: of?.id ?? null,
      reason: run.conclusion,
      detail: { run_id: run.runId, attempt: run.attempt, status: run.status },
    },
  ];
  return { kind: 'accepted', writes, records, effects: [...(of ? cardsOf(of) : []), { effect: 'redraw service' }] };
}

/** A run of ours that went on after it was lost, a re-run of one, or a run that we know nothing of. */
function kindOf(run: ProductionRun, of: Deployment | null): string {
  if (!of) return 'run outside Pushbutton';
  const known = 'run' in of ? of.run : null;
  return of.status === 'lost' && known?.attempt === run.attempt ? 'lost run goes on' : 're-run in GitHub';
}

/** By how many ms another outside run started after this one; from 0 on, production may run either of them. */
function behindOutside({ live }: ServiceState, run: ProductionRun): number {
  if (live.is !== 'outside' || live.run.runId === run.runId) return Number.NEGATIVE_INFINITY;
  return live.run.startedAt.getTime() - new Date(run.startedAt).getTime();
}

/** The id of the deployment that a rollback of this one restores: what was live before it. null: nothing was. */
export function whatItReplaced(state: ServiceState, target: RunTarget, deployment: Deployment): number | null {
  if (deployment.restores !== null) return target.restored?.replaced ?? null;
  // Re-run on GitHub, it still restores what it did before, never what came after it.
  if (deployment.status === 'live') return deployment.replaced;
  const before = lastKnownLive(state);
  return before?.sha === deployment.sha ? before.replaced : (before?.id ?? null);
}
