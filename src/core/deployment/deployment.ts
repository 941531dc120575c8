/** A deployment: one request for one commit SHA, followed to a named end. */

import type { Job } from '../change/change.js';
import type { Stage } from '../stages/stage.js';
import type { Answered } from './asks.js';
import type { Run } from './run.js';

const UNDER_WAY = ['waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung', 'baking'] as const;
/** The statuses of a deployment that is being sent, running or between two stages; a service has at most one. */
export const ACTIVE = ['dispatching', 'unknown', 'deploying', 'hung', 'baking'] as const;
const ENDED = ['live', 'failed', 'rejected', 'withdrawn', 'expired', 'cancelled', 'lost', 'stopped'] as const;
export type EndedStatus = (typeof ENDED)[number];
export type Status = (typeof UNDER_WAY)[number] | EndedStatus;

/** When a request for approval expires, and when the approvers are reminded. */
export interface Patience {
  readonly expiresAt: Date;
  readonly remindAt: Date;
}

/** The approval of one person. */
interface Approval {
  readonly user: string;
  readonly at: Date;
}

/** The set of commits that is approved: what would ship from that SHA. `moves`: the service's count of moves at that time. */
export interface Basis {
  /** null: nothing was known to be live; the change alone. */
  readonly from: string | null;
  readonly moves: number;
  readonly shas: readonly string[];
}

interface Identity {
  readonly id: number;
  /** The opaque key that buttons carry. */
  readonly key: string;
  /** The name of the run contains it as `[deploy_id]`. */
  readonly deployId: string;
  readonly service: string;
  readonly changeId: number;
  /** The staging run number of its change at the time of the request: the order of changes. */
  readonly runNumber: number;
  readonly sha: string;
  readonly kind: 'deploy' | 'retry' | 'roll back';
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** The id of the earlier deployment that a rollback restores. */
  readonly restores: number | null;
  /** The id of the change on whose card Roll back was pressed. */
  readonly pressedOn: number | null;
  /** The id of the deployment that was live before this one went live. */
  readonly replaced: number | null;
  readonly jobs: readonly Job[] | null;
  /** How many people besides the requester must approve it. */
  readonly required: number;
  /** The approvals that count, in order; void ones are not included. */
  readonly approvals: readonly Approval[];
  /** What they approve; null while it could not be counted, and when no approval is required. */
  readonly basis: Basis | null;
  /** Why earlier approvals no longer count. */
  readonly voided: string | null;
  /** The reason of a break-glass deployment, which bypasses gates and approvals. */
  readonly override: string | null;
  /** Why what a break-glass deployment ships could not be counted; null when it was, and for all others. */
  readonly uncounted: string | null;
  /** Who signed off a break-glass deployment afterwards. */
  readonly signedOff: Approval | null;
  /** The number of changes that a person has confirmed to ship at once. */
  readonly confirmed: number | null;
  /** The gate that it waited for before it was sent. */
  readonly gated: Gated | null;
  /** In the order in which it walks through them; none before its start, and in a service without stages. */
  readonly stages: readonly Stage[];
  /** Before this time it is not sent; null if it was not requested for a time. */
  readonly startAt: Date | null;
  /** What was answered when it was requested; null: nothing was asked. */
  readonly answered: Answered | null;
}

/** A gate that delayed a deployment; `until` is null while it still does. */
export interface Gated {
  readonly gate: ShutGate;
  readonly by: string | null;
  readonly reason: string;
  readonly since: Date;
  readonly until: Date | null;
}

/** What GitHub says about a run that it does not show any more. */
interface Missing {
  readonly since: Date;
  /** How often in a row it said so. */
  readonly reads: number;
}

/** What is known of a run under way beside the run: who requested to cancel it, if anybody, and whether it is gone. */
interface UnderWay {
  readonly missing: Missing | null;
  readonly cancelBy: string | null;
  readonly cancelAskedAt: Date | null;
  /** When the operators were told that GitHub had not cancelled it. */
  readonly cancelToldAt: Date | null;
}

/**
 * Why a queued deployment with nothing ahead of it is not sent. `githubRefuses`: in GitHub's own words. `githubFails`: the
 * HTTP status of an error of its own.
 */
