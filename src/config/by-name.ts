import type { Ticket } from '../core/change/ticket.js';
import { createFindTickets } from '../tickets/find.js';
import type { Config, ServiceConfig } from './config.js';
import { paceOf } from './pace.js';
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
  const finders = new Map(
    config.services.flatMap(({ name, tickets }) => (tickets.length > 0 ? [[name, createFindTickets(tickets)]] : [])),
  );
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
    /** The GitHub logins of a person, in lower case. */
    loginsOf: (user: string) => Object.keys(config.people).filter((login) => config.people[login] === user),
    /** Who may deploy any service, each once. */
    allDeployers: [...new Set(config.services.flatMap((one) => one.deployers))],
    /** The tickets that texts about a change of a service name; null if it has no rule for tickets. */
    ticketsIn: (name: string, texts: readonly string[]): readonly Ticket[] | null => finders.get(name)?.(texts) ?? null,
    /** Who hears of the deployments of which service beside Slack. */
    receivers: config.services.flatMap(({ name, repository, changeTicket }) =>
      changeTicket ? [{ service: name, repository, ...changeTicket }] : [],
    ),
    /** The paths of each service of a repository that has some. */
    pathsIn: (repository: string) =>
      config.services.flatMap((one) => (one.repository === repository && one.paths ? [one.paths] : [])),
    /** The services without paths. */
    whole: config.services.filter(({ paths }) => paths === undefined).map(({ name }) => name),
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
