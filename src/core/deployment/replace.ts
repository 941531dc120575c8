/** A newer request replaces older ones in the queue. */

import type { PressOf } from '../command.js';
import { type Decision, type Effect, refused, type Target } from '../decision.js';
import type { Facts } from '../facts.js';
import { joined, type Plan, planOf, tellRequester } from '../plan.js';
import { permitted } from '../service/policy.js';
import type { ServiceState } from '../service/service.js';
import { stopped } from '../stages/between.js';
import { isInFirstStage } from '../stages/stage.js';
import { forLater } from './at-time.js';
import type { Deployment, Of } from './deployment.js';
import { redrawn, wrongState } from './presses.js';

/** Decides a Replace: ends older deployments queued before this one; their changes ship with it. */
export function pressReplace(state: ServiceState, target: Target, press: PressOf<'replace'>, facts: Facts): Decision {
  const { deployment } = target;
  const by = press.by.user;
  if (!deployment) return refused({ rule: 'unknown button' }, by, { asked: press.type });
  const { id, sha, service, changeId } = deployment;
  const about = { sha, deploymentId: id, asked: press.type };
  const forbidden = permitted(facts.permission);
  if (forbidden) return refused(forbidden, by, about);
  if (deployment.status !== 'queued') return redrawn(refused(wrongState(press.type, deployment), by, about), changeId);
  const isForNow = forLater(deployment, facts.now) === null;
  const mayReplace = deployment.kind === 'deploy' && deployment.required === 0 && isForNow;
  const older = mayReplace ? olderThan(state, deployment.runNumber) : [];
  const active = isForNow ? replaceable(state, deployment) : null;
  if (older.length === 0 && !active) return refused({ rule: 'nothing to replace', service, sha }, by, about);
  const reason = `replaced by ${sha.slice(0, 7)}`;
  const plan: Plan = {
    kind: 'accepted',
    writes: older.map((old) => ({ write: 'end', deploymentId: old.id, status: 'withdrawn', reason, by })),
    records: older.map((old) => ({
      actor: by,
      kind: 'withdrawn',
      sha: old.sha,
      deploymentId: old.id,
      reason,
      detail: { replaced_by: deployment.deployId },
    })),
    effects: [
      ...older.map((old): Effect => ({ effect: 'redraw', changeId: old.changeId })),
      ...older.flatMap((old) => tellRequester(old, by, { rule: 'replaced', service, sha: old.sha, by, newer: sha })),
      { effect: 'redraw service' },
      { effect: 'start next', at: null },
    ],
  };
  if (!active) return plan;
  const tells = tellRequester(active, by, { rule: 'replaced', service, sha: active.sha, by, newer: sha });
  return joined(stopped(active, reason, by, { replaced_by: deployment.deployId }), plan, planOf({ effects: tells }));
}

/**
 * The deployment between two stages that a newer one may replace: one that has reached nothing but its first stage, which the
 * newer one goes through again.
 */
export function replaceable(
  { active }: Pick<ServiceState, 'active'>,
  { kind, required, runNumber }: Pick<Deployment, 'kind' | 'required' | 'runNumber'>,
): Of<'baking'> | null {
  if (kind !== 'deploy' || required > 0 || !Number.isFinite(runNumber)) return null;
  if (active?.status !== 'baking' || active.kind !== 'deploy' || active.required > 0 || active.override !== null)
    return null;
  return active.runNumber < runNumber && isInFirstStage(active) ? active : null;
}

/**
 * The queued deployments of older changes that a newer one may replace: only those that needed no approval, since an
 * approval is for an exact set of commits.
 */
export function olderThan(state: Pick<ServiceState, 'queue'>, runNumber: number): Deployment[] {
  // A deployment requested through an earlier version has no run number to compare.
  if (!Number.isFinite(runNumber)) return [];
  return state.queue.filter(
    (one) => one.kind === 'deploy' && one.required === 0 && one.override === null && one.runNumber < runNumber,
  );
}