export type WaitsFor =
  | 'github rate limit'
  | 'slack'
  | 'github'
  | ShutGate
  | { readonly githubRefuses: string }
  | { readonly githubFails: number };

/** What keeps a deployment from being sent. */
interface BeforeStart {
  readonly notBefore: Date | null;
  readonly waitsFor: WaitsFor | null;
  /** Since when it waits for `waitsFor`. */
  readonly waitsSince: Date | null;
  /** Since when GitHub refuses a check that the start needs. */
  readonly refusedSince: Date | null;
}

/**
 * A gate that is shut. What waits for it continues by itself when it opens. `paced`: the least time since the deployment
 * before it is not over.
 */
export type ShutGate = 'locked' | 'stopped' | 'frozen' | 'paced';

export type Deployment = Identity &
  (
    | { readonly status: 'waiting'; readonly expiresAt: Date; readonly remindAt: Date | null }
    | ({
        readonly status: 'queued';
        /** When it got its place in the queue: what is approved later goes behind it. */
        readonly queuedAt: Date;
        /** When it was noticed that the time had come for which it was requested. */
        readonly cameAt: Date | null;
      } & BeforeStart)
    | { readonly status: 'dispatching'; readonly since: Date; readonly sentAt: Date | null }
    | {
        readonly status: 'unknown';
        readonly sentAt: Date;
        readonly lookedAt: Date | null;
        readonly answeredSeconds: number;
        /** Why GitHub refuses to look it up; null when it answers. */
        readonly githubSays: string | null;
        /** When the operators were told that it stays unknown. */
        readonly toldAt: Date | null;
      }
    | ({ readonly status: 'deploying'; readonly run: Run } & UnderWay)
    /** Between the run of a stage, which it still has, and what comes next. */
    | ({ readonly status: 'baking'; readonly run: Run } & BeforeStart)
    | ({ readonly status: 'hung'; readonly run: Run; readonly hungAt: Date } & UnderWay)
    | {
        readonly status: EndedStatus;
        readonly run: Run | null;
        readonly sentAt: Date | null;
        readonly endedAt: Date;
        readonly reason: string | null;
        readonly cancelBy: string | null;
        /** The person who rejected, withdrew or replaced it, if a person ended it. */
        readonly endedBy: string | null;
      }
  );

export type Of<S extends Status> = Extract<Deployment, { status: S }>;
export type Ended = Of<EndedStatus>;

/** Whether a status is the end of a deployment; narrows its type. */
export const hasEndedAs = (status: Status): status is EndedStatus => (ENDED as readonly Status[]).includes(status);

/** Whether a deployment has ended; narrows its type. */
export function hasEnded(deployment: Deployment): deployment is Ended {
  return hasEndedAs(deployment.status);
}

/** Whether a person gave up its run, which is known; any other lost one may still be found. */
export const isGivenUp = ({ run, endedBy }: Ended): boolean => run !== null && endedBy !== null;

/** For how long the run of a lost deployment is looked for, in ms. */
export const LOOKED_FOR_MS = 3_600_000;

/** Whether a deployment is being sent or running; narrows its type. */
export function isActive(deployment: Deployment): deployment is Of<(typeof ACTIVE)[number]> {
  return (ACTIVE as readonly Status[]).includes(deployment.status);
}

/** The status that the conclusion of a run gives its deployment: `success` is live, `cancelled` is cancelled, all else failed. */
export function endOf(conclusion: string | null): 'live' | 'failed' | 'cancelled' {
  if (conclusion === 'success') return 'live';
  return conclusion === 'cancelled' ? 'cancelled' : 'failed';
}

/** A production run as GitHub reports it, by webhook, poll or look-up. */
export interface ProductionRun {
  readonly runId: number;
  readonly attempt: number;
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string;
  readonly actor: string;
  readonly url: string;
  /** The start of this attempt (ISO 8601). */
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** Every `[word]` in the name of a run, without brackets; one of them may be a deploy id. */
export function namedIn(title: string): string[] {
  return [...title.matchAll(/\[([A-Za-z0-9-]{1,64})\]/g)].map((match) => match[1] as string);
}
