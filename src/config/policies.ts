import type { ServicePolicy } from '../core/decision.js';
import { TOOL } from '../core/facts.js';
import type { Cards } from '../core/gets-card.js';
import type { Notify } from '../core/notify.js';
import type { Config } from './config.js';

/** The rules of a service as decisions read them, and its repository. */
export type Policy = ServicePolicy & {
  readonly repository: string;
  readonly approvals: { readonly escalate: readonly string[] };
  readonly notify: Notify;
  readonly cards: Cards;
};

/** The parts of a service's config that cards and answers show. */
export interface Shown
  extends Pick<
    Policy,
    'name' | 'repository' | 'timeoutMs' | 'timezone' | 'mode' | 'holdMs' | 'freezes' | 'stages' | 'everyMs' | 'asks'
  > {
  /** Users and user groups who may approve. */
  readonly approvers: readonly string[];
  /** Users and user groups who may deploy. */
  readonly deployers: readonly string[];
  /** Whether the authors of the shipped changes may not approve. */
  readonly fourEyes: boolean;
  /** Who is called at half time while approvals are missing: users and user groups. */
  readonly escalate: readonly string[];
  readonly notify: Notify;
  /** Which changes get a card. */
  readonly cards: Cards;
  readonly requires?: NonNullable<Policy['requires']>;
  readonly withinMs?: number;
}

/** The policy of each service, by service name. */
export function policiesOf(config: Config): ReadonlyMap<string, Policy> {
  return new Map(
    config.services.map((one) => [
      one.name,
      { ...one, maxChanges: one.maxChanges ?? null, asks: one.production.asks ?? null, timezone: config.timezone },
    ]),
  );
}

export function shownOf(policy: Policy | undefined): Shown | undefined {
  if (!policy) return undefined;
  const { name, repository, timeoutMs, timezone, mode, holdMs, freezes, approvals, notify, cards, deployers } = policy;
  const { stages, asks, requires, withinMs } = policy;
  return {
    name,
    repository,
    timeoutMs,
    timezone,
    mode,
    holdMs,
    freezes,
    stages,
    asks,
    approvers: approvals.from,
    deployers,
    fourEyes: !approvals.authors,
    ...(policy.everyMs !== undefined && { everyMs: policy.everyMs }),
    escalate: approvals.escalate,
    notify,
    cards,
    ...(requires && { requires }),
    ...(withinMs !== undefined && { withinMs }),
  };
}

/** Every user and group named in the config, without duplicates. */
export function peopleOf({ services, operators, people }: Config): string[] {
  const named = services.flatMap(({ deployers, approvals, override, production }) => [
    ...deployers,
    ...approvals.from,
    ...approvals.escalate,
    ...override,
    ...(production.asks?.inputs.flatMap((one) => one.by ?? []) ?? []),
  ]);
  return [...new Set([...named, ...operators, ...Object.values(people).filter((id) => id !== TOOL)])];
}

/** The names of the services whose cards go to this channel; null means all services. */
export const servicesIn = ({ services }: Config, channel: string | null): string[] =>
  services.filter((one) => channel === null || one.channel === channel).map(({ name }) => name);

/** The repository, branch and workflow files that each service's runs come from. */
export const watchedOf = ({ services }: Config) =>
  services.map(({ name, repository, branch, staging, production, stages, requires = [] }) => ({
    ...{ name, repository, branch, requires },
    staging: staging.workflow,
    production: production.workflow,
    stages: stages.flatMap(({ workflow }) => workflow ?? []),
  }));
