/** What change management is told: a deployment was requested or approved, went live, failed, or ended in another way. */

/** The kinds of ledger lines that are news to it; an approval is when no other is missing. The index of migrations/0030 has them too. */
export const NEWS_KINDS = [
  'requested',
  'break glass',
  'approved',
  'live',
  'failed',
  'rejected',
  'withdrawn',
  'expired',
  'cancelled',
  'lost',
  'given up',
  'stopped',
] as const;
export type NewsKind = (typeof NEWS_KINDS)[number];

export const isNewsKind = (kind: string): kind is NewsKind => NEWS_KINDS.some((one) => one === kind);

/** One of them, from its line in the ledger and its deployment. Its times are the database's. */
export interface OutcomeNews {
  readonly kind: NewsKind;
  /** The line's number and hash. */
  readonly seq: number;
  readonly hash: string;
  readonly at: Date;
  /** A Slack user id; `github:LOGIN` or `pushbutton` if nobody in Slack acted. */
  readonly actor: string;
  readonly reason: string | null;
  readonly service: string;
  readonly sha: string;
  readonly deployId: string;
  readonly deploys: 'deploy' | 'retry' | 'roll back';
  readonly requestedBy: string;
  readonly isOverride: boolean;
  readonly runUrl: string | null;
  /** The SHA that another deployment had brought live last, by then; null if none had. Runs outside Pushbutton do not count. */
  readonly liveBefore: string | null;
  /** The ids of the tickets of all changes that it brings to production or takes from it, the newest change first, each once. */
  readonly tickets: readonly string[];
}
