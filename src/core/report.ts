/** The answers to questions, as data: status, history, diff and digest. */

import type { Ships } from './card.js';
import type { CardResult } from './card-results.js';
import type { ChangeRef } from './change/change.js';
import type { Record } from './decision.js';
import type { Deployment, Ended, Status } from './deployment/deployment.js';
import type { Measured, Span } from './measures.js';
import type { Ahead } from './service/ahead.js';
import type { Gate } from './service/gates.js';
import type { Pace } from './service/pace.js';
import type { OutsideRun, Pause } from './service/service.js';
import type { StageNow } from './stages/stage.js';

export type Names = ReadonlyMap<string, string>;

export interface ServiceStatus {
  readonly service: string;
  readonly repository: string;
  readonly live:
    | { readonly is: 'nothing' }
    | { readonly is: 'known'; readonly deployment: Ended; readonly change: ChangeRef; readonly since: Date }
    | { readonly is: 'outside'; readonly run: OutsideRun; readonly before: Ended | null };
  readonly active: { readonly deployment: Deployment; readonly change: ChangeRef } | null;
  readonly queue: readonly { readonly deployment: Deployment; readonly change: ChangeRef }[];
  /** Queued for a time that has not come. */
  readonly scheduled: readonly { readonly deployment: Deployment; readonly change: ChangeRef }[];
  /** The least time since the last deployment is not over; null also while nothing is queued. */
  readonly pace: Pace | null;
  /** Requested, and not approved yet. */
  readonly asks: readonly { readonly deployment: Deployment; readonly change: ChangeRef }[];
  /** What each stage of production runs, in order, if it is not what is live in all of them; else empty. */
  readonly stages: readonly StageNow[];
  /** The gates that are shut now. */
  readonly gates: readonly Gate[];
  /** Why continuous deployment waits for a person. */
  readonly pause: Pause | null;
  /** The newest change that passed staging, if it is neither live nor under way. */
  readonly waiting: (ChangeRef & { readonly passedAt: Date }) | null;
  /** The newest change that waits for more results than its push run, and how those stand; missing: none does. */
  readonly awaits?: { readonly change: ChangeRef; readonly results: readonly CardResult[] };
  /** The runs outside Pushbutton since the live deployment went live, newest first, at most 5. */
  readonly outside: readonly OutsideRun[];
}

/** A page of all services, with what goes on in all of them. */
export interface ServicePage {
  readonly statuses: readonly ServiceStatus[];
  readonly names: Names;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  readonly services: number;
  readonly active: number;
  readonly queued: number;
  /** For Deploy. */
  readonly waiting: number;
}

/** One deployment in `history`, newest first. */
export interface HistoryEntry {
  readonly deployment: Deployment;
  readonly change: ChangeRef;
}

/** One line of the ledger in `history SERVICE SHA`, oldest first. */
export interface LedgerLine {
  readonly seq: number;
  readonly at: Date;
  readonly actor: string;
  readonly kind: string;
  readonly reason: string | null;
  readonly sha: string | null;
  /** The rule's numbers, what was counted, ids of runs. */
  readonly detail: Record['detail'];
}

/** A line of the ledger about a deployment that a card shows, with what the line itself does not say of it. */
export interface StoryLine extends LedgerLine {
  readonly deploymentId: number;
  readonly what: Deployment['kind'];
  /** Now, which may be later than the line. */
  readonly status: Status;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly runUrl: string | null;
  /** It is of a rollback that was pressed on this card and deploys another change. */
  readonly elsewhere: boolean;
  /** People were called to look at it before: it was hung, or lost and found. */
  readonly calledBefore: boolean;
  /** How long ago it was written, in ms. */
  readonly agoMs: number;
}

/** The answer to `diff SERVICE` and What ships: from what is live to the newest passed change, or to one change. */
export interface Diff {
  readonly service: string;
  readonly repository: string;
  readonly to: ChangeRef;
  /** null: GitHub did not answer, so it could not be counted. */
  readonly ships: Ships | null;
  /** The compare link on GitHub, or the commit's link when nothing is known to be live. */
  readonly url: string;
}

/** The newest of many, oldest first, and how many there are. */
export interface Newest<T> {
  readonly listed: readonly T[];
  readonly count: number;
}

export interface ServiceDigest {
  readonly service: string;
  readonly repository: string;
  /** Users and user groups who may deploy, and who may approve. */
  readonly deployers: readonly string[];
  readonly approvers: readonly string[];
  /** Went live since the last digest, other than by a rollback. */
  readonly shipped: Newest<HistoryEntry>;
  /** Failed, lost or cancelled in production since the last digest. */
  readonly failed: Newest<HistoryEntry>;
  /** What rollbacks restored since the last digest. */
  readonly rolledBack: Newest<HistoryEntry>;
  /** Passed staging and not live, newest first; each has waited since `passedAt`. */
  readonly waiting: Newest<ChangeRef & { readonly passedAt: Date; readonly author: string }>;
  readonly underWay: readonly HistoryEntry[];
  /** Break-glass deployments that nobody has signed off, oldest first, at most 20; each digest names them again. */
  readonly toSignOff: readonly HistoryEntry[];
  /** At most 5. */
  readonly outside: readonly OutsideRun[];
  readonly measured: readonly Measured[];
}

export interface Digest {
  /** `asked`: for one person, at any time. */
  readonly kind: DigestKind | 'asked';
  /** From the previous slot to this one, or what was asked for. */
  readonly since: Date;
  readonly until: Date;
  readonly timezone: string;
  readonly services: readonly ServiceDigest[];
  /** Of all services together. */
  readonly measured: readonly Measured[];
  /** How many deployments went live in each part of the longest period that is drawn; null where no chart is. */
  readonly parts: readonly (Span & { readonly deployments: number })[] | null;
  /** What is shut, or will be before the next digest. */
  readonly ahead: readonly Ahead[];
  /** The number and hash of the newest ledger line; null while the ledger is empty. */
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly names: Names;
}

/** The digests that the config has times for. */
export type DigestKind = 'daily' | 'weekly';

/** What a command without a new deployment did: the first line that it wrote on the ledger. */
export interface Done {
  readonly kind: string;
  readonly service: string | null;
  readonly sha: string | null;
  readonly reason: string | null;
  readonly detail: Record['detail'];
}
