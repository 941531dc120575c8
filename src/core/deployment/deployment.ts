/** A deployment: one press, bound to one commit SHA, followed to a named end. */

import type { Job } from '../change/change.js';

const UNDER_WAY = ['waiting', 'queued', 'dispatching', 'unknown', 'deploying', 'hung'] as const;
export const ACTIVE = ['dispatching', 'unknown', 'deploying', 'hung'] as const;
const ENDED = ['live', 'failed', 'rejected', 'withdrawn', 'expired', 'cancelled', 'lost'] as const;
export type EndedStatus = (typeof ENDED)[number];
export type Status = (typeof UNDER_WAY)[number] | EndedStatus;

/** The production run on GitHub. */
export interface Run {
  readonly id: number;
  readonly url: string;
  readonly attempt: number;
  readonly startedAt: Date;
}

/** Until when a request waits for approval, and when those who may give it are reminded. */
export interface Patience {
  readonly expiresAt: Date;
  readonly remindAt: Date;
}

/** One person's yes. */
interface Approval {
  readonly user: string;
  readonly at: Date;
}

/** The set that is approved: what would ship from that SHA, and how often production had moved otherwise than forward by then. */
export interface Basis {
  /** null: nothing was known live, the change alone. */
  readonly from: string | null;
  readonly moves: number;
  readonly shas: readonly string[];
}

interface Identity {
  readonly id: number;
  /** Opaque; what a button carries. */
  readonly key: string;
  /** Stands as `[deploy_id]` in the run's name. */
  readonly deployId: string;
  readonly service: string;
  readonly changeId: number;
  /** The staging workflow's run number of its change, when it was asked for: the order of changes. */
  readonly runNumber: number;
  readonly sha: string;
  readonly kind: 'deploy' | 'retry' | 'roll back';
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** The earlier deployment that a roll back restores. */
  readonly restores: number | null;
  /** The change on whose card a roll back was pressed. */
  readonly pressedOn: number | null;
  /** The deployment that was live before this one went live. */
  readonly replaced: number | null;
  readonly jobs: readonly Job[] | null;
  /** How many people besides the requester have to approve it. */
  readonly required: number;
  /** Who has approved what would ship, in order. Approvals that became void are not in it. */
  readonly approvals: readonly Approval[];
  /** What they approve; null while it could not be counted, and where nobody needs to. */
  readonly basis: Basis | null;
  /** Why approvals that were given do not count any more. */
  readonly voided: string | null;
  /** Break glass: the reason for which gates and approvals were passed over. */
  readonly override: string | null;
  /** Who looked at a break-glass deployment afterwards. */
  readonly signedOff: Approval | null;
  /** So many changes a person has confirmed to ship at once. */
  readonly confirmed: number | null;
  /** The gate that it waited for before it was sent, if any. */
  readonly gated: Gated | null;
}

/** A gate that held a deployment up; `until` is null while it still does. */
export interface Gated {
  readonly gate: ShutGate;
  readonly by: string | null;
  readonly reason: string;
  readonly since: Date;
  readonly until: Date | null;
}

/** Who wants it cancelled, if anybody. */
interface ToCancel {
  readonly cancelBy: string | null;
  readonly cancelAskedAt: Date | null;
  /** When the operators were told that GitHub does not do it. */
  readonly cancelToldAt: Date | null;
}

/** Why a queued deployment is not sent although nothing is ahead of it; a refusal in GitHub's own words. */
export type WaitsFor = 'github rate limit' | 'slack' | 'github' | ShutGate | { readonly githubRefuses: string };

/** A gate that is shut; what waits for it goes on by itself when it opens. */
export type ShutGate = 'locked' | 'stopped' | 'frozen';

export type Deployment = Identity &
  (
    | { readonly status: 'waiting'; readonly expiresAt: Date; readonly remindAt: Date | null }
    | {
        readonly status: 'queued';
        /** Since when it has its place: what was approved later goes behind. */
        readonly queuedAt: Date;
        readonly notBefore: Date | null;
        readonly waitsFor: WaitsFor | null;
        /** Since when it waits for that. */
        readonly waitsSince: Date | null;
        /** Since when GitHub refuses what the start rests on. */
        readonly refusedSince: Date | null;
      }
    | { readonly status: 'dispatching'; readonly since: Date; readonly sentAt: Date | null }
    | {
        readonly status: 'unknown';
        readonly sentAt: Date;
        readonly lookedAt: Date | null;
        readonly answeredSeconds: number;
        /** When the operators were told that it stays unknown. */
        readonly toldAt: Date | null;
      }
    | ({ readonly status: 'deploying'; readonly run: Run } & ToCancel)
    | ({ readonly status: 'hung'; readonly run: Run; readonly hungAt: Date } & ToCancel)
    | {
        readonly status: EndedStatus;
        readonly run: Run | null;
        readonly sentAt: Date | null;
        readonly endedAt: Date;
        readonly reason: string | null;
        readonly cancelBy: string | null;
        /** The person who ended it, where it was one: who rejected, withdrew or replaced it. */
        readonly endedBy: string | null;
      }
  );

export type Of<S extends Status> = Extract<Deployment, { status: S }>;
export type Ended = Of<EndedStatus>;

export function hasEnded(deployment: Deployment): deployment is Ended {
  return (ENDED as readonly Status[]).includes(deployment.status);
}

export function isActive(deployment: Deployment): deployment is Of<(typeof ACTIVE)[number]> {
  return (ACTIVE as readonly Status[]).includes(deployment.status);
}

/** The end that a finished run gives its deployment. Only `success` is live; `cancelled` is told apart from a failure. */
export function endOf(conclusion: string | null): 'live' | 'failed' | 'cancelled' {
  if (conclusion === 'success') return 'live';
  return conclusion === 'cancelled' ? 'cancelled' : 'failed';
}

/** A production run as GitHub tells of it, by webhook, by poll or by looking it up. */
export interface ProductionRun {
  readonly runId: number;
  readonly attempt: number;
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string;
  readonly actor: string;
  readonly url: string;
  /** ISO 8601, the start of this attempt. */
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** Every `[word]` in a run's name; one of them may be a deploy id. */
export function namedIn(title: string): string[] {
  return [...title.matchAll(/\[([A-Za-z0-9-]{1,64})\]/g)].map((match) => match[1] as string);
}
