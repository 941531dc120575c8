/** What is asked of Slack and GitHub before a decision, after the command was saved. What was not told is no fact. */

import type { Pauses } from './pauses.js';
import type { Refusal } from './refusal.js';

/** Whether a person may, by a look-up that began after the press. */
export type Permission =
  | { readonly is: 'granted' }
  | { readonly is: 'denied'; readonly refusal: Refusal }
  | { readonly is: 'not looked up'; readonly retryAfterMs: number | null };

/** Of one comparison no more commits are asked for, or told: a set larger than this is one that nobody could look at. */
export const MOST_COMMITS = 1_000;

export interface Comparison {
  readonly status: 'identical' | 'ahead' | 'behind' | 'diverged';
  readonly aheadBy: number;
}

/** A fact that GitHub did not tell: it gave no answer, refuses in its own words, or wants to be asked later. */
export type Untold = 'unavailable' | { readonly refused: string } | { readonly retryAfterMs: number };

/** What would ship, counted for an approval, and who wrote it. */
export interface Shipped {
  /** The SHA that it was counted from; null: nothing is known live, the change alone. */
  readonly from: string | null;
  /** Every commit, oldest first; none for a roll back. */
  readonly shas: readonly string[];
  /** The people in Slack who wrote, or helped to write, a commit of it. Slack may not answer. */
  readonly authors: readonly { readonly user: string; readonly sha: string }[] | 'not looked up';
  /** Authors whom nobody in Slack could be matched with, as git or GitHub names them. */
  readonly unmatched: readonly string[];
}

export function isUntold(fact: Comparison | Shipped | boolean | Untold | null | undefined): fact is Untold {
  if (typeof fact !== 'object' || fact === null) return fact === 'unavailable';
  return 'refused' in fact || 'retryAfterMs' in fact;
}

/** Outside facts, gathered once and after the command was saved. A fact that a command does not need is absent. */
export interface Facts {
  /** The database's clock. */
  readonly now: Date;
  readonly deployId: string;
  readonly pauses: Pauses;
  readonly permission?: Permission;
  /** From what is live to the SHA asked for; null when nothing is known live. */
  readonly comparison?: Comparison | Untold | null;
  readonly onBranch?: boolean | Untold;
  /** What a deployment that somebody has to approve would ship, from what will be live when its turn comes. */
  readonly shipped?: Shipped | Untold;
  /** Whether those who approved may still. */
  readonly approvers?: ReadonlyMap<string, Permission>;
  /** So many changes the person was asked to confirm before. */
  readonly confirmed?: number | null;
  /**
   * Which deployment the facts were gathered for, and what it was counted from; `shut` where nothing was asked, for a gate was
   * shut.
   */
  readonly gatheredFor?: { readonly deploymentId: number; readonly live: string | null; readonly shut?: true } | null;
  /** For a re-run of a run whose first end was never seen: how its first attempt ended. */
  readonly firstConclusion?: string | null;
}
