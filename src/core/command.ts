/** Everything that can happen to a service, as data. Commands of people are kept in `inbox`; the rest comes from our jobs. */

import type { StagingRun } from './change/change.js';
import type { SeenResult } from './change/seen-result.js';
import type { Touches } from './change/touches.js';
import type { Given } from './deployment/asks.js';
import type { ProductionRun } from './deployment/deployment.js';
import type { Asked } from './stages/checks.js';

/** Who pressed: the Slack user, and the user's team according to Slack (never the channel's team). */
export interface Presser {
  readonly user: string;
  readonly team: string | null;
}

/** A press or a typed command. Ids are opaque keys of rows; nothing else in a payload is trusted. */
export type Press =
  | {
      readonly type: 'deploy';
      readonly change: string;
      readonly from: 'card' | 'command';
      /** The reason, for break glass. */
      readonly override?: string;
      /** The person confirms the number of changes they were asked about. */
      readonly all?: true;
      /** What they answered, where the service asks. */
      readonly answers?: Given;
      readonly by: Presser;
    }
  /**
   * A Deploy that is to start then (ISO 8601, a whole minute). It is a type of its own, because a replica of an earlier version
   * would start a Deploy at once.
   */
  | {
      readonly type: 'deploy at';
      readonly change: string;
      readonly from: 'command';
      readonly startAt: string;
      readonly override?: undefined;
      readonly all?: undefined;
      readonly answers?: Given;
      readonly by: Presser;
    }
  | { readonly type: 'approve'; readonly deployment: string; readonly by: Presser }
  | { readonly type: 'reject'; readonly deployment: string; readonly reason: string; readonly by: Presser }
  | { readonly type: 'sign off'; readonly deployment: string; readonly by: Presser }
  /** This newer deployment replaces older ones in the queue; their changes ship with it. */
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
  /** Gives up the run that keeps the service and does not end. */
  | { readonly type: 'give up'; readonly service: string; readonly reason: string; readonly by: Presser }
  | { readonly type: 'unlock'; readonly service: string; readonly by: Presser }
  | { readonly type: 'resume'; readonly service: string; readonly by: Presser }
  | { readonly type: 'resume from a card'; readonly change: string; readonly by: Presser }
  /** Concerns all services; see `decideStop`. */
  | { readonly type: 'stop'; readonly reason: string; readonly by: Presser }
  | { readonly type: 'resume all'; readonly by: Presser }
  | { readonly type: 'retry'; readonly deployment: string; readonly by: Presser }
  | {
      readonly type: 'roll back';
      readonly deployment: string;
      /** The deployment that the button said it would restore. */
      readonly to?: string;
      readonly by: Presser;
    }
  | { readonly type: 'roll back service'; readonly service: string; readonly by: Presser }
  /** `stage`: the key of the stage that the button was drawn for. */
  | { readonly type: 'continue'; readonly deployment: string; readonly stage: string; readonly by: Presser }
  | { readonly type: 'stop here'; readonly deployment: string; readonly stage: string; readonly by: Presser }
  | { readonly type: 'cancel'; readonly deployment: string; readonly by: Presser }
  | { readonly type: 'withdraw'; readonly deployment: string; readonly by: Presser }
  | { readonly type: 're-run'; readonly change: string; readonly by: Presser }
  /** A button that this version does not know, from a card drawn by a later version. */
  | { readonly type: 'unknown press'; readonly action: string; readonly by: Presser };

export type PressOf<T extends Press['type']> = Extract<Press, { type: T }>;

/**
 * Which list of the poll showed a run: that of its workflow, that of its repository, or only the latter although both were
 * read.
 */
export type FoundIn = 'workflow' | 'repository' | 'repository alone';

/** What GitHub reports. `foundIn`: by the poll, not by webhook. */
export type Seen =
  | { readonly type: 'staging seen'; readonly service: string; readonly run: StagingRun; readonly foundIn?: FoundIn }
  | {
      readonly type: 'production seen';
      readonly service: string;
      readonly run: ProductionRun;
      readonly foundIn?: FoundIn;
    }
  /** What else is required of a commit, as reported, or as read: then its status is found anew, news or not. */
  | {
      readonly type: 'results seen';
      readonly service: string;
      readonly sha: string;
      readonly results: readonly SeenResult[];
      readonly foundIn?: FoundIn;
    }
  /** A job of a production run changed: read the run again. */
  | { readonly type: 'job moved'; readonly service: string; readonly runId: number };

