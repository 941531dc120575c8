import type { ServicePolicy } from '../core/decision.js';
import type { Config } from './config.js';

/** A service's rules as decisions read them, with where its changes are. */
export type Policy = ServicePolicy & { readonly repository: string };

/** What of a service's config its cards and answers show. */
export interface Shown
  extends Pick<Policy, 'name' | 'repository' | 'timeoutMs' | 'timezone' | 'mode' | 'holdMs' | 'freezes'> {
  /** Users and user groups who may approve. */
  readonly approvers: readonly string[];
  /** Whether approvals are for people who wrote nothing of what ships. */
  readonly fourEyes: boolean;
}

/** Each service's policy, by its name. */
export function policiesOf(config: Config): ReadonlyMap<string, Policy> {
  return new Map(
    config.services.map((one) => [one.name, { ...one, maxChanges: one.maxChanges ?? null, timezone: config.timezone }]),
  );
}

export function shownOf(policy: Policy | undefined): Shown | undefined {
  if (!policy) return undefined;
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

/** Every user and group that the config names, each once. */
export function peopleOf({ services, operators, people }: Config): string[] {
  const named = services.flatMap(({ deployers, approvals, override }) => [
    ...deployers,
    ...approvals.from,
    ...override,
  ]);
  return [...new Set([...named, ...operators, ...Object.values(people)])];
}

/** The services whose cards are in a channel, by name; null: all of them. */
export const servicesIn = ({ services }: Config, channel: string | null): string[] =>
  services.filter((one) => channel === null || one.channel === channel).map(({ name }) => name);

/** Where each service's runs come from. */
export const watchedOf = ({ services }: Config) =>
  services.map(({ name, repository, branch, staging, production }) => ({
    ...{ name, repository, branch },
    staging: staging.workflow,
    production: production.workflow,
  }));
