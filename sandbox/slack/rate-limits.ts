/** How often a method may be called; Slack's tiers, and `special` for the generous ones. */
export type Tier = 'channel' | 2 | 3 | 4 | 'special';

// docs.slack.dev/apis/web-api/rate-limits: calls a minute; `channel` is one message a second with a short burst, `workspace`
// the several hundred messages a minute that all channels share.
const rates: Record<Tier | 'workspace', { perMinute: number; burst: number }> = {
  channel: { perMinute: 60, burst: 2 },
  workspace: { perMinute: 600, burst: 600 },
  2: { perMinute: 20, burst: 20 },
  3: { perMinute: 50, burst: 50 },
  4: { perMinute: 100, burst: 100 },
  special: { perMinute: 600, burst: 600 },
};

/** Token buckets, one per key. `take` returns 0 if the call may go, else the whole seconds to wait. */
export function createRateLimits(now: () => number) {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(key: string, tier: Tier | 'workspace'): number {
      const { perMinute, burst } = rates[tier];
      const at = now();
      const bucket = buckets.get(key) ?? { tokens: burst, at };
      const tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) * perMinute) / 60_000);
      buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at });
      return tokens >= 1 ? 0 : Math.max(1, Math.ceil(((1 - tokens) * 60) / perMinute));
    },
  };
}
