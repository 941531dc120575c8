/** What a decision saves, in the transaction that holds the service's row. */

import type { Aside, Staging, StagingRun } from './change/change.js';
import type { FailedAttempt } from './change/explanation.js';
import type { SeenResult } from './change/seen-result.js';
import type { Answered, Given } from './deployment/asks.js';
import type { Basis, Deployment, EndedStatus, Patience, ProductionRun, WaitsFor } from './deployment/deployment.js';
import type { Run } from './deployment/run.js';
import type { Changed } from './refusal.js';
import type { Pause } from './service/service.js';
import type { CheckState } from './stages/checks.js';
import type { Step } from './stages/walk.js';

type StagingStatus = Staging['status'];

/** `new`: the deployment that the same plan adds. */
export type DeploymentId = number | 'new';

export type Write =
  /** Also adds the row of its request to the approvals. */
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
      /** Not before this time. */
      readonly startAt?: Date;
      readonly answered: Answered | null;
    }
  /** It is to start at another time, or now (null). `confirmed`: the number of changes that was confirmed with it, if any. */
  | {
      readonly write: 'move start';
      readonly deploymentId: number;
      readonly startAt: Date | null;
      readonly confirmed: number | null;
    }
  /** The time for which it was requested has come, and this was noticed. */
  | { readonly write: 'time came'; readonly deploymentId: number }
  | {
      readonly write: 'add approval';
      readonly deploymentId: number;
      readonly user: string;
      readonly decision: 'approved' | 'withdrawn' | 'rejected';
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
  /** Notes that a person was asked to confirm this number of changes, and what they had answered. */
  | {
      readonly write: 'ask to confirm';
      readonly changeId: number;
      readonly user: string;
      readonly changes: number;
      readonly startAt?: Date;
      readonly answers?: Given;
    }
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
  /** A stage is started, by an id of its own; `steps`: all that the deployment walks through, at its first. */
  | {
      readonly write: 'start stage';
      readonly deploymentId: number;
      readonly place: number;
      readonly deployId: string;
      readonly steps: readonly Step[] | null;
    }
  /** The run of a stage ended well; the deployment stays in it until then. */
  | {
      readonly write: 'stage ran';
      readonly deploymentId: number;
      readonly place: number;
      readonly run: Run;
      readonly ranAt: Date;
      readonly bakesUntil: Date;
      readonly checks: readonly CheckState[];
      /** The id of the run of its check workflow; null: it has none. */
      readonly checkId: string | null;
    }
  | { readonly write: 'check run passed'; readonly deploymentId: number; readonly place: number }
  /** Where the HTTP checks of the stage stand. */
  | {
      readonly write: 'checks';
      readonly deploymentId: number;
      readonly place: number;
      readonly checks: readonly CheckState[];
    }
  | { readonly write: 'stage passed'; readonly deploymentId: number; readonly place: number }
  /** Its bake is over: from now on it waits for Continue; then, the operators were told of it. */
  | { readonly write: 'stage waits' | 'stage wait told'; readonly deploymentId: number; readonly place: number }
  | { readonly write: 'continue'; readonly deploymentId: number; readonly place: number; readonly by: string }
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
  /** `aside`: a change that is new, or that stands aside, does so until it is known whether it touches the paths. */
  | { readonly write: 'staging'; readonly run: StagingRun; readonly aside?: 'not known' }
  | { readonly write: 'aside'; readonly changeId: number; readonly aside: Aside | null }
  /** How a change stands with what else is required; `own`: null when nothing is any more. */
  | {
      readonly write: 'results';
      readonly sha: string;
      readonly results: readonly SeenResult[];
      readonly own: StagingStatus | null;
      readonly whole: StagingStatus;
    }
  /** A failed attempt that the thread of its card is to tell. */
  | { readonly write: 'failure'; readonly failed: FailedAttempt }
  | { readonly write: 're-run refused'; readonly changeId: number; readonly message: string }
  | {
      readonly write: 're-run asked';
      readonly changeId: number;
      readonly attempt: number | null;
      readonly by: string | null;
    };
