import type pg from 'pg';
import type { Change } from '../core/change/change.js';
import type { RequiredResult } from '../core/change/results.js';
import type { Ticket } from '../core/change/ticket.js';
import type { Command } from '../core/command.js';
import type { Deployment } from '../core/deployment/deployment.js';
import type { Notify } from '../core/notify.js';
import type { Pauses } from '../core/pauses.js';
import { lastStage } from '../core/stages/stage.js';
import type { Tracing } from '../tracing/tracing.js';
import type { Budgets } from './budget.js';
import type { ClientFor } from './client.js';
import type { Workflow } from './production.js';
import type { Patiently } from './silence.js';

/** What the jobs that call GitHub need to know about a service. */
export interface GitHubService {
  readonly repository: string;
  readonly branch: string;
  readonly channel: string;
  readonly testReport: string | undefined;
  readonly timeoutMs: number;
  /** Whether lines of its logs may be shown in Slack. */
  readonly logs: boolean;
  readonly notify: Notify;
  /** Changes that touch none of these stand aside. */
  readonly paths?: readonly string[];
  /** What else than the push run must be green. */
  readonly requires?: readonly RequiredResult[];
  readonly withinMs?: number;
  readonly production: {
    readonly workflow: string;
    readonly ref: string;
    readonly inputs: Readonly<Record<string, string>>;
  };
}

/** The workflow that the run of a deployment is of: that of its stage, where that has one of its own. */
export const workflowOf = (
  { repository, production }: GitHubService,
  { stages }: Pick<Deployment, 'stages'>,
): Workflow => ({
  repository,
  file: lastStage({ stages })?.plan.workflow ?? production.workflow,
});

/** The names of the faults that GitHub refuses to compare commits, or to look up runs, in a repository. */
export const comparingIn = (repository: string): string => `repository ${repository}, comparing commits`;
export const lookingUpIn = (repository: string): string => `repository ${repository}, looking up runs`;
/** That it refuses to list what else is required of a commit. */
export const resultsIn = (repository: string): string => `repository ${repository}, reading results`;

/** The dependencies of every job that calls GitHub. */
export interface GitHubJobDeps {
  readonly pool: pg.Pool;
  readonly clients: ClientFor;
  readonly patiently: Patiently;
  readonly service: (name: string) => GitHubService | undefined;
  /** The tickets that texts about a change of a service name; null if its config does not say what a ticket is. */
  readonly ticketsIn: (service: string, texts: readonly string[]) => readonly Ticket[] | null;
  readonly perform: (command: Command) => Promise<unknown>;
  /** Whether a change carries a commit that touches these paths. */
  readonly carries: (
    repository: string,
    paths: readonly string[],
    change: Change,
  ) => Promise<'touches' | 'touches nothing' | 'not known'>;
  /** Called when the request that starts a run was sent: the seconds since its deployment was ready to go. */
  readonly dispatched: (seconds: number) => void;
  /** What GitHub's limits allow for a repository, and how often results are looked for that are waited for. */
  readonly budgets: Budgets;
  readonly pace: { readonly everyMs: number };
  readonly pauses: Pauses;
  readonly tracing: Tracing;
  /** Notes a fault that a person must fix, by what it is about; null when it is over. */
  readonly fault: (name: string, what: string | null) => Promise<void>;
}
