/** All that a decision about one service needs to know of it, read under the service's row lock. */

import type { Change, ChangeRef, Hold } from '../change/change.js';
import { type Deployment, type Ended, hasEnded, type Of } from '../deployment/deployment.js';

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

/** Nobody deploys the service until it is unlocked or `until` has passed. */
export interface Lock {
  readonly by: string;
  readonly reason: string;
  readonly since: Date;
  readonly until: Date | null;
  /** When its owner was last reminded of it. */
  readonly nudgedAt: Date | null;
}

/** Nobody deploys anything. */
export interface Stop {
  readonly by: string;
  readonly reason: string;
  readonly since: Date;
}

/** Continuous deployment of the service waits for a person. */
export interface Pause {
  readonly by: string;
  readonly why: 'failed' | 'cancelled' | 'lost' | 'rolled back';
  readonly since: Date;
  readonly deploymentId: number | null;
}

/** The newest change that passed, and what decides when it would deploy itself. */
export interface NewestPassed extends ChangeRef {
  readonly runNumber: number;
  /** Or when it was let go, after somebody had held it. */
  readonly passedAt: Date;
  readonly hold: Hold | null;
  /** It comes after the change that is live, by the staging workflow's run number; false too where nothing is. */
  readonly afterLive: boolean;
  /** It was asked for at least once, by whomever; what a pause has ended does not count. */
  readonly wasAsked: boolean;
  /** When the first of the changes that passed after what is live, and that nobody holds, passed. */
  readonly firstPassedAt: Date;
}

export interface ServiceState {
  readonly name: string;
  /** When this was read, by the database's clock. */
  readonly readAt: Date;
  readonly live: Live;
  readonly active: Deployment | null;
  /** In the order in which they are sent: roll backs first, then the oldest. What waits for approval is not among them. */
  readonly queue: readonly Of<'queued'>[];
  /** The deployment that was sent last, ended or not. */
  readonly lastSent: Deployment | null;
  /** What a roll back of the live deployment leads to: what was live before it, past all whose change was marked bad since. */
  readonly beforeLive: Ended | null;
  /** The change that is live, or was last known to be, was marked bad: no roll back leads there. */
  readonly liveIsBad: boolean;
  readonly newestPassed: NewestPassed | null;
  readonly lock: Lock | null;
  readonly stop: Stop | null;
  readonly pause: Pause | null;
  /** When continuous deployment was last resumed. */
  readonly resumedAt: Date | null;
  /** How often production moved otherwise than forward by Deploy: by a roll back, or from outside. */
  readonly moves: number;
  /** Asked for and not approved yet, oldest first. They hold up nobody. */
  readonly waiting: readonly Of<'waiting'>[];
}

/** The SHA that will be live when the next one of that kind that is queued has its turn: a roll back goes before all others. */
export function nextBase(
  state: Pick<ServiceState, 'live' | 'active' | 'queue'>,
  kind: Deployment['kind'],
): string | null {
  const ahead = kind === 'roll back' ? state.queue.filter((one) => one.kind === 'roll back') : state.queue;
  return (ahead.at(-1) ?? state.active)?.sha ?? liveSha(state);
}

/** The SHA that will be live when this one has its turn. */
export function baseOf(state: Pick<ServiceState, 'live' | 'active' | 'queue'>, deployment: Deployment): string | null {
  const place = state.queue.findIndex((queued) => queued.id === deployment.id);
  if (place === -1) return nextBase(state, deployment.kind);
  return (state.queue[place - 1] ?? state.active)?.sha ?? liveSha(state);
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
 * outside Pushbutton, the last one known. Never what was marked bad, and never the SHA of `from` while that is known live: that
 * is what Retry is for.
 */
export function rollBackTarget(state: ServiceState, from: Deployment | null): Ended | null {
  const { lastSent, beforeLive } = state;
  const live = lastKnownLive(state);
  const stillLive = state.liveIsBad ? beforeLive : live;
  if (state.live.is === 'outside') return stillLive;
  const cameToNothing = lastSent && hasEnded(lastSent) && lastSent.status !== 'live' ? lastSent : null;
  const isLast = from === null || from.id === lastSent?.id;
  // A roll back that came to nothing: once more, by name, leads to where it was to lead.
  if (from === null && live && cameToNothing?.kind === 'roll back' && cameToNothing.restores === live.id)
    return stillLive;
  if (live && live.sha === (from ?? lastSent)?.sha) return beforeLive;
  if (isLast && cameToNothing?.kind === 'roll back') return beforeLive;
  return cameToNothing ? stillLive : beforeLive;
}

/** Whether this deployment is the last word on production: nothing was sent after it. */
export const isLastSent = (state: ServiceState, deployment: Deployment): boolean =>
  state.lastSent?.id === deployment.id;

/** Newer by the staging workflow's run number. */
export function supersedes(newest: ServiceState['newestPassed'], change: Change): newest is NonNullable<typeof newest> {
  return newest !== null && newest.runNumber > change.staging.runNumber;
}
