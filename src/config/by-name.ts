import type { Config, ServiceConfig } from './config.js';
import { type Policy, peopleOf, policiesOf, type Shown, servicesIn, shownOf, watchedOf } from './policies.js';
import { sharersOf } from './sharers.js';

/** The services of the config by their names, and what is the same for all of them. */
export function byNameIn(config: Config) {
  const services = new Map(config.services.map((service) => [service.name, service]));
  const policies = policiesOf(config);
  const service = (name: string): (ServiceConfig & { testReport: string | undefined }) | undefined => {
    const known = services.get(name);
    return known && { ...known, testReport: known.staging.testReport };
  };
  const policyOf = (name: string): Policy | undefined => policies.get(name);
  const shown = (name: string): Shown | undefined => shownOf(policyOf(name));
  return {
    /** All names. */
    names: [...services.keys()],
    policies: [...policies.values()],
    watched: watchedOf(config),
    pace: paceOf(config),
    /** Every user and group that is named. */
    people: peopleOf(config),
    /** All channels, each once. */
    channels: [...new Set(config.services.map((one) => one.channel))],
    /** Who may deploy any service, each once. */
    allDeployers: [...new Set(config.services.flatMap((one) => one.deployers))],
    service,
    policyOf,
    shown,
    sharersOf: (name: string) => sharersOf(config, name),
    repositoryOf: (name: string) => service(name)?.repository,
    channelOf: (name: string) => service(name)?.channel,
    deployersOf: (name: string) => service(name)?.deployers ?? [],
    /** What is shown of the services of a channel; null means all services. */
    servicesOf: (channel: string | null) => servicesIn(config, channel).flatMap((name) => shown(name) ?? []),
  };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A pause may be longer by a fiftieth. */
const SHORTER = 0.97;
/** Two lists for each service are then fewer than three calls a minute, up to 320 services. */
const COMPARE_MS = 45_000;

/** Who sets a shorter pause does not want to wait. */
const SHORT_MS = 30_000;
/** For each repository, so that all of them together are asked for at most twenty lists a minute. */
const SHARE_MS = 3_000;

/** How often which repositories are polled; their names in lower case, each once, sorted. */
function paceOf({ services, github }: Config) {
  const repositories = [...new Set(services.map((one) => one.repository.toLowerCase()))].sort();
  const { pollMs } = github;
  const longer = (times: number, mostMs: number) => {
    const usual = Math.min(times * pollMs, mostMs) * SHORTER;
    return Math.max(pollMs, pollMs < SHORT_MS ? Math.min(repositories.length * SHARE_MS, usual) : usual);
  };
  return {
    repositories,
    webhooks: github.webhooks,
    everyMs: pollMs,
    activeMs: longer(5, 5 * MINUTE_MS),
    quietMs: longer(10, 10 * MINUTE_MS),
    compareMs: Math.min(Math.max(HOUR_MS, services.length * COMPARE_MS), 4 * HOUR_MS),
  };
}
