import { createHash } from 'node:crypto';

/** Who hears what happens to the deployments of a service. */
export interface Receiver {
  readonly service: string;
  readonly url: string;
  /** They sign, the newest first. */
  readonly keys: readonly Buffer[];
}

/** The name of the fault that a service's receiver accepts nothing. */
export const faultOf = (service: string): string => `change_ticket of ${service}`;

/** An address as the database has it: it may hold a secret. */
export const addressOf = (url: string): string => createHash('sha256').update(url).digest('hex');
