/** Everything that a decision needs to know about one service, read under the service's row lock. */

import type { Change, ChangeRef, Hold } from '../change/change.js';
import { type Deployment, type Ended, hasEnded, isGivenUp, LOOKED_FOR_MS, type Of } from '../deployment/deployment.js';
import type { StageNow } from '../stages/stage.js';

export type Live =
  | { readonly is: 'nothing' }
  /** `asOf`: the end of the run that made it live, by GitHub's clock; other runs are compared with it. */
  | { readonly is: 'known'; readonly deployment: Ended; readonly since: Date; readonly asOf: Date }
  /** A run outside Pushbutton started after the last known deployment. */
  | { readonly is: 'outside'; readonly run: OutsideRun; readonly before: Ended | null };

export interface OutsideRun {
  readonly runId: number;
  readonly attempt: number;
  readonly url: string;
  readonly actor: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly startedAt: Date;
  /** Set for a re-run, made on GitHub, of a run of ours. */
  readonly deploymentId: number | null;
}

/** Nobody can deploy the service until it is unlocked or `until` has passed. */
export interface Lock {
  readonly by: string;
  readonly reason: string;
  readonly since: Date;
  readonly until: Date | null;
  /** When its owner was last reminded of it. */
  readonly nudgedAt: Date | null;
}

/** Nobody can deploy anything. */
export interface Stop {
  readonly by: string;
  readonly reason: string;
  readonly since: Date;
}

/**
 * Continuous deployment of the service waits for a person. `roll back failed`: one that began by itself; then all of them wait,
 * also where people press Deploy.
 */
export interface Pause {
  readonly by: string;
  readonly why: 'failed' | 'cancelled' | 'lost' | 'rolled back' | 'roll back failed';
  readonly since: Date;
  readonly deploymentId: number | null;
}

/** The newest change that passed staging, and what decides when it deploys by itself. */
export interface NewestPassed extends ChangeRef {
  readonly runNumber: number;
  /** When it passed staging, or when its hold ended. */
  readonly passedAt: Date;
  readonly hold: Hold | null;
  /** Whether it comes after the live change, by staging run number; false when nothing is live. */
  readonly afterLive: boolean;
  /** Whether it was ever requested, by anybody; requests that a pause ended do not count. */
  readonly wasAsked: boolean;
  /** When the first change after the live one passed staging, not counting held changes. */
  readonly firstPassedAt: Date;
}

export interface ServiceState {
  readonly name: string;
  /** When this was read, by the database's clock. */
  readonly readAt: Date;
  readonly live: Live;
  readonly active: Deployment | null;
  /** In the order of sending: rollbacks first, then the oldest. Deployments that wait for approval are not included. */
  readonly queue: readonly Of<'queued'>[];
  /** Queued for a time that has not come, soonest first. They do not block others. */
  readonly scheduled: readonly Of<'queued'>[];
  /** The deployment that was sent last, ended or not, and when. */
  readonly lastSent: Deployment | null;
  readonly lastSentAt: Date | null;
  /** What a rollback of the live deployment restores: what was live before it, skipping changes marked bad since. */
  readonly beforeLive: Ended | null;
  /** Whether the change that is live, or was last known to be, is marked bad: no rollback restores it. */
  readonly liveIsBad: boolean;
  readonly newestPassed: NewestPassed | null;
  readonly lock: Lock | null;
  readonly stop: Stop | null;
  readonly pause: Pause | null;
  /** When continuous deployment was last resumed. */
  readonly resumedAt: Date | null;
  /** How often production changed other than by a Deploy: by a rollback or from outside. */
  readonly moves: number;
  /** What each stage runs; empty for a service that never had stages. */
  readonly stagesNow: readonly StageNow[];
  /** Requested and not approved yet, oldest first. They do not block others. */
  readonly waiting: readonly Of<'waiting'>[];
}

