import type { Again } from '../flow/deliver.js';
import type { Answer } from './client.js';

/** GitHub did not say. `retryAfterMs` is how long its rate limit asks not to be asked; null: no usable answer. */
export interface Silent {
  readonly is: 'no answer';
  readonly retryAfterMs: number | null;
}

/** What is left of an answer that says nothing of what was asked for. */
export const silent = (answer: Answer<unknown>): Silent => ({
  is: 'no answer',
  retryAfterMs: answer.is === 'rate limited' ? answer.retryAfterMs : null,
});

/** The error of a call that was not answered; `waitOf` gives back how long GitHub asks not to be asked, in ms. */
export const unanswered = (answer: Answer<unknown>, message: string): Error =>
  Object.assign(new Error(message), { retryAfterMs: silent(answer).retryAfterMs });

export function waitOf(error: unknown): number {
  const { retryAfterMs } = (error ?? {}) as { retryAfterMs?: unknown };
  return typeof retryAfterMs === 'number' ? retryAfterMs : 0;
}

/** Asks again after the usual time, or after what GitHub asks for where that is longer; never after more than `mostMs`. */
export function later({ retryAfterMs }: Silent, usualMs: number, mostMs = Number.POSITIVE_INFINITY): Again {
  if (retryAfterMs === null) return { afterMs: usualMs };
  return { afterMs: Math.min(Math.max(usualMs, retryAfterMs), mostMs), atLeast: true };
}

/** Makes a call to a repository, or answers for GitHub that it must not be asked yet. */
export type Patiently = <T>(repository: string, call: () => Promise<T | Silent>) => Promise<T | Silent>;

/**
 * Until GitHub's `retry-after` is over, nothing asks again: no second press, no delivery, no sweep. Asking on costs an App its
 * access (docs: best practices for using the REST API). Known to this replica alone; jobs carry the wait to the others.
 */
export function createPatience(): Patiently {
  const until = new Map<string, number>();
  return async (repository, call) => {
    const left = (until.get(repository) ?? 0) - Date.now();
    if (left > 0) return { is: 'no answer', retryAfterMs: left };
    const answer = await call();
    const wait = waitOf(answer);
    if (wait > 0) until.set(repository, Date.now() + wait);
    return answer;
  };
}
