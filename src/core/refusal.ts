/** A refusal names its rule and the rule's numbers; the words are the views'. */

import type { ChangeRef } from './change/change.js';
import type { Status } from './deployment/deployment.js';

export type Refusal =
  | { readonly rule: 'not a full member'; readonly why: 'stranger' | 'guest' | 'deactivated' | 'bot' }
  | { readonly rule: 'not a deployer'; readonly service: string; readonly deployers: readonly string[] }
  | { readonly rule: 'not an approver'; readonly service: string; readonly approvers: readonly string[] }
  /** Break glass is for those whom the config names, whoever may deploy. */
  | { readonly rule: 'may not override'; readonly service: string; readonly override: readonly string[] }
  /** Nobody approves, or signs off, what they asked for themselves. */
  | { readonly rule: 'own request'; readonly sha: string }
  /** They wrote, or helped to write, these commits of what ships. */
  | { readonly rule: 'author of what ships'; readonly sha: string; readonly commits: readonly string[] }
  | { readonly rule: 'approved already'; readonly sha: string; readonly at: Date }
  | { readonly rule: 'signed off already'; readonly sha: string; readonly by: string; readonly at: Date }
  /** Told to who asked: somebody who may approve said no. */
  | {
      readonly rule: 'rejected by a person';
      readonly service: string;
      readonly sha: string;
      readonly by: string;
      readonly reason: string;
    }
  /** Told to who asked: what it waited for did not come in time. */
  | { readonly rule: 'expired'; readonly service: string; readonly sha: string; readonly reason: string }
  /** Told to who asked: somebody had a newer request take its place. */
  | {
      readonly rule: 'replaced';
      readonly service: string;
      readonly sha: string;
      readonly by: string;
      readonly newer: string;
    }
  /** What would ship is not what was asked for approval; the card shows what would ship now. */
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
  /** More changes in one deployment than the config allows without a confirmation of their number. */
  | {
      readonly rule: 'too many changes';
      readonly service: string;
      readonly sha: string;
      readonly count: number;
      readonly most: number;
      /** The change's key, for the button that confirms the number; null where nobody waits for the answer. */
      readonly change: string | null;
    }
  | { readonly rule: 'not locked'; readonly service: string }
  | { readonly rule: 'not stopped' }
  | { readonly rule: 'not paused'; readonly service: string }
  | { readonly rule: 'not held'; readonly service: string; readonly sha: string }
  | { readonly rule: 'not continuous'; readonly service: string }
  /** Nothing older is queued that it could take the place of. */
  | { readonly rule: 'nothing to replace'; readonly service: string; readonly sha: string }
  | { readonly rule: 'not looked up'; readonly whom: 'slack' | 'github' }
  /** GitHub does not do what was asked, in its own words. */
  | {
      readonly rule: 'github refuses';
      readonly what: 'Cancel' | 'Re-run';
      readonly service: string;
      readonly sha: string;
      readonly message: string;
    }
  /** GitHub does not tell what a start rests on, in its own words. Nothing was started. */
  | {
      readonly rule: 'github refuses to compare';
      readonly service: string;
      readonly sha: string;
      readonly message: string;
    }
  /** GitHub gave no usable answer to it, and a minute later there is no new attempt. */
  | { readonly rule: 're-run not seen'; readonly service: string; readonly sha: string; readonly url: string }
  | { readonly rule: 'unknown button' }
  | { readonly rule: 'unknown service'; readonly service: string }
  | {
      readonly rule: 'not passed staging';
      readonly sha: string;
      readonly staging: 'running' | 'failed';
      readonly url: string;
    }
  | { readonly rule: 'superseded'; readonly service: string; readonly sha: string; readonly by: ChangeRef }
  | { readonly rule: 'already live'; readonly sha: string; readonly since: Date; readonly by: string }
  | { readonly rule: 'behind what is live'; readonly sha: string; readonly live: string }
  | { readonly rule: 'diverged from what is live'; readonly sha: string; readonly live: string }
  | { readonly rule: 'not on the branch'; readonly sha: string; readonly branch: string }
  | { readonly rule: 'nothing to roll back to'; readonly service: string }
  /** A roll back would not deploy what its button named, but this. */
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
      /** Who approved it last, where that is what brought it there. */
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

/** Why what would ship is not what was approved. */
export type Changed =
  | 'it holds changes that were not in it'
  | 'more approvals are asked for by now'
  | 'production was rolled back or changed from outside'
  | 'an approver may not approve any more'
  | 'an approver turned out to be an author';

/** The rule's numbers, for the ledger: everything a refusal holds beside its rule, as plain values. */
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

/** A refusal as it comes back from JSON, its moments as dates again. */
export function reviveRefusal(refusal: Refusal): Refusal {
  if ('since' in refusal) {
    const revived = { ...refusal, since: new Date(refusal.since) };
    return 'until' in revived && revived.until !== null ? { ...revived, until: new Date(revived.until) } : revived;
  }
  if ('at' in refusal) return { ...refusal, at: refusal.at === null ? null : new Date(refusal.at) } as Refusal;
  return refusal;
}
