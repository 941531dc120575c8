/** Whom a step of a deployment concerns, by what it calls them for. */

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Of } from '../core/deployment/deployment.js';
import type { Outcome } from '../core/notify.js';
import { baseOf } from '../core/service/service.js';
import { deploymentById } from '../db/deployments.js';
import { readService } from '../db/service-state.js';
import type { ShownService } from './card-model.js';

export interface ConcernedDeps {
  readonly pool: pg.Pool;
  readonly shown: (service: string) => ShownService | undefined;
  /** People who wrote part of what ships from `base` on; null when that is not known now. */
  readonly authorsOf: (service: string, base: string | null, sha: string) => Promise<readonly string[] | null>;
}

/** Nobody waits longer than this for the authors. */
const AUTHORS_MS = 3_000;
/** A merge may name many; a line that calls all of them is noise. */
const MOST_AUTHORS = 5;

const inTime = (authors: Promise<readonly string[] | null>): Promise<readonly string[] | null> =>
  Promise.race([authors, sleep(AUTHORS_MS, null, { ref: false })]);

/** The first who wrote part of a change itself; null if GitHub or Slack does not say in time. */
export async function authorsOfChange(
  deps: ConcernedDeps,
  service: string,
  sha: string,
): Promise<readonly string[] | null> {
  const authors = await inTime(deps.authorsOf(service, null, sha));
  return authors && [...new Set(authors)].slice(0, MOST_AUTHORS);
}

/** Who may still approve it. */
export interface Approvers {
  /** Users and user groups. */
  readonly named: readonly string[];
  /** Users whose approval would not count, also as members of these groups: the requester, authors, who has approved. */
  readonly not: ReadonlySet<string>;
}

export async function missingApprovers(deps: ConcernedDeps, deployment: Of<'waiting'>): Promise<Approvers> {
  const service = deps.shown(deployment.service);
  const { sha, kind, requestedBy, approvals } = deployment;
  if (!service) return { named: [], not: new Set() };
  const state = await readService(deps.pool, service.name);
  const fourEyes = service.fourEyes && kind !== 'roll back';
  const authors = fourEyes ? await inTime(deps.authorsOf(service.name, baseOf(state, deployment), sha)) : [];
  const not = new Set([requestedBy, ...approvals.map(({ user }) => user), ...(authors ?? [])]);
  return { named: service.approvers.filter((id) => !not.has(id)), not };
}

/**
 * Users and user groups whom a deployment concerns now: nobody if it no longer needs them. `not`: members of these groups whom
 * it does not concern. null: not known now who wrote it.
 */
export async function concernedBy(
  deps: ConcernedDeps,
  deploymentId: number,
  outcome: Outcome,
): Promise<Approvers | null> {
  const deployment = await deploymentById(deps.pool, deploymentId);
  const nobody: Approvers = { named: [], not: new Set() };
  if (!deployment) return nobody;
  if (outcome === 'approvalNeeded')
    return deployment.status === 'waiting' ? missingApprovers(deps, deployment) : nobody;
  const { kind, service, sha, requestedBy } = deployment;
  if (outcome === 'continueNeeded' && deployment.status !== 'baking') return nobody;
  if (outcome === 'continueNeeded' && requestedBy !== 'pushbutton') return { named: [requestedBy], not: new Set() };
  const authors = kind === 'roll back' ? [] : await authorsOfChange(deps, service, sha);
  const named = [...new Set([...(authors ?? []), requestedBy])].filter((id) => id !== 'pushbutton');
  return authors && { named, not: new Set() };
}
