/** How much of GitHub's limits is left, as its answers say, so that the poll leaves the rest to deployments. */

import { type Auth, split } from './client.js';

/** What the poll may do now. `pauseMs`: ask nothing for so long; `stretch`: pauses are so many times as long. */
interface Budget {
  readonly pauseMs: number;
  readonly stretch: number;
}

export interface Budgets {
  /** What is left for a repository. */
  readonly budgetOf: (repository: string) => Budget;
  /** An answer of GitHub about an owner's repository, with how long it asks us to wait; null when it does not. */
  readonly note: (owner: string, headers: Headers, retryAfterMs: number | null) => void;
}

type Headers = Readonly<Record<string, unknown>>;

/** Below this part of an hour's calls, the poll asks less often; below that one, not until there are new ones. */
const LOW = 0.2;
const NEARLY_NONE = 0.05;
const MOST_MS = 3_600_000;

/** By what name GitHub counts calls: an App's for each owner's installation, a token's all together (docs: rate limits). */
export const whoseLimits = (auth: Auth['kind'], owner: string): string => (auth === 'token' ? '' : owner.toLowerCase());

/**
 * Keeps what GitHub's answers say of each installation, which is one for each owner; a token has one budget for all
 * (docs: rate limits for the REST API). `warn` is called once when the calls of an hour run low.
 */
export function createBudgets(auth: Auth['kind'], warn: (details: object, message: string) => void): Budgets {
  const known = new Map<string, { until: number; stretch: number }>();
  const standOf = (owner: string) => {
    const name = whoseLimits(auth, owner);
    const found = known.get(name) ?? { until: 0, stretch: 1 };
    known.set(name, found);
    return found;
  };
  return {
    budgetOf: (repository) => {
      const { until, stretch } = standOf(split(repository).owner);
      return { pauseMs: Math.max(0, until - performance.now()), stretch };
    },
    note: (owner, headers, retryAfterMs) => {
      const stand = standOf(owner);
      const pause = (ms: number) => {
        stand.until = Math.max(stand.until, performance.now() + Math.min(ms, MOST_MS));
      };
      if (retryAfterMs !== null) pause(retryAfterMs);
      const left = leftIn(headers);
      if (left === null) return;
      const { limit, remaining, resetMs } = left;
      const part = remaining / limit;
      const was = stand.stretch;
      stand.stretch = part >= LOW ? 1 : LOW / Math.max(part, NEARLY_NONE);
      if (part < NEARLY_NONE) pause(resetMs);
      if (was === 1 && stand.stretch > 1)
        warn({ owner, remaining, limit }, 'few calls to GitHub are left of this hour: it is polled less often');
    },
  };
}

/** What the headers say of the hourly limit, by GitHub's own clock, since this machine's may be minutes off. */
function leftIn(headers: Headers): { limit: number; remaining: number; resetMs: number } | null {
  const read = (name: string) => Number(headers[name] ?? Number.NaN);
  const [limit, remaining] = [read('x-ratelimit-limit'), read('x-ratelimit-remaining')];
  if ((headers['x-ratelimit-resource'] ?? 'core') !== 'core' || !(limit > 0) || !(remaining >= 0)) return null;
  const now = Date.parse(String(headers.date));
  const resetMs = read('x-ratelimit-reset') * 1_000 - (Number.isFinite(now) ? now : Date.now());
  return { limit, remaining, resetMs: Number.isFinite(resetMs) ? Math.max(resetMs, 1_000) : 60_000 };
}
