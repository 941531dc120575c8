/** The result of `decide`: a plan as data, or a named refusal. `perform` saves it; `deliver` carries out the effects. */

import type { Change } from './change/change.js';
import type { FailedAttempt } from './change/explanation.js';
import type { RequiredResult } from './change/results.js';
import type { Asks } from './deployment/asks.js';
import type { Deployment } from './deployment/deployment.js';
import { detailOf, type Refusal } from './refusal.js';
import type { Freeze } from './service/freeze.js';
import type { StagesPolicy } from './stages/stage.js';
import type { DeploymentId, Write } from './write.js';

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
  | { readonly effect: 're-run result'; readonly changeId: number; readonly runId: number; readonly attempt: number }
  /** Looks for what else is required of a commit. */
  | { readonly effect: 'read results'; readonly sha: string }
  /** Tells of a failed attempt in the thread: reads why first. */
  | { readonly effect: 'read failure'; readonly failed: FailedAttempt }
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
  /** Asks the HTTP checks of the stage that a deployment bakes in. */
  | { readonly effect: 'ask checks'; readonly deploymentId: number }
  /** Starts and follows the check workflow of the stage that a deployment bakes in. */
  | { readonly effect: 'run check'; readonly deploymentId: number }
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
  | 'not cancelled'
  | 'roll back failed'
  | 'waits for continue';

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
      /** The added deployment could replace older ones in the queue, or one between two stages. */
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

export interface ServicePolicy extends StagesPolicy {
  readonly name: string;
  readonly branch: string;
  /** Only commits that touch these are the service's own: see `change/path-patterns.ts`. Missing: all are. */
  readonly paths?: readonly string[];
  readonly deployers: readonly string[];
  readonly timeoutMs: number;
  readonly approvals: {
    readonly required: number;
    readonly from: readonly string[];
    readonly authors: boolean;
    readonly expiresMs: number;
  };
  readonly rollback: { readonly approvals: number; readonly checks: boolean };
  readonly mode: 'button' | 'continuous';
  readonly holdMs: number;
  readonly freezes: readonly Freeze[];
  /** The IANA time zone of the freezes. */
  readonly timezone: string;
  readonly override: readonly string[];
  readonly maxChanges: number | null;
  /** The least time from one deployment that was sent to the next; missing where there is none. */
  readonly everyMs?: number;
  /** What else must be green; missing: nothing. */
  readonly requires?: readonly RequiredResult[];
  /** After how long one of these that is not there is missing. */
  readonly withinMs?: number;
  /** What is asked before each deployment; null: nothing. */
  readonly asks: Asks | null;
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
