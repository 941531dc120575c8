/** What `decide` answers: a plan as data, or a named refusal. `perform` saves it, `deliver` carries the effects out. */

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

/** `new` is the deployment that the same plan adds. */
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
      /** How many people have to approve it before it is queued. */
      readonly required: number;
      readonly basis: Basis | null;
      /** Null where nobody has to. */
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
  /** A yes that counts; its row among the approvals, too. */
  | {
      readonly write: 'approve';
      readonly deploymentId: number;
      readonly user: string;
      readonly at: Date;
      readonly basis: Basis;
    }
  /** Enough have approved: to the end of the queue. */
  | { readonly write: 'approved'; readonly deploymentId: number }
  /** Waits for approval again, of what would ship now. */
  | {
      readonly write: 'ask anew';
      readonly deploymentId: number;
      readonly basis: Basis;
      readonly why: Changed;
      /** As many as the rule asks for now. */
      readonly required: number;
      readonly patience: Patience;
    }
  | { readonly write: 'reminded'; readonly deploymentId: number }
  | { readonly write: 'signed off'; readonly deploymentId: number; readonly user: string }
  | { readonly write: 'lock'; readonly by: string; readonly reason: string; readonly until: Date | null }
  | { readonly write: 'unlock' }
  /** Of everything; the services' own rows stay as they are. */
  | { readonly write: 'stop'; readonly by: string; readonly reason: string }
  | { readonly write: 'end stop' }
  | { readonly write: 'lock nudged' }
  | { readonly write: 'pause'; readonly by: string; readonly why: Pause['why']; readonly deploymentId: DeploymentId }
  | { readonly write: 'resume' }
  | { readonly write: 'hold'; readonly changeId: number; readonly by: string; readonly reason: string | null }
  | { readonly write: 'let go'; readonly changeId: number }
  /** A person is asked to confirm that so many changes ship at once. */
  | { readonly write: 'ask to confirm'; readonly changeId: number; readonly user: string; readonly changes: number }
  /** What went live after `restored` and up to what was live is marked as taken back by this roll back. */
  | { readonly write: 'undo'; readonly deploymentId: number; readonly restored: number; readonly from: number }
  | {
      readonly write: 'queue again';
      readonly deploymentId: number;
      readonly notBefore: Date | null;
      readonly waitsFor: WaitsFor | null;
      /** The gate that `waitsFor` names, with who shut it and why. */
      readonly gate?: { readonly by: string | null; readonly reason: string };
    }
  | { readonly write: 'dispatching'; readonly deploymentId: number }
  | { readonly write: 'unknown'; readonly deploymentId: number }
  | { readonly write: 'answered'; readonly deploymentId: number; readonly seconds: number }
  | { readonly write: 'deploying'; readonly deploymentId: number; readonly run: Run }
  | { readonly write: 'hung'; readonly deploymentId: number }
  | { readonly write: 'told unknown'; readonly deploymentId: number }
  | { readonly write: 'cancel refused'; readonly deploymentId: number }
  | { readonly write: 'told not cancelled'; readonly deploymentId: number }
  | { readonly write: 'ask cancel'; readonly deploymentId: number; readonly by: string }
  | {
      readonly write: 'end';
      readonly deploymentId: number;
      readonly status: EndedStatus;
      readonly reason: string | null;
      /** The person who ended it, where it was one. */
      readonly by?: string;
    }
  | {
      readonly write: 'live';
      readonly deploymentId: number;
      readonly replaced: number | null;
      readonly keepsOutside: boolean;
      /** By GitHub's clock. */
      readonly asOf: Date;
      /** Production moved otherwise than forward by Deploy. */
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
  /** Every card of the service that may still change. */
  | { readonly effect: 'redraw service' }
  | { readonly effect: 'start next'; readonly at: Date | null }
  | { readonly effect: 'dispatch'; readonly deploymentId: number }
  | { readonly effect: 'look up'; readonly deploymentId: number; readonly afterMs: number }
  | { readonly effect: 'follow'; readonly deploymentId: number; readonly afterMs: number }
  | { readonly effect: 'cancel run'; readonly deploymentId: number }
  | { readonly effect: 'cancel stray'; readonly deploymentId: number; readonly runId: number }
  | { readonly effect: 're-run staging'; readonly changeId: number; readonly attempt: number }
  /** Read what the card shows of a change: by its SHA, for it may be new. */
  | { readonly effect: 'describe'; readonly sha: string }
  /** Tells one person alone why what they asked for does not happen after all. */
  | { readonly effect: 'tell'; readonly user: string; readonly refusal: Refusal }
  | { readonly effect: 'tell operators'; readonly deploymentId: number; readonly about: OperatorNews }
  /** Reminds those who may approve, in the card's thread. */
  | { readonly effect: 'remind'; readonly deploymentId: number }
  /** Tells of a break-glass deployment in its channel, or draws that message again. */
  | { readonly effect: 'announce'; readonly deploymentId: DeploymentId }
  /** Says aloud that a lock was taken over, in the thread of the service's newest card. */
  | { readonly effect: 'say taken over'; readonly from: string; readonly by: string; readonly reason: string }
  /** Reminds the owner of an old lock. */
  | { readonly effect: 'nudge'; readonly user: string };

export type OperatorNews =
  | 'hung'
  | 'unknown'
  | 'lost'
  | 'lost run found'
  | 'stray run'
  | 'stray refused'
  | 'cancel refused'
  | 'not cancelled';

/** A line of the ledger; service, time and chain are added where it is saved. */
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
      /** The deployment that it adds could take the place of older ones that are queued. */
      readonly mayReplace?: true;
    }
  | { readonly kind: 'merged'; readonly into: Deployment; readonly records: readonly Record[] }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly records: readonly Record[];
      readonly effects: readonly Effect[];
      /** What the press made known all the same. */
      readonly writes?: readonly Write[];
    }
  /** Nothing that was not known. */
  | { readonly kind: 'nothing' }
  /** The facts were gathered for another state: gather them again. */
  | { readonly kind: 'ask again' };

/** The rows that a command names, read under the lock. */
export interface Target {
  readonly change: Change | null;
  readonly deployment: Deployment | null;
  /** The unended deployment of the SHA asked for. */
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
  /** IANA, for the freezes. */
  readonly timezone: string;
  readonly override: readonly string[];
  readonly maxChanges: number | null;
}

export const NOTHING: Decision = { kind: 'nothing' };

/** A refusal with its ledger line: refusals are decisions too. */
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
