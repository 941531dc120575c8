/** What `decide` answers: a plan as data, or a named refusal. `perform` saves it, `deliver` carries the effects out. */

import type { Change, StagingRun } from './change.js';
import type { Deployment, EndedStatus, ProductionRun, Run, WaitsFor } from './deployment.js';
import { detailOf, type Refusal } from './refusal.js';

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
    }
  | {
      readonly write: 'add approval';
      readonly deploymentId: DeploymentId;
      readonly user: string;
      readonly decision: 'requested' | 'withdrawn';
    }
  | {
      readonly write: 'queue again';
      readonly deploymentId: number;
      readonly notBefore: Date | null;
      readonly waitsFor: WaitsFor | null;
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
    }
  | {
      readonly write: 'live';
      readonly deploymentId: number;
      readonly replaced: number | null;
      readonly keepsOutside: boolean;
      /** By GitHub's clock. */
      readonly asOf: Date;
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
  | { readonly effect: 'tell operators'; readonly deploymentId: number; readonly about: OperatorNews };

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
    }
  | { readonly kind: 'merged'; readonly into: Deployment; readonly records: readonly Record[] }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly records: readonly Record[];
      readonly effects: readonly Effect[];
    }
  /** Nothing that was not known. */
  | { readonly kind: 'nothing' }
  /** The facts were gathered for another state: gather them again. */
  | { readonly kind: 'ask again' };

/** Whether a person may, by a look-up that began after the press. */
export type Permission =
  | { readonly is: 'granted' }
  | { readonly is: 'denied'; readonly refusal: Refusal }
  | { readonly is: 'not looked up'; readonly retryAfterMs: number | null };

export interface Comparison {
  readonly status: 'identical' | 'ahead' | 'behind' | 'diverged';
  readonly aheadBy: number;
}

/** A fact that GitHub did not tell: it gave no answer, refuses in its own words, or wants to be asked later. */
export type Untold = 'unavailable' | { readonly refused: string } | { readonly retryAfterMs: number };

export function isUntold(fact: Comparison | boolean | Untold | null | undefined): fact is Untold {
  if (typeof fact !== 'object' || fact === null) return fact === 'unavailable';
  return 'refused' in fact || 'retryAfterMs' in fact;
}

/** Outside facts, gathered once and after the command was saved. A fact that a command does not need is absent. */
export interface Facts {
  /** The database's clock. */
  readonly now: Date;
  readonly deployId: string;
  readonly permission?: Permission;
  /** From what is live to the SHA asked for; null when nothing is known live. */
  readonly comparison?: Comparison | Untold | null;
  readonly onBranch?: boolean | Untold;
  /** Which deployment the facts of `start next` were gathered for, and what was live then. */
  readonly gatheredFor?: { readonly deploymentId: number; readonly live: string | null } | null;
  /** For a re-run of a run whose first end was never seen: how its first attempt ended. */
  readonly firstConclusion?: string | null;
}

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
}

export const NOTHING: Decision = { kind: 'nothing' };

/** A refusal with its ledger line: refusals are decisions too. */
export function refused(
  refusal: Refusal,
  by: string,
  about: { sha?: string | undefined; deploymentId?: number | undefined; asked: string },
): Decision {
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
