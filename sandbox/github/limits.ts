import { type Answer, refusal } from './answer.js';

export interface LimitNumbers {
  perHour: number;
  pointsPerMinute: number;
}

export interface Limits {
  /** Counts a request against its token; returns the refusal when a limit is exceeded. */
  spend(token: string, method: string): Answer | null;
  /** Takes a request back: a 304 does not count against the hourly limit. */
  refund(token: string): void;
  headers(token: string): Record<string, string>;
  /** Uses up a token's hourly limit, but for so many calls. */
  exhaust(token: string, left: number): void;
  view(token: string): { limit: number; used: number; remaining: number; reset: number };
}

// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: 5,000 an hour; 900 points a minute,
// with one for a read and five for a write.
const real: LimitNumbers = { perHour: 5000, pointsPerMinute: 900 };

/** Counts as GitHub does; `off` counts and never refuses. */
export function rateLimits(how: 'real' | 'off' | LimitNumbers, now: () => Date): Limits {
  const numbers = typeof how === 'object' ? how : real;
  const hours = new Map<string, { used: number; reset: number }>();
  const minutes = new Map<string, Array<{ at: number; points: number }>>();

  const hourOf = (token: string) => {
    const seconds = Math.floor(now().getTime() / 1000);
    let hour = hours.get(token);
    if (!hour || hour.reset <= seconds) {
      hour = { used: 0, reset: seconds + 3600 };
      hours.set(token, hour);
    }
    return hour;
  };
  const view = (token: string) => {
    const { used, reset } = hourOf(token);
    return { limit: numbers.perHour, used, remaining: Math.max(0, numbers.perHour - used), reset };
  };

  return {
    view,
    spend(token, method) {
      const hour = hourOf(token);
      if (how !== 'off' && hour.used >= numbers.perHour) return primaryLimit(hour.reset);
      hour.used += 1;
      const at = now().getTime();
      const recent = (minutes.get(token) ?? []).filter((each) => each.at > at - 60_000);
      recent.push({ at, points: method === 'GET' ? 1 : 5 });
      minutes.set(token, recent);
      const points = recent.reduce((sum, each) => sum + each.points, 0);
      return how !== 'off' && points > numbers.pointsPerMinute ? secondaryLimit(60) : null;
    },
    refund(token) {
      const hour = hourOf(token);
      hour.used = Math.max(0, hour.used - 1);
    },
    exhaust(token, left) {
      hourOf(token).used = numbers.perHour - left;
    },
    headers(token) {
      const { limit, used, remaining, reset } = view(token);
      return {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(remaining),
        'x-ratelimit-used': String(used),
        'x-ratelimit-reset': String(reset),
        'x-ratelimit-resource': 'core',
      };
    },
  };
}

/** The hourly limit: nothing remains until `reset` (seconds since 1970). GitHub answers 403 or 429. */
export function primaryLimit(reset: number, status: 403 | 429 = 403): Answer {
  return refusal(status, 'API rate limit exceeded for user ID 1.', {
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(reset),
  });
}

/** The limit on bursts, with the seconds to wait; null omits `retry-after`, as GitHub sometimes does. */
export function secondaryLimit(retryAfter: number | null, status: 403 | 429 = 403): Answer {
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  return refusal(status, message, retryAfter === null ? {} : { 'retry-after': String(retryAfter) });
}
