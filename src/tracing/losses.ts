/** Counts the spans that do not reach the collector, and tells it seldom. */

export type Warn = (details: object, message: string) => void;

/** How seldom it is told. */
const SAID_MS = 600_000;

/** `now`: in ms, of a clock that is never set. */
export function createLosses(warn: Warn, now: () => number = () => performance.now()) {
  let refused = 0;
  let dropped = 0;
  let err: Error | undefined;
  let saidAt = Number.NEGATIVE_INFINITY;

  function sayNow(): void {
    if (refused + dropped === 0) return;
    warn({ spans: refused + dropped, dropped, ...(err && { err }) }, 'the collector did not take all traces');
    [refused, dropped, err, saidAt] = [0, 0, undefined, now()];
  }

  return {
    /** They were sent in vain, or could not be sent any more. */
    refused: (spans: number, why: Error | undefined): void => {
      refused += spans;
      err = why ?? err;
    },
    /** One more than may wait. */
    dropped: (): void => {
      dropped += 1;
    },
    /** Tells what was lost since it was told last, unless that was less than ten minutes ago. */
    say: (): void => {
      if (now() - saidAt >= SAID_MS) sayNow();
    },
    /** Tells it whenever that was. */
    sayNow,
  };
}
