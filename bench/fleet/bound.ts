/** How often something is allowed: so many at once, and from then on so many a minute. */
export interface Allowed {
  readonly perMinute: number;
  readonly burst: number;
}

/**
 * When each of these could be through at the earliest if nothing but this limit held them up, in order; both in
 * milliseconds. In whatever order they are let through, the n-th cannot be through before the n-th of these times.
 */
export function atBest(arrivals: readonly number[], { perMinute, burst }: Allowed): number[] {
  const eachMs = 60_000 / perMinute;
  // When all that was let through so far would have been, had there been no burst.
  let paid = Number.NEGATIVE_INFINITY;
  return [...arrivals]
    .sort((a, b) => a - b)
    .map((arrival) => {
      const through = Math.max(arrival, paid - (burst - 1) * eachMs);
      paid = Math.max(paid, through) + eachMs;
      return through;
    });
}

/** How much later than at best each was through: the n-th of one compared with the n-th of the other. */
export function behind(through: readonly number[], best: readonly number[]): number[] {
  const sorted = [...through].sort((a, b) => a - b);
  return sorted.map((time, n) => Math.max(0, time - (best[n] ?? time)));
}
