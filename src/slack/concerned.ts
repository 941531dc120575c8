/** Whom a step of a deployment concerns, by what it calls them for. */

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Of } from '../core/deployment/deployment.js';
import type { Outcome } from '../core/notify.js';
import type { StoryLine } from '../core/report.js';
import { baseOf } from '../core/service/service.js';
import { deploymentById } from '../db/deployments.js';
import { readService } from '../db/service-state.js';
import type { ShownService } from './card-model.js';

export interface ConcernedDeps {
  readonly pool: pg.Pool;
  readonly shown: (service: string) => ShownService | undefined;
  /** People who wrote part of what ships from `base` on. */
  readonly authorsOf: (service: string, base: string | null, sha: string) => Promise<readonly string[]>;
}

/** Nobody waits longer than this for the authors. */
const AUTHORS_MS = 3_000;

const inTime = (authors: Promise<readonly string[]>): Promise<readonly string[]> =>
  Promise.race([authors, sleep(AUTHORS_MS, [], { ref: false })]);

/** Who wrote part of a change itself; nobody if GitHub or Slack does not say in time. */
export const authorsOfChange = (deps: ConcernedDeps, service: string, sha: string): Promise<readonly string[]> =>
  inTime(deps.authorsOf(service, null, sha));

/** Users and user groups who may still approve it: not the requester, and nobody whose approval would not count. */
export async function missingApprovers(deps: ConcernedDeps, deployment: Of<'waiting'>): Promise<readonly string[]> {
  const service = deps.shown(deployment.service);
  if (!service) return [];
  const { sha, kind, requestedBy, approvals } = deployment;
  const state = await readService(deps.pool, service.name);
  const fourEyes = service.fourEyes && kind !== 'roll back';
  const authors = fourEyes ? await inTime(deps.authorsOf(service.name, baseOf(state, deployment), sha)) : [];
  const not = [requestedBy, ...approvals.map(({ user }) => user), ...authors];
  return service.approvers.filter((id) => !not.includes(id));
}

/** Users and user groups. Nobody when a step no longer needs them, or has called them before. */
export async function concernedBy(deps: ConcernedDeps, step: StoryLine, outcome: Outcome): Promise<readonly string[]> {
  if (step.elsewhere || step.calledBefore) return [];
  const deployment = await deploymentById(deps.pool, step.deploymentId);
  if (!deployment) return [];
  if (outcome === 'approvalNeeded') return deployment.status === 'waiting' ? missingApprovers(deps, deployment) : [];
  const { kind, service, sha, requestedBy } = deployment;
  const authors = kind === 'roll back' ? [] : await authorsOfChange(deps, service, sha);
  return [...new Set([...authors, requestedBy])].filter((id) => id !== 'pushbutton');
}