/** A run from one of GitHub's lists, as the command it stands for, with its times as GitHub tells them (ISO 8601). */
export interface Listed {
  readonly seen: Extract<Seen, { type: 'staging seen' | 'production seen' | 'results seen' }>;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Whether it is a staging run that passed. */
  readonly passed: boolean;
}

/**
 * One of GitHub's lists of runs: of a whole repository, in lower case, or of one workflow of a service. The list by branch
 * and event may lag behind for hours (cli/cli#5474, max-sixty/tend#348), while the one of a repository is current.
 */
export type RunList =
  | { readonly of: 'repository'; readonly repository: string }
  | { readonly of: 'staging' | 'production'; readonly service: string };

/** A page of a list: the runs of ours on it, newest first, when its oldest was created (ISO 8601), and whether it is the last. */
export interface RunPage {
  readonly runs: readonly Listed[];
  readonly oldest: string | null;
  readonly isLast: boolean;
}

export type DispatchAnswer =
  | { readonly is: 'accepted'; readonly runId: number; readonly url: string }
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'rate limited'; readonly retryAfterMs: number }
  | { readonly is: 'unknown' };

/** `gone`: the run no longer exists. `not taken`: GitHub gave no usable answer; the cancel is sent again. */
export type CancelAnswer =
  | { readonly is: 'gone' }
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'not taken' };

/** What our own jobs find. These name deployments by id, since they never come from outside. */
type Found =
  | { readonly type: 'start next'; readonly service: string }
  | {
      readonly type: 'dispatch answered';
      readonly service: string;
      readonly deploymentId: number;
      /** Of the start that it answers: one that comes late may be about an earlier stage. */
      readonly deployId?: string;
      readonly answer: DispatchAnswer;
    }
  /** The request was not sent in time; all rules are checked again. */
  | { readonly type: 'not sent'; readonly service: string; readonly deploymentId: number }
  /** GitHub refuses to look up the run, in its own words. */
  | {
      readonly type: 'look-up refused';
      readonly service: string;
      readonly deploymentId: number;
      readonly message: string;
    }
  /** GitHub answered a look-up, and the run was not there. */
  | { readonly type: 'not found'; readonly service: string; readonly deploymentId: number }
  /** GitHub showed the run of a deployment, or said that it has none. */
  | { readonly type: 'run read'; readonly service: string; readonly deploymentId: number; readonly shown: boolean }
  | {
      readonly type: 'cancel answered';
      readonly service: string;
      readonly deploymentId: number;
      readonly answer: CancelAnswer;
    }
  /** GitHub refuses to cancel a run that was found after another deployment had taken its place. */
  | {
      readonly type: 'stray refused';
      readonly service: string;
      readonly deploymentId: number;
      readonly runId: number;
      readonly message: string;
    }
  | { readonly type: 'time passed'; readonly service: string; readonly deploymentId: number }
  /** What the HTTP checks of a stage were answered, each by its place among them. */
  | {
      readonly type: 'checked';
      readonly service: string;
      readonly deploymentId: number;
      readonly place: number;
      /** `agoMs`: before the command was given; they do not all come at the same time. */
      readonly answers: readonly { readonly nth: number; readonly asked: Asked; readonly agoMs: number }[];
    }
  /** The run of a stage's check workflow ended; `failure`: why it is no success. */
  | {
      readonly type: 'check run ended';
      readonly service: string;
      readonly deploymentId: number;
      readonly place: number;
      readonly failure: string | null;
      readonly url: string | null;
    }
  /** Time has passed: the newest change of a continuous service may be due, or a lock may be old or over. */
  | { readonly type: 'service time passed'; readonly service: string }
  /** Whether a change touches the paths of its service. */
  | ({ readonly type: 'touches seen'; readonly service: string } & Touches)
  | {
      readonly type: 'result re-run not seen';
      /** GitHub's words. */
      readonly refused?: string;
      readonly service: string;
      readonly changeId: number;
      readonly runId: number;
      readonly attempt: number;
    }
  | {
      readonly type: 're-run not seen';
      /** GitHub's words; `forGood`: it will never run this attempt again. */
      readonly refused?: string;
      readonly forGood?: boolean;
      readonly service: string;
      readonly changeId: number;
      readonly attempt: number;
    };

export type Command = Press | Seen | Found;
