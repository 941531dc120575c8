/** A refusal names its rule and the rule's numbers; the views add the words. */

import type { ChangeRef } from './change/change.js';
import type { Status } from './deployment/deployment.js';

export type Refusal =
  | { readonly rule: 'not a full member'; readonly why: 'stranger' | 'guest' | 'deactivated' | 'bot' }
  | { readonly rule: 'not a deployer'; readonly service: string; readonly deployers: readonly string[] }
  | { readonly rule: 'not an approver'; readonly service: string; readonly approvers: readonly string[] }
  /** Break glass is only for the people named in the config. */
  | { readonly rule: 'may not override'; readonly service: string; readonly override: readonly string[] }
  /** Nobody approves or signs off their own request. */
  | { readonly rule: 'own request'; readonly sha: string }
  /** The person wrote or co-wrote these commits of what ships. */
  | { readonly rule: 'author of what ships'; readonly sha: string; readonly commits: readonly string[] }
  | { readonly rule: 'approved already'; readonly sha: string; readonly at: Date }
  | { readonly rule: 'signed off already'; readonly sha: string; readonly by: string; readonly at: Date }
  /** Sent to the requester: an approver rejected it, or somebody held the change. */
  | {
      readonly rule: 'rejected by a person';
      readonly service: string;
      readonly sha: string;
      readonly by: string;
      readonly reason: string;
    }
  /** Sent to the requester: what it waited for did not come in time. */
  | { readonly rule: 'expired'; readonly service: string; readonly sha: string; readonly reason: string }
  /** Sent to the requester: somebody replaced it with a newer request. */
  | {
      readonly rule: 'replaced';
      readonly service: string;
      readonly sha: string;
      readonly by: string;
      readonly newer: string;
    }
  /** What would ship is not what was submitted for approval; the card shows what would ship now. */
  | { readonly rule: 'what ships has changed'; readonly sha: string; readonly why: Changed }
  | {
      readonly rule: 'locked';
      readonly service: string;
      readonly by: string;
      readonly reason: string;
      readonly since: Date;
      readonly until: Date | null;
    }
  | {
      readonly rule: 'stopped';
      readonly service: string;
      readonly by: string;
      readonly reason: string;
      readonly since: Date;
    }
  | {
      readonly rule: 'frozen';
      readonly service: string;
      readonly reason: string;
      readonly since: Date;
      readonly until: Date;
    }
  | {
      readonly rule: 'held';
      readonly service: string;
      readonly sha: string;
      readonly by: string;
      readonly reason: string;
      readonly since: Date;
    }
  /** More changes at once than the config allows without a confirmation. */
  | {
      readonly rule: 'too many changes';
      readonly service: string;
      readonly sha: string;
      readonly count: number;
      readonly most: number;
      /** The key of the change, for the button that confirms the number; null when nobody can confirm. */
      readonly change: string | null;
      /** The time for which it was requested, if it was. */
      readonly at?: Date;
    }
  /** Answers are missing or cannot be given: inputs, lines of the checklist, and `input=answer` that are not offered. */
  | {
      readonly rule: 'not answered';
      readonly service: string;
      readonly sha: string;
      readonly missing: readonly string[];
      readonly checks: readonly string[];
      readonly wrong: readonly string[];
      /** The key of the change, for the button that asks; null when only a typed line can answer. */
      readonly change: string | null;
    }
  /** Only these people may give another answer than the default, which is empty where there is none. */
  | {
      readonly rule: 'may not answer';
      readonly service: string;
      readonly label: string;
      readonly answer: string;
      readonly standard: string;
      readonly answerers: readonly string[];
    }
  /** No run of the service is stuck; `status`: what is under way instead. */
  | { readonly rule: 'nothing to give up'; readonly service: string; readonly status: Status | null }
  | { readonly rule: 'not locked'; readonly service: string }
  | { readonly rule: 'not stopped' }
  | { readonly rule: 'not paused'; readonly service: string }
  | { readonly rule: 'not held'; readonly service: string; readonly sha: string }
  | { readonly rule: 'not continuous'; readonly service: string }
  /** No older deployment is queued that it could replace. */
  | { readonly rule: 'nothing to replace'; readonly service: string; readonly sha: string }
  /** `retryAfterMs`: how long the limit of such look-ups lasts, if that is why. */
  | { readonly rule: 'not looked up'; readonly whom: 'slack'; readonly retryAfterMs?: number }
  | { readonly rule: 'not looked up'; readonly whom: 'github' }
  /** GitHub refused the request, in its own words. */
  | {
      readonly rule: 'github refuses';
      readonly what: 'Cancel' | 'Re-run';
      readonly service: string;
      readonly sha: string;
      readonly message: string;
    }
  /** GitHub refused a check that the start needs, in its own words. Nothing was started. */
  | {
      readonly rule: 'github refuses to compare';
      readonly service: string;
      readonly sha: string;
      readonly message: string;
    }
  /** GitHub gave no usable answer to the re-run, and a minute later there is no new attempt. */
  | { readonly rule: 're-run not seen'; readonly service: string; readonly sha: string; readonly url: string }
  /** It was requested for a time that is further ahead than allowed. */
  | {
      readonly rule: 'too far ahead';
      readonly service: string;
      readonly sha: string;
      readonly at: Date;
      readonly mostMs: number;
    }
  /** The time for which it was requested was over long before the request could be decided. */
  | { readonly rule: 'time is over'; readonly service: string; readonly sha: string; readonly at: Date }
  | { readonly rule: 'unknown button' }
  | { readonly rule: 'unknown service'; readonly service: string }
  | {
      readonly rule: 'not passed staging';
      readonly sha: string;
      readonly staging: 'running' | 'failed';
      /** Of the run, or of what else is required and not green. */
      readonly url: string;
      /** What is required beside the push run and is not green, by its name; missing: it is the push run. */
      readonly result?: string;
      /** GitHub's word for it; `awaited` or `missing` when GitHub has none. */
      readonly word?: string;
    }
  /** What failed are checks or statuses of others, which GitHub cannot run again for us. */
  | {
      readonly rule: 'not ours to re-run';
      readonly service: string;
      readonly sha: string;
      readonly result: string;
      readonly url: string;
    }
  | { readonly rule: 'superseded'; readonly service: string; readonly sha: string; readonly by: ChangeRef }
  | { readonly rule: 'already live'; readonly sha: string; readonly since: Date; readonly by: string }
  | { readonly rule: 'behind what is live'; readonly sha: string; readonly live: string }
  | {
      readonly rule: 'diverged from what is live';
      readonly service: string;
      readonly sha: string;
      readonly live: string;
    }
  | { readonly rule: 'not on the branch'; readonly sha: string; readonly branch: string }
  | { readonly rule: 'nothing to roll back to'; readonly service: string }
  /** Roll back would now deploy `to`, not what its button named. */
  | { readonly rule: 'leads elsewhere'; readonly service: string; readonly sha: string; readonly to: string }
  | {
      readonly rule: 'no longer the last';
      readonly sha: string;
      readonly status: Status;
      readonly last: { readonly sha: string; readonly status: Status };
    }
  | {
      readonly rule: 'wrong state';
      readonly what: string;
      readonly sha: string;
      readonly status: Status;
      readonly by: string | null;
      readonly at: Date | null;
      /** Who approved it last, if it had approvals. */
      readonly approvedBy?: string;
    }
  | { readonly rule: 'not the requester'; readonly sha: string; readonly requestedBy: string }
  | {
      readonly rule: 'staging does not need it';
      readonly sha: string;
      readonly staging: 'running' | 'passed';
      readonly url: string;
    };

