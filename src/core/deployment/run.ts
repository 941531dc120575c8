/** The production run on GitHub. */
export interface Run {
  readonly id: number;
  readonly url: string;
  readonly attempt: number;
  readonly startedAt: Date;
}
