/** The rules of a release. Each gives null, or the refusal with its numbers. */

import { type Change, shortSha } from '../change/change.js';
import type { ServicePolicy } from '../decision.js';
import type { Comparison, Facts, Permission } from '../facts.js';
import type { Refusal } from '../refusal.js';
import { liveSha, type ServiceState, supersedes } from './service.js';

/** Nobody deploys who may not; what could not be looked up is refused. */
export function permitted(permission: Permission | undefined): Refusal | null {
  if (permission?.is === 'granted') return null;
  if (permission?.is === 'denied') return permission.refusal;
  return { rule: 'not looked up', whom: 'slack' };
}

export function passedStaging(change: Change): Refusal | null {
  const { status, url } = change.staging;
  return status === 'passed' ? null : { rule: 'not passed staging', sha: change.sha, staging: status, url };
}

/** A card's Deploy is for the newest change that passed; an older one is deployed by naming its SHA. */
export function newestPassed(state: ServiceState, change: Change): Refusal | null {
  const newest = state.newestPassed;
  return supersedes(newest, change) ? { rule: 'superseded', service: state.name, sha: change.sha, by: newest } : null;
}

export function notLiveYet(state: ServiceState, sha: string): Refusal | null {
  if (state.live.is !== 'known' || state.live.deployment.sha !== sha) return null;
  return { rule: 'already live', sha, since: state.live.since, by: state.live.deployment.requestedBy };
}

/** Production only goes forward by Deploy; back is what Roll back is for. */
export function aheadOfLive(state: ServiceState, sha: string, comparison: Comparison | null): Refusal | null {
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
      return { rule: 'diverged from what is live', sha, live };
  }
}

/** A change that was marked bad is deployed by nobody; one that is only held back from deploying itself may be. */
export function notHeld(change: Change): Extract<Refusal, { rule: 'held' }> | null {
  const { hold, service, sha } = change;
  if (!hold || hold.reason === null) return null;
  return { rule: 'held', service, sha, by: hold.by, reason: hold.reason, since: hold.at };
}

/** More changes at once than the config allows need a confirmation of their number: `confirmed` holds for as many and for fewer. */
export function notTooMany(
  of: Pick<Change, 'service' | 'sha'>,
  policy: Pick<ServicePolicy, 'maxChanges'>,
  count: number | null,
  confirmed: number | null,
  /** The change's key, where somebody waits for the answer and may confirm. */
  change: string | null,
): Extract<Refusal, { rule: 'too many changes' }> | null {
  const most = policy.maxChanges;
  if (most === null || count === null || count <= most || count <= (confirmed ?? 0)) return null;
  return { rule: 'too many changes', service: of.service, sha: of.sha, count, most, change };
}

export function onBranch(sha: string, branch: string, fact: Facts['onBranch']): Refusal | null {
  return fact === false ? { rule: 'not on the branch', sha, branch } : null;
}

/** The refusal's one line for the ledger and for a deployment that ends by it. */
export function reasonOf(refusal: Refusal): string {
  return 'sha' in refusal ? `${refusal.rule}: ${shortSha(refusal.sha)}` : refusal.rule;
}

/** The first rule that refuses. */
export const first = (...refusals: (Refusal | null)[]): Refusal | null =>
  refusals.find((refusal) => refusal !== null) ?? null;
