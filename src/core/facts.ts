/** What Slack and GitHub are asked before a decision, after the command was saved. A missing answer is not a fact. */

import type { Given } from './deployment/asks.js';
import type { Pauses } from './pauses.js';
import type { Refusal } from './refusal.js';

/** Whether a person has the permission, by a look-up that began after the press. */
export type Permission =
  | { readonly is: 'granted' }
  | { readonly is: 'denied'; readonly refusal: Refusal }
  | { readonly is: 'not looked up'; readonly retryAfterMs: number | null };

/** Of several that are all needed: one that is denied, else one that was not looked up, else granted. */
export const strictest = (all: readonly Permission[]): Permission =>
  all.find(({ is }) => is === 'denied') ?? all.find(({ is }) => is !== 'granted') ?? { is: 'granted' };

/** The most commits that are read of one comparison: nobody could review a larger set. */
export const MOST_COMMITS = 1_000;

export interface Comparison {
  readonly status: 'identical' | 'ahead' | 'behind' | 'diverged';
  readonly aheadBy: number;
  /** How many of these commits touch none of the service's paths; missing if none does, and where that was not asked. */
  readonly others?: number;
}

/**
 * A fact that GitHub did not give: no answer, a refusal in its own words, a rate limit, or `failed`, the HTTP status of
 * an error of its own.
 */
export type Untold =
  | 'unavailable'
  | { readonly refused: string }
  | { readonly retryAfterMs: number }
  | { readonly failed: number };

/** What would ship, counted for an approval, and its authors. */
export interface Shipped {
  /** The SHA that it was counted from; null when nothing is known to be live: the change alone. */
  readonly from: string | null;
  /** Every commit, oldest first; empty for a rollback. */
  readonly shas: readonly string[];
  /** How many of them touch none of the service's paths, so that their authors are not asked for; missing if none does. */
  readonly others?: number;
  /** The Slack users who wrote or co-wrote a commit; `not looked up` when Slack did not answer. */
  readonly authors: readonly { readonly user: string; readonly sha: string }[] | 'not looked up';
  /** Authors who were not found in Slack, as git or GitHub names them. */
  readonly unmatched: readonly string[];
}

/** What the config's `people` says of a login instead of a Slack user id: a tool writes under it, not a person. */
export const TOOL = 'tool';

/** Whether a fact is missing because GitHub did not give it. */
export function isUntold(fact: Comparison | Shipped | boolean | Untold | null | undefined): fact is Untold {
  if (typeof fact !== 'object' || fact === null) return fact === 'unavailable';
  return 'refused' in fact || 'retryAfterMs' in fact || 'failed' in fact;
}

/** How many commits ship, without those that touch none of the service's paths. */
export const countOf = ({ aheadBy, others = 0 }: Comparison): number => aheadBy - others;

/** The same of what was counted for an approval, for the ledger. */
export const countedIn = ({ shas, others }: Shipped): { readonly changes: number; readonly others?: number } => ({
  changes: shas.length - (others ?? 0),
  ...(others !== undefined && { others }),
});

/** Outside facts, gathered once, after the command was saved. Facts that the command does not need are absent. */
export interface Facts {
  /** The database's clock. */
  readonly now: Date;
  readonly deployId: string;
  readonly pauses: Pauses;
  readonly permission?: Permission;
  /** From what is live to the requested SHA; null when nothing is known to be live. */
  readonly comparison?: Comparison | Untold | null;
  readonly onBranch?: boolean | Untold;
  /** What a deployment that needs approval would ship, counted from what will be live when its turn comes. */
  readonly shipped?: Shipped | Untold;
  /** Whether the people who approved may still approve, by Slack user id. */
  readonly approvers?: ReadonlyMap<string, Permission>;
  /** The number of changes that the person was asked to confirm; null when none. */
  readonly confirmed?: number | null;
  /** The time for which they had requested it when they were asked; null: none. */
  readonly askedFor?: Date | null;
  /** What they had answered before that. */
  readonly answers?: Given;
  /**
   * The deployment that the facts were gathered for, and the SHA that was live; `shut`: a gate was shut, so nothing was
   * looked up.
   */
  readonly gatheredFor?: { readonly deploymentId: number; readonly live: string | null; readonly shut?: true } | null;
  /** The conclusion of the first attempt, for a re-run whose first attempt was not seen to end. */
  readonly firstConclusion?: string | null;
}
