/** All that a decision about one service needs to know of it, read under the service's row lock. */

import type { Change, ChangeRef } from './change.js';
import { type Deployment, type Ended, hasEnded } from './deployment.js';

export type Live =
  | { readonly is: 'nothing' }
  /** `asOf` is the end of the run that made it live, by GitHub's clock: other runs are compared with that. */
  | { readonly is: 'known'; readonly deployment: Ended; readonly since: Date; readonly asOf: Date }
  /** A run outside Pushbutton came after what was known last. */
  | { readonly is: 'outside'; readonly run: OutsideRun; readonly before: Ended | null };

export interface OutsideRun {
  readonly runId: number;
  readonly attempt: number;
  readonly url: string;
  readonly actor: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly startedAt: Date;
  /** Set for a re-run, made in GitHub, of a run of ours. */
  readonly deploymentId: number | null;
}

export interface ServiceState {
  readonly name: string;
  readonly live: Live;
  readonly active: Deployment | null;
  /** In the order in which they are sent: roll backs first, then the oldest. */
  readonly queue: readonly Deployment[];
  /** The deployment that was sent last, ended or not. */
  readonly lastSent: Deployment | null;
  /** What a roll back of the live deployment leads to. */
  readonly beforeLive: Ended | null;
  readonly newestPassed: (ChangeRef & { readonly runNumber: number }) | null;
}

/** The SHA that production runs, when that is known. */
export function liveSha(state: Pick<ServiceState, 'live'>): string | null {
  return state.live.is === 'known' ? state.live.deployment.sha : null;
}

/** The last deployment known to be live, also when a run outside has come since. */
export function lastKnownLive(state: Pick<ServiceState, 'live'>): Ended | null {
  switch (state.live.is) {
    case 'nothing':
      return null;
    case 'known':
      return state.live.deployment;
    case 'outside':
      return state.live.before;
  }
}

/**
 * What Roll back deploys, pressed on the card of `from`, or null for the service by its name: on the card that is live, the one
 * that was live before it; after a deployment that was sent and did not go live, the one that is live still; after a run
 * outside Pushbutton, the last one known. Never the SHA of `from` while that is known live: that is what Retry is for.
 */
export function rollBackTarget(state: ServiceState, from: Deployment | null): Ended | null {
  const { lastSent } = state;
  if (state.live.is === 'outside') return state.live.before;
  const known = lastKnownLive(state);
  if (known && known.sha === (from ?? lastSent)?.sha) return state.beforeLive;
  return lastSent && hasEnded(lastSent) && lastSent.status !== 'live' ? known : state.beforeLive;
}

/** Whether this deployment is the last word on production: nothing was sent after it. */
export const isLastSent = (state: ServiceState, deployment: Deployment): boolean =>
  state.lastSent?.id === deployment.id;

/** Newer by the staging workflow's run number. */
export function supersedes(newest: ServiceState['newestPassed'], change: Change): newest is NonNullable<typeof newest> {
  return newest !== null && newest.runNumber > change.staging.runNumber;
}