/** The SHA that will be live when a deployment of this kind, queued now, has its turn; a rollback goes before all others. */
export function nextBase(
  state: Pick<ServiceState, 'live' | 'active' | 'queue'>,
  kind: Deployment['kind'],
): string | null {
  const ahead = kind === 'roll back' ? state.queue.filter((one) => one.kind === 'roll back') : state.queue;
  return (ahead.at(-1) ?? state.active)?.sha ?? liveSha(state);
}

/** The SHA that will be live when this deployment has its turn. */
export function baseOf(state: Pick<ServiceState, 'live' | 'active' | 'queue'>, deployment: Deployment): string | null {
  const place = state.queue.findIndex((queued) => queued.id === deployment.id);
  if (place === -1) return nextBase(state, deployment.kind);
  return (state.queue[place - 1] ?? state.active)?.sha ?? liveSha(state);
}

/** The SHA that is live; null when that is not known. */
export function liveSha(state: Pick<ServiceState, 'live'>): string | null {
  return state.live.is === 'known' ? state.live.deployment.sha : null;
}

/** The last deployment known to be live, even if a run outside Pushbutton came later. */
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
 * What Roll back deploys; `from`: the deployment of the card where it was pressed, or null when typed for a service. On the
 * live card: what was live before it. After a deployment that was sent and did not go live: what is still live. After a run
 * outside Pushbutton: what was last known to be live. Never a change that was marked bad, and never the SHA of `from` while
 * it is known to be live. Returns null when there is nothing to roll back to.
 */
export function rollBackTarget(state: ServiceState, from: Deployment | null): Ended | null {
  const { lastSent, beforeLive } = state;
  const live = lastKnownLive(state);
  const stillLive = stillLiveIn(state);
  if (state.live.is === 'outside') return stillLive;
  const cameToNothing = lastSent && hasEnded(lastSent) && lastSent.status !== 'live' ? lastSent : null;
  const isLast = from === null || from.id === lastSent?.id;
  // Typed again after a rollback that did not go live, it restores the same deployment.
  if (from === null && live && cameToNothing?.kind === 'roll back' && cameToNothing.restores === live.id)
    return stillLive;
  if (live && live.sha === (from ?? lastSent)?.sha) return beforeLive;
  if (isLast && cameToNothing?.kind === 'roll back') return beforeLive;
  return cameToNothing ? stillLive : beforeLive;
}

/** What is still live while a deployment has not reached all stages: never a change that was marked bad. */
export const stillLiveIn = (state: Pick<ServiceState, 'live' | 'liveIsBad' | 'beforeLive'>): Ended | null =>
  state.liveIsBad ? state.beforeLive : lastKnownLive(state);

/** The SHA that a requested rollback takes out of production; null when that is not known, and for other requests. */
export function undoneBy(state: ServiceState, { kind, sha }: Deployment): string | null {
  if (kind !== 'roll back' || state.live.is === 'outside') return null;
  const { lastSent } = state;
  const last = lastSent && hasEnded(lastSent) && lastSent.status !== 'live' ? lastSent : lastKnownLive(state);
  return last && last.sha !== sha ? last.sha : null;
}

/** Whether this deployment was sent last of all. */
export const isLastSent = (state: ServiceState, deployment: Deployment): boolean =>
  state.lastSent?.id === deployment.id;

/** The deployment that was sent last, if its lost run is still looked for and another one waits to be sent. */
export function lostBeforeHead({ lastSent, queue, readAt }: ServiceState): Ended | null {
  if (queue.length === 0 || !lastSent || !hasEnded(lastSent) || lastSent.status !== 'lost') return null;
  const since = readAt.getTime() - lastSent.endedAt.getTime();
  return isGivenUp(lastSent) || since >= LOOKED_FOR_MS ? null : lastSent;
}

/** Whether the newest change that passed is newer than this one, by staging run number. */
export function supersedes(newest: ServiceState['newestPassed'], change: Change): newest is NonNullable<typeof newest> {
  return newest !== null && newest.runNumber > change.staging.runNumber;
}
