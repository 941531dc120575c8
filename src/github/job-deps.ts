import type pg from 'pg';
import type { Command } from '../core/command.js';
import type { Pauses } from '../core/pauses.js';
import type { ClientFor } from './client.js';

/** What the jobs that ask GitHub need to know of a service. */
interface GitHubService {
  readonly repository: string;
  readonly channel: string;
  readonly testReport: string | undefined;
  readonly production: {
    readonly workflow: string;
    readonly ref: string;
    readonly inputs: Readonly<Record<string, string>>;
  };
}

/** What every job that asks GitHub is given. */
export interface GitHubJobDeps {
  readonly pool: pg.Pool;
  readonly clients: ClientFor;
  readonly service: (name: string) => GitHubService | undefined;
  readonly perform: (command: Command) => Promise<unknown>;
  /** The request that starts a run has left, so many seconds after its deployment was free to go. */
  readonly dispatched: (seconds: number) => void;
  readonly pauses: Pauses;
}
