/** What is told of a deployment beside its card, and how. */

/**
 * `none`: not at all; `thread`: a line in the card's thread; `mention`: that line mentions whom it concerns; `direct`: they get
 * a message of their own beside the line.
 */
export type How = 'none' | 'thread' | 'mention' | 'direct';

/** How the people whom something concerns hear of it; for each service, from its config. */
export interface Notify {
  /** To the author of the change. */
  readonly stagingFailed: How;
  /** To those who may approve it. */
  readonly approvalNeeded: How;
  /** A stage waits for Continue: to whoever requested the deployment. */
  readonly continueNeeded: How;
  /** To the author, and to whoever requested the deployment. It also stands for lost and hung. */
  readonly productionFailed: How;
  /** To the author, and to whoever requested the deployment. */
  readonly live: How;
  /** All other steps of a deployment; they concern nobody in particular. */
  readonly steps: 'none' | 'thread';
}

/** What people are called for. */
export type Outcome = Exclude<keyof Notify, 'steps'>;

/** How a failed run is told, of staging or of production, beside its card. */
export const howFailed = (notify: Notify, where: 'staging' | 'production'): How =>
  notify[where === 'staging' ? 'stagingFailed' : 'productionFailed'];
