/** Everything that can happen to a service, as data. What people do is kept in `inbox`; the rest comes from our own jobs. */

import type { StagingRun } from './change/change.js';
import type { ProductionRun } from './deployment/deployment.js';

/** Who pressed: the Slack user, and the team that Slack says the user is of (never the channel's team). */
export interface Presser {
  readonly user: string;
  readonly team: string | null;
}

/** A press or a typed line. Ids are opaque keys of rows; nothing else of a payload is believed. */
export type Press =
  | {
      readonly type: 'deploy';
      readonly change: string;
      readonly from: 'card' | 'command';
      /** Break glass, with its reason. */
      readonly override?: string;
      /** The number of changes that the person was asked to confirm is confirmed. */
      readonly all?: true;
      readonly by: Presser;
    }
  | { readonly type: 'approve'; readonly deployment: string; readonly by: Presser }
  | { readonly type: 'reject'; readonly deployment: string; readonly reason: string; readonly by: Presser }
  | { readonly type: 'sign off'; readonly deployment: string; readonly by: Presser }
  /** Older ones that are queued go with this newer one instead of before it. */
  | { readonly type: 'replace'; readonly deployment: string; readonly by: Presser }
  | { readonly type: 'hold'; readonly change: string; readonly reason: string | null; readonly by: Presser }
  | { readonly type: 'let go'; readonly change: string; readonly by: Presser }
  | {
      readonly type: 'lock';
      readonly service: string;
      readonly reason: string;
      readonly forMs: number | null;
      readonly by: Presser;
    }
  | { readonly type: 'unlock'; readonly service: string; readonly by: Presser }
  | { readonly type: 'resume'; readonly service: string; readonly by: Presser }
  | { readonly type: 'resume from a card'; readonly change: string; readonly by: Presser }
  /** Of everything: no service's, see `decideStop`. */
  | { readonly type: 'stop'; readonly reason: string; readonly by: Presser }
  | { readonly type: 'resume all'; readonly by: Presser }
  | { readonly type: 'retry'; readonly deployment: string; readonly by: Presser }
  | {
      readonly type: 'roll back';
      readonly deployment: string;
      /** The deployment that the button named as where it leads. */
      readonly to?: string;
      readonly by: Presser;
    }
  | { readonly type: 'roll back service'; readonly service: string; readonly by: Presser }
  | { readonly type: 'cancel'; readonly deployment: string; readonly by: Presser }
  | { readonly type: 'withdraw'; readonly deployment: string; readonly by: Presser }
  | { readonly type: 're-run'; readonly change: string; readonly by: Presser }
  /** A button that this version does not know: of a card that a later one has drawn. */
  | { readonly type: 'unknown press'; readonly action: string; readonly by: Presser };

export type PressOf<T extends Press['type']> = Extract<Press, { type: T }>;

/** What GitHub tells. */
export type Seen =
  | { readonly type: 'staging seen'; readonly service: string; readonly run: StagingRun }
  | { readonly type: 'production seen'; readonly service: string; readonly run: ProductionRun }
  /** A job of a production run moved: read the run again. */
  | { readonly type: 'job moved'; readonly service: string; readonly runId: number };

/** A run in a list of GitHub's, as what it would mean, with the moment of its last change (ISO 8601). */
export interface Listed {
  readonly seen: Extract<Seen, { type: 'staging seen' | 'production seen' }>;
  readonly updatedAt: string;
  /** A staging run that passed. */
  readonly passed: boolean;
}

export type DispatchAnswer =
  | { readonly is: 'accepted'; readonly runId: number; readonly url: string }
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'rate limited'; readonly retryAfterMs: number }
  | { readonly is: 'unknown' };

/** `gone`: there is no such run any more. `not taken`: GitHub did not answer, or not now, and is asked again. */
export type CancelAnswer =
  | { readonly is: 'gone' }
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'not taken' };

/** What our own jobs find. Deployments are named by id: these never come from outside. */
type Found =
  | { readonly type: 'start next'; readonly service: string }
  | {
      readonly type: 'dispatch answered';
      readonly service: string;
      readonly deploymentId: number;
      readonly answer: DispatchAnswer;
    }
  /** The request was not sent in time: everything is asked again. */
  | { readonly type: 'not sent'; readonly service: string; readonly deploymentId: number }
  /** GitHub answered a look-up and the run was not there. */
  | { readonly type: 'not found'; readonly service: string; readonly deploymentId: number }
  | {
      readonly type: 'cancel answered';
      readonly service: string;
      readonly deploymentId: number;
      readonly answer: CancelAnswer;
    }
  /** GitHub refuses to cancel a run that was found after another had taken its place. */
  | {
      readonly type: 'stray refused';
      readonly service: string;
      readonly deploymentId: number;
      readonly runId: number;
      readonly message: string;
    }
  | { readonly type: 'time passed'; readonly service: string; readonly deploymentId: number }
  /** The newest change of a continuous service may be due, or a lock old or over: time has passed over the service. */
  | { readonly type: 'service time passed'; readonly service: string }
  | {
      readonly type: 're-run not seen';
      readonly refused?: string;
      readonly service: string;
      readonly changeId: number;
      readonly attempt: number;
    };

export type Command = Press | Seen | Found;
