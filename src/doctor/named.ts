import type { ChangeTicket } from '../config/change-ticket.js';
import type { Config } from '../config/config.js';
import { TOOL } from '../core/facts.js';
import type { ApprovalRule } from '../slack/checks/approvers.js';
import type { Named } from '../slack/checks/people.js';

/** Every user and group of the config, once, in the order of the file, with the settings that name it. */
export function namedIn({ services, operators, people }: Config): Named[] {
  const places = new Map<string, string[]>();
  const name = (id: string, as: string) => places.set(id, [...(places.get(id) ?? []), as]);
  for (const service of services) {
    for (const id of service.deployers) name(id, `deployers of ${service.name}`);
    // When approvals.from is left out, the approvers are the deployers.
    const from = service.approvals.from === service.deployers ? [] : service.approvals.from;
    for (const id of from) name(id, `approvals.from of ${service.name}`);
    for (const id of service.approvals.escalate) name(id, `approvals.escalate of ${service.name}`);
    for (const id of service.override) name(id, `override of ${service.name}`);
  }
  for (const id of operators) name(id, 'operators');
  for (const [login, id] of Object.entries(people)) if (id !== TOOL) name(id, `people.${login}`);
  return [...places].map(([id, as]) => ({ id, as, authorOnly: as.every((place) => place.startsWith('people.')) }));
}

/** The services that require approvals. */
export function approvalRulesIn({ services }: Config): ApprovalRule[] {
  return services
    .map(({ name, deployers, approvals, rollback }) => ({
      service: name,
      deployers,
      from: approvals.from,
      required: Math.max(approvals.required, rollback.approvals),
    }))
    .filter(({ required }) => required > 0);
}

/** The services that tell a receiver what happens to their deployments. */
export const receiversIn = ({ services }: Config): (ChangeTicket & { readonly service: string })[] =>
  services.flatMap(({ name, changeTicket }) => (changeTicket ? [{ service: name, ...changeTicket }] : []));

/** Each channel of the config once, with the services whose cards go there. */
export function channelsIn({ services }: Config): [channel: string, services: string][] {
  const channels = [...new Set(services.map((one) => one.channel))];
  return channels.map((channel) => [
    channel,
    services
      .filter((one) => one.channel === channel)
      .map((one) => one.name)
      .join(', '),
  ]);
}
