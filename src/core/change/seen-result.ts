/** One attempt at a required result, as GitHub reports it. */
export interface SeenResult {
  /** The key of what is required. */
  readonly of: string;
  /** Of the run, the check run or the status. */
  readonly id: number;
  readonly attempt: number;
  readonly status: 'running' | 'passed' | 'failed';
  /** GitHub's own word for it: success, skipped, in_progress, pending … */
  readonly word: string;
  readonly url: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly updatedAt: string;
  /** Who asked for a re-run of this attempt that has not started yet. */
  readonly askedBy?: string;
}
