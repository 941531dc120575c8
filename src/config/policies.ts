import type { ServicePolicy } from '../core/decision.js';
import { TOOL } from '../core/facts.js';
import type { Config, ServiceConfig } from './config.js';

/** The rules of a service as decisions read them, and its repository. */
type Policy = ServicePolicy & { readonly repository: string };

/** The parts of a service's config that cards and answers show. */
interface Shown
  extends Pick<Policy, 'name' | 'repository' | 'timeoutMs' | 'timezone' | 'mode' | 'holdMs' | 'freezes'> {
  /** Users and user groups who may approve. */
  readonly approvers: readonly string[];
  /** Whether the authors of the shipped changes may not approve. */
  readonly fourEyes: boolean;
}

/** The policy of each service, by service name. */
function policiesOf(config: Config): ReadonlyMap<string, Policy> {
  return new Map(
    config.services.map((one) => [one.name, { ...one, maxChanges: one.maxChanges ?? null, timezone: config.timezone }]),
  );
}

function shownOf(policy: Policy): Shown {
  const { name, repository, timeoutMs, timezone, mode, holdMs, freezes, approvals } = policy;
  return {
    name,
    repository,
    timeoutMs,
    timezone,
    mode,
    holdMs,
    freezes,
    approvers: approvals.from,
    fourEyes: !approvals.authors,
  };
}

/** Every user and group named in the config, without duplicates. */
export function peopleOf({ services, operators, people }: Config): string[] {
  const named = services.flatMap(({ deployers, approvals, override }) => [
    ...deployers,
    ...approvals.from,
    ...override,
  ]);
  return [...new Set([...named, ...operators, ...Object.values(people).filter((id) => id !== TOOL)])];
}

/** The services of a config, as the parts of Pushbutton ask for them. */
export interface Services {
  readonly names: readonly string[];
  readonly channels: readonly string[];
  readonly policies: readonly Policy[];
  /** Who may deploy any of them. */
  readonly deployers: readonly string[];
  readonly of: (name: string) => ServiceConfig | undefined;
  readonly policyOf: (name: string) => Policy | undefined;
  readonly shown: (name: string) => Shown | undefined;
  /** Those whose cards go to this channel; null means all. */
  readonly shownIn: (channel: string | null) => readonly Shown[];
}

export function servicesOf(config: Config): Services {
  const { services } = config;
  const byName = new Map(services.map((one) => [one.name, one]));
  const policies = policiesOf(config);
  const policyOf = (name: string) => policies.get(name);
  const shown = (name: string) => {
    const policy = policyOf(name);
    return policy && shownOf(policy);
  };
  return {
    names: [...byName.keys()],
    channels: [...new Set(services.map((one) => one.channel))],
    policies: [...policies.values()],
    deployers: [...new Set(services.flatMap((one) => one.deployers))],
    of: (name) => byName.get(name),
    policyOf,
    shown,
    shownIn: (channel) =>
      services.filter((one) => channel === null || one.channel === channel).flatMap(({ name }) => shown(name) ?? []),
  };
}

/** The repository, branch and workflow files that each service's runs come from. */
export const watchedOf = ({ services }: Config) =>
  services.map(({ name, repository, branch, staging, production }) => ({
    ...{ name, repository, branch },
    staging: staging.workflow,
    production: production.workflow,
  }));