export type Rule = Refusal['rule'];

/** Why what would ship is no longer what was approved. */
export type Changed =
  | 'it contains additional changes'
  | 'more approvals are required now'
  | 'production was rolled back or changed from outside'
  | 'an approver may no longer approve'
  | 'an approver turned out to be an author';

/** The numbers of a refusal for the ledger: all its values but the rule and the SHA, as plain values. */
export function detailOf(refusal: Refusal): { [key: string]: string | number | boolean | null } {
  const plain = Object.entries(refusal).flatMap(([key, value]): [string, string | number | boolean | null][] => {
    if (key === 'rule' || key === 'sha') return [];
    if (value instanceof Date) return [[key, value.toISOString()]];
    if (Array.isArray(value)) return [[key, value.join(' ')]];
    if (typeof value !== 'object' || value === null) return [[key, value]];
    return 'sha' in value ? [[key, value.sha]] : [];
  });
  return Object.fromEntries(plain);
}

/** Restores the dates of a refusal that was read from JSON. */
export function reviveRefusal(refusal: Refusal): Refusal {
  if ('since' in refusal) {
    const revived = { ...refusal, since: new Date(refusal.since) };
    return 'until' in revived && revived.until !== null ? { ...revived, until: new Date(revived.until) } : revived;
  }
  if ('at' in refusal) return { ...refusal, at: refusal.at === null ? null : new Date(refusal.at) } as Refusal;
  return refusal;
}
