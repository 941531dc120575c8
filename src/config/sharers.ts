import type { Config, ServiceConfig } from './config.js';

/** The names of the other services with the same production workflow. GitHub ignores case in repository names. */
export function sharersOf({ services }: Config, name: string): string[] {
  const fileOf = (one: ServiceConfig) => `${one.repository.toLowerCase()} ${one.production.workflow}`;
  const own = services.find((one) => one.name === name);
  return services.filter((one) => own && one !== own && fileOf(one) === fileOf(own)).map((one) => one.name);
}
