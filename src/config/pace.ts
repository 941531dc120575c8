import type { Config } from './config.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A pause may be longer by a fiftieth. */
const SHORTER = 0.97;
/** Two lists for each service are then fewer than three calls a minute, up to 320 services. */
const COMPARE_MS = 45_000;

/** For each repository, so that all of them together are asked for at most twenty lists a minute: few wait no longer. */
const SHARE_MS = 3_000;

/** How often which repositories are polled; their names in lower case, each once, sorted. */
export function paceOf({ services, github }: Config) {
  const repositories = [...new Set(services.map((one) => one.repository.toLowerCase()))].sort();
  const { pollMs } = github;
  const longer = (times: number, mostMs: number) =>
    Math.max(pollMs, Math.min(repositories.length * SHARE_MS, Math.min(times * pollMs, mostMs) * SHORTER));
  return {
    repositories,
    webhooks: github.webhooks,
    everyMs: pollMs,
    activeMs: longer(5, 5 * MINUTE_MS),
    quietMs: longer(10, 10 * MINUTE_MS),
    compareMs: Math.min(Math.max(HOUR_MS, services.length * COMPARE_MS), 4 * HOUR_MS),
  };
}
