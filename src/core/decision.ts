/** The result of `decide`: a plan as data, or a named refusal. `perform` saves it; `deliver` carries out the effects. */

import type { Change, StagingRun } from './change/change.js';
import type {
  Basis,
  Deployment,
  EndedStatus,
  Patience,
  ProductionRun,
  Run,
  WaitsFor,
} from './deployment/deployment.js';
import { type Changed, detailOf, type Refusal } from './refusal.js';
import type { Freeze } from './service/freeze.js';
import type { Pause } from './service/service.js';

/** `new`: the deployment that the same plan adds. */
type DeploymentId = number | 'new';

export type Write =
  | {
      readonly write: 'add deployment';
      readonly deployId: string;
      readonly changeId: number;
      readonly sha: string;
      readonly kind: Deployment['kind'];
      readonly by: string;
      readonly restores: number | null;
      readonly pressedOn: number | null;
      /** How many people must approve it before it is queued. */
      readonly required: number;
      readonly basis: Basis | null;
      /** null when no approval is required. */
      readonly patience: Patience | null;
      readonly override: string | null;
      readonly confirmed: number | null;
    }
  | {
      readonly write: 'add approval';
      readonly deploymentId: DeploymentId;
      readonly user: string;
      readonly decision: 'requested' | 'approved' | 'withdrawn' | 'rejected';
      readonly reason?: string;
    }
  /** An approval that counts; also adds its row to the approvals. */
  | {
      readonly write: 'approve';
      readonly deploymentId: number;
      readonly user: string;
      readonly at: Date;
      readonly basis: Basis;
    }
  /** It has enough approvals: it goes to the end of the queue. */
  | { readonly write: 'approved'; readonly deploymentId: number }
  /** It waits again for approval, of what would ship now. */
  | {
      readonly write: 'ask anew';
      readonly deploymentId: number;
      readonly basis: Basis;
      readonly why: Changed;
      /** The number that the rule requires now. */
      readonly required: number;
      readonly patience: Patience;
    }
  | { readonly write: 'reminded'; readonly deploymentId: number }
  | { readonly write: 'signed off'; readonly deploymentId: number; readonly user: string }
  | { readonly write: 'lock'; readonly by: string; readonly reason: string; readonly until: Date | null }
  | { readonly write: 'unlock' }
  /** Stops everything; the rows of the services stay as they are. */
  | { readonly write: 'stop'; readonly by: string; readonly reason: string }
  | { readonly write: 'end stop' }
  | { readonly write: 'lock nudged' }
  | { readonly write: 'pause'; readonly by: string; readonly why: Pause['why']; readonly deploymentId: DeploymentId }
  | { readonly write: 'resume' }
  | { readonly write: 'hold'; readonly changeId: number; readonly by: string; readonly reason: string | null }
  | { readonly write: 'let go'; readonly changeId: number }
  /** Notes that a person was asked to confirm this number of changes. */
  | { readonly write: 'ask to confirm'; readonly changeId: number; readonly user: string; readonly changes: number }
  /** Marks the changes after `restored` up to `from` as removed from production by this rollback. */
  | { readonly write: 'undo'; readonly deploymentId: number; readonly restored: number; readonly from: number }
  | {
      readonly write: 'queue again';
      readonly deploymentId: number;
      readonly notBefore: Date | null;
      readonly waitsFor: WaitsFor | null;
      /** Who shut the gate in `waitsFor`, and why. */
      readonly gate?: { readonly by: string | null; readonly reason: string };
    }
  | { readonly write: 'dispatching'; readonly deploymentId: number; readonly uncounted: string | null }
  | { readonly write: 'unknown'; readonly deploymentId: number }
  | { readonly write: 'github says'; readonly deploymentId: number; readonly message: string }
  | { readonly write: 'answered'; readonly deploymentId: number; readonly seconds: number }
  | { readonly write: 'deploying'; readonly deploymentId: number; readonly run: Run }
  | { readonly write: 'hung'; readonly deploymentId: number }
  /** How often in a row GitHub has said that the run does not exist; 0 when it shows it. */
  | { readonly write: 'missing'; readonly deploymentId: number; readonly reads: number }
  | { readonly write: 'told unknown'; readonly deploymentId: number }
  | { readonly write: 'cancel refused'; readonly deploymentId: number }
  | { readonly write: 'told not cancelled'; readonly deploymentId: number }
  | { readonly write: 'ask cancel'; readonly deploymentId: number; readonly by: string }
  | {
      readonly write: 'end';
      readonly deploymentId: number;
      readonly status: EndedStatus;
      readonly reason: string | null;
      /** The person who ended it, if a person did. */
      readonly by?: string;
    }
  | {
      readonly write: 'live';
      readonly deploymentId: number;
      readonly replaced: number | null;
      readonly keepsOutside: boolean;
      /** By GitHub's clock: the end of its run. */
      readonly asOf: Date;
      /** True when production did not move forward by Deploy. */
      readonly moved: boolean;
    }
  | {
      readonly write: 'outside run';
      readonly run: ProductionRun;
      readonly deploymentId: number | null;
      readonly hidesLive: boolean;
    }
  | { readonly write: 'staging'; readonly run: StagingRun }
  | {
      readonly write: 're-run asked';
      readonly changeId: number;
      readonly attempt: number | null;
      readonly by: string | null;
    };

