import { plain } from '../core/change/plain.js';
import type { Again } from '../flow/deliver.js';
import { whoseLimits } from './budget.js';
import { type Answer, type Auth, split } from './client.js';

/** GitHub gave no usable answer. `retryAfterMs`: how long its rate limit asks us to wait; null without a rate limit. */
export interface Silent {
  readonly is: 'no answer';
  readonly retryAfterMs: number | null;
  /** GitHub's words and status, when it refuses what should be possible: a person must look. */
  readonly refused?: string;
}

/** GitHub's words and status, for people. */
export const refusalOf = ({ message, status }: { readonly message: string; readonly status: number }): string =>
  `${plain(message)} (${status})`;

/** Turns an answer that does not say what was asked for into `Silent`. */
export const silent = (answer: Answer<unknown>): Silent => ({
  is: 'no answer',
  retryAfterMs: answer.is === 'rate limited' ? answer.retryAfterMs : null,
  ...(answer.is === 'refused' && { refused: refusalOf(answer) }),
});

/** The error of a call that got no answer; `waitOf` returns how long GitHub asks us to wait, in ms. */
export const unanswered = (answer: Answer<unknown> | Silent, message: string): Error =>
  Object.assign(new Error(message), {
    retryAfterMs: 'retryAfterMs' in answer ? answer.retryAfterMs : null,
  });

export function waitOf(error: unknown): number {
  const { retryAfterMs } = (error ?? {}) as { retryAfterMs?: unknown };
  return typeof retryAfterMs === 'number' ? retryAfterMs : 0;
}

/** Retries after the usual time, or after the time that GitHub asks for if longer, but after at most `mostMs`. */
export function later({ retryAfterMs }: Silent, usualMs: number, mostMs = Number.POSITIVE_INFINITY): Again {
  if (retryAfterMs === null) return { afterMs: usualMs };
  return { afterMs: Math.min(Math.max(usualMs, retryAfterMs), mostMs), atLeast: true };
}

/** The answer in GitHub's place while it must not be asked: nothing was sent. */
interface NotAsked extends Silent {
  readonly retryAfterMs: number;
}

/**
 * Makes a call about a repository, or answers in GitHub's place while it must not be asked. An answer that says how long to
 * wait, as `retryAfterMs`, is heeded by every later call.
 */
export type Patiently = <T>(repository: string, call: () => Promise<T>) => Promise<T | NotAsked>;

/** GitHub's limits are over within an hour; who is told more asks again then. */
const MOST_WAIT_MS = 3_600_000;

/**
 * Until GitHub's `retry-after` is over, nothing asks again: no second press, no start, no delivery, no poll, no sweep. An
 * App that keeps asking may lose access (docs: best practices for using the REST API). All repositories of an owner share
 * its limits, and a token has one for all owners, so one that was refused speaks for the others. All who ask share one
 * patience, so that what one meets all know. Only this replica knows; jobs tell the others.
 */
export function createPatience(auth: Auth['kind']): Patiently {
  const until = new Map<string, number>();
  return async (repository, call) => {
    const owner = whoseLimits(auth, split(repository).owner);
    const left = (until.get(owner) ?? 0) - performance.now();
    if (left > 0) return { is: 'no answer', retryAfterMs: left };
    const answer = await call();
    const wait = waitOf(answer);
    if (wait > 0) until.set(owner, Math.max(until.get(owner) ?? 0, performance.now() + Math.min(wait, MOST_WAIT_MS)));
    return answer;
  };
}

/** The same for a call that throws when it gets no answer: it throws as well while GitHub must not be asked. */
export async function orThrow<T>(patiently: Patiently, repository: string, call: () => Promise<T>): Promise<T> {
  const answer = await patiently<T | Silent>(repository, () => call().catch(askedToWait));
  if (isSilent(answer)) throw unanswered(answer, 'GitHub must not be asked now');
  return answer;
}

function askedToWait(error: unknown): Silent {
  const retryAfterMs = waitOf(error);
  if (retryAfterMs === 0) throw error;
  return { is: 'no answer', retryAfterMs };
}

const isSilent = (answer: unknown): answer is Silent =>
  typeof answer === 'object' && answer !== null && 'is' in answer && answer.is === 'no answer';
