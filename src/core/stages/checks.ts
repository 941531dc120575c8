/** The checks of a stage: what is asked all through its bake, what an answer means, and when the next one is due. */

/** An address that is asked again and again. */
export interface HttpCheck {
  /** http or https, without a login. */
  readonly get: string;
  readonly everyMs: number;
  /** The status that is right. */
  readonly expect: number;
  /** So many failures in a row fail the stage. */
  readonly fails: number;
}

/** A workflow that is run once for the stage; its end decides. */
interface WorkflowCheck {
  /** Its file name. */
  readonly workflow: string;
}

/** How far the run of a check workflow is. */
export interface CheckRun {
  readonly is: 'due' | 'sent' | 'running' | 'passed' | 'failed' | 'over';
  readonly url: string | null;
}

/** The checks of a stage, of which any can fail it. */
export interface StageChecks {
  readonly http: readonly HttpCheck[];
  readonly workflow: WorkflowCheck | null;
}

export const NO_CHECKS: StageChecks = { http: [], workflow: null };

/** Why an answer was not the one that is expected. */
export type AskFault =
  | 'status'
  /** It leads elsewhere, where nobody follows. */
  | 'redirect'
  | 'timeout'
  /** No connection, one that broke off, or what came is no HTTP. */
  | 'no answer'
  | 'no such name'
  | 'tls'
  | 'private address'
  /** The forward proxy in between opened no tunnel. */
  | 'proxy';

/** What came of one request. */
export type Asked =
  | { readonly is: 'as expected'; readonly status: number; readonly ms: number }
  | {
      readonly is: 'failed';
      readonly why: AskFault;
      /** null: no status came. */
      readonly status: number | null;
      /** Plain, without secrets, at most 200 characters: what was answered, where a redirect leads, or the code of the fault. */
      readonly words: string;
      readonly ms: number;
    };

export interface CheckState {
  readonly failuresInARow: number;
  /** null: not asked yet. */
  readonly lastAt: Date | null;
  /** Of the last answer, if it was a failure. */
  readonly lastWords: string | null;
  /** A whole number of `everyMs` after the start. */
  readonly nextAt: Date;
}

/** At the start of a bake: due at once. */
export const unasked = (startedAt: Date): CheckState => ({
  failuresInARow: 0,
  lastAt: null,
  lastWords: null,
  nextAt: startedAt,
});

/**
 * Whether a check is to be asked. One that is due only in more than twice its time was planned by a clock that has been put
 * back since: it is asked now, and is in step again.
 */
export function isDue(
  { everyMs }: Pick<HttpCheck, 'everyMs'>,
  { nextAt }: Pick<CheckState, 'nextAt'>,
  now: Date,
): boolean {
  const waits = nextAt.getTime() - now.getTime();
  return waits <= 0 || waits > 2 * everyMs;
}

/**
 * The state after an answer that came at `now`, and whether the stage has failed with it. One success makes up for all
 * failures before it. The times are those of the first plan however late an answer is, so they do not drift: a request that
 * began late by half of `everyMs` or more counts as that of the next time, so that two are never closer than that half.
 */
export function afterAnswer(
  { everyMs, fails }: Pick<HttpCheck, 'everyMs' | 'fails'>,
  { failuresInARow, nextAt }: CheckState,
  asked: Asked,
  now: Date,
): { readonly state: CheckState; readonly hasFailed: boolean } {
  const began = now.getTime() - asked.ms;
  const slots = Math.round((began - nextAt.getTime()) / everyMs) + 1;
  const failures = asked.is === 'failed' ? failuresInARow + 1 : 0;
  return {
    state: {
      failuresInARow: failures,
      lastAt: now,
      lastWords: asked.is === 'failed' ? asked.words : null,
      nextAt: new Date(nextAt.getTime() + slots * everyMs),
    },
    hasFailed: failures >= fails,
  };
}