export type Effect =
  | { readonly effect: 'redraw'; readonly changeId: number }
  /** Redraws every card of the service that may still change. */
  | { readonly effect: 'redraw service' }
  | { readonly effect: 'start next'; readonly at: Date | null }
  | { readonly effect: 'dispatch'; readonly deploymentId: number }
  | { readonly effect: 'look up'; readonly deploymentId: number; readonly afterMs: number }
  | { readonly effect: 'follow'; readonly deploymentId: number; readonly afterMs: number }
  | { readonly effect: 'cancel run'; readonly deploymentId: number }
  | { readonly effect: 'cancel stray'; readonly deploymentId: number; readonly runId: number }
  | { readonly effect: 're-run staging'; readonly changeId: number; readonly attempt: number }
  /** Reads what the card shows of a change; by SHA, since the change may be new. */
  | { readonly effect: 'describe'; readonly sha: string }
  /** Tells one person privately why their request is not carried out after all. */
  | { readonly effect: 'tell'; readonly user: string; readonly refusal: Refusal }
  | { readonly effect: 'tell operators'; readonly deploymentId: number; readonly about: OperatorNews }
  /** Reminds the approvers in the card's thread. */
  | { readonly effect: 'remind'; readonly deploymentId: number }
  /** Announces a break-glass deployment in its channel, or redraws that message. */
  | { readonly effect: 'announce'; readonly deploymentId: DeploymentId }
  /** Posts in the thread of the service's newest card that a lock was taken over. */
  | { readonly effect: 'say taken over'; readonly from: string; readonly by: string; readonly reason: string }
  /** Reminds the owner of an old lock. */
  | { readonly effect: 'nudge'; readonly user: string };

export type OperatorNews =
  | 'hung'
  | 'unknown'
  | 'lost'
  | 'run gone'
  | 'given up'
  | 'lost run found'
  | 'stray run'
  | 'stray refused'
  | 'cancel refused'
  | 'not cancelled';

/** A line of the ledger. Saving adds the service, the time and the hash chain. */
export interface Record {
  readonly actor: string;
  readonly kind: string;
  readonly sha: string | null;
  readonly deploymentId: DeploymentId | null;
  readonly reason: string | null;
  readonly detail: { readonly [key: string]: string | number | boolean | null };
}

export type Decision =
  | {
      readonly kind: 'accepted';
      readonly writes: readonly Write[];
      readonly records: readonly Record[];
      readonly effects: readonly Effect[];
      /** The added deployment could replace older ones in the queue. */
      readonly mayReplace?: true;
    }
  | { readonly kind: 'merged'; readonly into: Deployment; readonly records: readonly Record[] }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly records: readonly Record[];
      readonly effects: readonly Effect[];
      /** What is saved in spite of the refusal. */
      readonly writes?: readonly Write[];
    }
  /** Nothing new. */
  | { readonly kind: 'nothing' }
  /** The facts were gathered for another state; gather them again. */
  | { readonly kind: 'ask again' };

/** The rows that a command names, read under the row lock. */
export interface Target {
  readonly change: Change | null;
  readonly deployment: Deployment | null;
  /** The deployment of the requested SHA that has not ended. */
  readonly underWay: Deployment | null;
}

export interface ServicePolicy {
  readonly name: string;
  readonly branch: string;
  readonly deployers: readonly string[];
  readonly timeoutMs: number;
  readonly approvals: {
    readonly required: number;
    readonly from: readonly string[];
    readonly authors: boolean;
    readonly expiresMs: number;
  };
  readonly rollback: { readonly approvals: number };
  readonly mode: 'button' | 'continuous';
  readonly holdMs: number;
  readonly freezes: readonly Freeze[];
  /** The IANA time zone of the freezes. */
  readonly timezone: string;
  readonly override: readonly string[];
  readonly maxChanges: number | null;
}

/** The decision that nothing is new. */
export const NOTHING: Decision = { kind: 'nothing' };

/** A refusal with its ledger line: refusals are decisions, too. */
export function refused(
  refusal: Refusal,
  by: string,
  about: { sha?: string | undefined; deploymentId?: number | undefined; asked: string },
): Extract<Decision, { kind: 'refused' }> {
  const record: Record = {
    actor: by,
    kind: 'refused',
    sha: about.sha ?? null,
    deploymentId: about.deploymentId ?? null,
    reason: refusal.rule,
    detail: { asked: about.asked, ...detailOf(refusal) },
  };
  return { kind: 'refused', refusal, records: [record], effects: [] };
}
