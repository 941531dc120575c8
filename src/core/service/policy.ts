/** The rules of a release. Each returns null, or the refusal with its numbers. */

import { type Change, shortSha } from '../change/change.js';
import { isMissing, nameOf, ownStatus, standings, statusNow } from '../change/results.js';
import type { ServicePolicy } from '../decision.js';
import type { Comparison, Facts, Permission } from '../facts.js';
import type { Refusal } from '../refusal.js';
import { liveSha, type ServiceState, supersedes } from './service.js';

/** Refuses without a granted permission; also when the permission could not be looked up. */
export function permitted(permission: Permission | undefined): Refusal | null {
  return permission?.is === 'granted' ? null : whyNotPermitted(permission);
}

/** The refusal of a person without permission, or whose permission could not be looked up. */
export function whyNotPermitted(permission: Exclude<Permission, { is: 'granted' }> | undefined): Refusal {
  if (permission?.is === 'denied') return permission.refusal;
  const retryAfterMs = permission?.retryAfterMs ?? null;
  return { rule: 'not looked up', whom: 'slack', ...(retryAfterMs !== null && { retryAfterMs }) };
}

/** Refuses a change that has not passed staging, by what is required now; names what is not green. */
export function passedStaging(
  change: Change,
  policy: Pick<ServicePolicy, 'requires' | 'withinMs'>,
  at: Date,
): Refusal | null {
  const { requires = [], withinMs = 0 } = policy;
  const status = statusNow(change, requires);
  if (status === 'passed') return null;
  const { sha, staging } = change;
  const own = ownStatus(staging);
  const refusal = { rule: 'not passed staging', sha, staging: status, url: staging.url } as const;
  const red = standings(requires, change).filter((one) => one.status !== 'passed');
  const first = red.find((one) => one.status === 'failed') ?? red[0];
  // The push run comes first, as it does on the card; what is red before what is only not there yet.
  if (!first || own === 'failed' || (own === 'running' && first.status !== 'failed')) return refusal;
  const { required, seen } = first;
  const word = seen?.word ?? (isMissing(first, change, withinMs, at) ? 'missing' : 'awaited');
  return { ...refusal, url: seen?.url ?? staging.url, result: nameOf(required), word };
}

/** Refuses Deploy on a card when a newer change passed; an older change is deployed by naming its SHA. */
export function newestPassed(state: ServiceState, change: Change): Refusal | null {
  const newest = state.newestPassed;
  return supersedes(newest, change) ? { rule: 'superseded', service: state.name, sha: change.sha, by: newest } : null;
}

/** Refuses a SHA that is already live. */
export function notLiveYet(state: ServiceState, sha: string): Refusal | null {
  if (state.live.is !== 'known' || state.live.deployment.sha !== sha) return null;
  return { rule: 'already live', sha, since: state.live.since, by: state.live.deployment.requestedBy };
}

/**
 * Refuses a SHA that does not contain what is live: Deploy only goes forward, Roll back goes back. Break glass (`broken`) passes
 * a history that was rewritten.
 */
export function aheadOfLive(
  state: ServiceState,
  sha: string,
  comparison: Comparison | null,
  broken: boolean,
): Refusal | null {
  const live = liveSha(state);
  if (live === null || comparison === null) return null;
  switch (comparison.status) {
    case 'ahead':
      return null;
    case 'identical':
      return notLiveYet(state, sha);
    case 'behind':
      return { rule: 'behind what is live', sha, live };
    case 'diverged':
      return broken ? null : { rule: 'diverged from what is live', service: state.name, sha, live };
  }
}

/** Refuses a change that was marked bad. A change that is only held from deploying by itself may be deployed. */
export function notHeld(change: Change): Extract<Refusal, { rule: 'held' }> | null {
  const { hold, service, sha } = change;
  if (!hold || hold.reason === null) return null;
  return { rule: 'held', service, sha, by: hold.by, reason: hold.reason, since: hold.at };
}

/** Refuses more changes at once than the config allows, unless that number or a larger one was confirmed. */
export function notTooMany(
  of: Pick<Change, 'service' | 'sha'>,
  policy: Pick<ServicePolicy, 'maxChanges'>,
  count: number | null,
  confirmed: number | null,
  /** The key of the change when somebody can confirm; else null. */
  change: string | null,
): Extract<Refusal, { rule: 'too many changes' }> | null {
  const most = policy.maxChanges;
  if (most === null || count === null || count <= most || count <= (confirmed ?? 0)) return null;
  return { rule: 'too many changes', service: of.service, sha: of.sha, count, most, change };
}

/** Refuses a SHA that GitHub says is not on the branch. */
export function onBranch(sha: string, branch: string, fact: Facts['onBranch']): Refusal | null {
  return fact === false ? { rule: 'not on the branch', sha, branch } : null;
}

/** The refusal in one line, for the ledger and for a deployment that ends by it. */
export function reasonOf(refusal: Refusal): string {
  return 'sha' in refusal ? `${refusal.rule}: ${shortSha(refusal.sha)}` : refusal.rule;
}

/** The first refusal, or null when no rule refuses. */
export const first = (...refusals: (Refusal | null)[]): Refusal | null =>
  refusals.find((refusal) => refusal !== null) ?? null;
