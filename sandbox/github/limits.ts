import { type Answer, refusal } from './answer.js';

export interface LimitNumbers {
  perHour: number;
  pointsPerMinute: number;
  /** Requests that create something; these three have GitHub's numbers if they are left out. */
  contentPerMinute?: number;
  contentPerHour?: number;
  /** Requests under way at the same moment. */
  concurrent?: number;
}

export interface Limits {
  /** Counts a request against its token; returns the refusal when a limit is exceeded. */
  spend(token: string, method: string): Answer | null;
  /** A request of this token is under way until the returned function is called. */
  begin(token: string): () => void;
  /** Takes a request back: a 304 does not count against the hourly limit. */
  refund(token: string): void;
  headers(token: string): Record<string, string>;
  /** Uses up a token's hourly limit, but for so many calls. */
  exhaust(token: string, left: number): void;
  view(token: string): { limit: number; used: number; remaining: number; reset: number };
}

// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: 5,000 an hour; 900 points a minute,
// with one for a read and five for a write; 100 at once; 80 that create content in a minute and 500 in an hour. What counts as
// content GitHub does not list; here every write does.
const real: Required<LimitNumbers> = {
  perHour: 5000,
  pointsPerMinute: 900,
  contentPerMinute: 80,
  contentPerHour: 500,
  concurrent: 100,
};
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Counts as GitHub does; `off` counts and never refuses. */
export function rateLimits(how: 'real' | 'off' | LimitNumbers, now: () => Date): Limits {
  const numbers = { ...real, ...(typeof how === 'object' && how) };
  const hours = new Map<string, { used: number; reset: number }>();
  const minutes = new Map<string, Array<{ at: number; points: number }>>();
  const writes = new Map<string, number[]>();
  const underWay = new Map<string, number>();

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
      const recent = (minutes.get(token) ?? []).filter((each) => each.at > at - minuteMs);
      recent.push({ at, points: method === 'GET' ? 1 : 5 });
      minutes.set(token, recent);
      const points = recent.reduce((sum, each) => sum + each.points, 0);
      const wrote = (writes.get(token) ?? []).filter((each) => each > at - hourMs);
      if (method !== 'GET') wrote.push(at);
      writes.set(token, wrote);
      const isOver =
        points > numbers.pointsPerMinute ||
        (underWay.get(token) ?? 0) > numbers.concurrent ||
        (method !== 'GET' &&
          (wrote.length > numbers.contentPerHour ||
            wrote.filter((each) => each > at - minuteMs).length > numbers.contentPerMinute));
      return how !== 'off' && isOver ? secondaryLimit(60) : null;
    },
    begin(token) {
      underWay.set(token, (underWay.get(token) ?? 0) + 1);
      return () => underWay.set(token, (underWay.get(token) ?? 1) - 1);
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
