/** Starts the check workflow of a stage once, follows its run to the end, and cancels it when nobody waits for it any more. */

import { reached } from '../crash-points.js';
import {
  claimCheck,
  closeCheck,
  type DueCheck,
  dueCheck,
  missCheck,
  noteCheckRun,
  unsendCheck,
} from '../db/check-runs.js';
import type { Again, GitHubHandlers } from '../flow/deliver.js';
import type { GitHubJobDeps, GitHubService } from './job-deps.js';
import { cancelRun, reachGitHub, startRun } from './orders.js';
import { findRun, readRun } from './production.js';
import { later } from './silence.js';

/** A run that was not found while GitHub answered for so long is given up. */
const LOST_AFTER_SECONDS = 60;

/** The job runs until the check has ended. What it does next is read each time from the database. */
export function checkRunJob({
  pool,
  clients,
  patiently,
  perform,
  service: serviceOf,
  pauses,
}: GitHubJobDeps): GitHubHandlers['run check'] {
  const [, , soonMs] = pauses.github.lookUp;

  async function start(id: number, check: DueCheck, service: GitHubService): Promise<Again> {
    const { repository, production } = service;
    if ((await patiently(repository, () => reachGitHub(clients, repository))) !== true) return { afterMs: soonMs };
    if (!(await claimCheck(pool, id, check.place))) return { afterMs: 0 };
    reached('check run: claimed');
    const inputs = { sha: check.sha, deploy_id: check.deployId, requested_by: check.requestedBy, stage: check.stage };
    const workflow = { repository, file: check.workflow };
    const told = await patiently(repository, () => startRun(clients, workflow, production.ref, inputs));
    const answer = told.is === 'no answer' ? ({ is: 'rate limited', retryAfterMs: told.retryAfterMs } as const) : told;
    reached('check run: answered');
    switch (answer.is) {
      case 'accepted':
        await noteCheckRun(pool, id, check.place, { id: answer.runId, url: answer.url });
        return { afterMs: soonMs };
      case 'refused':
        return ended(id, check, `GitHub refused to start it: ${answer.message}`);
      case 'rate limited':
        await unsendCheck(pool, id, check.place);
        return { afterMs: answer.retryAfterMs };
      case 'unknown':
        return { afterMs: pauses.github.lookUp[0] };
    }
  }

  async function lookFor(id: number, check: DueCheck, repository: string): Promise<Again> {
    const workflow = { repository, file: check.workflow };
    const since = check.sentAt ?? new Date(0);
    const found = await patiently(repository, () => findRun(clients, workflow, check.deployId, since));
    switch (found.is) {
      case 'found':
        await noteCheckRun(pool, id, check.place, { id: found.run.runId, url: found.run.url });
        return { afterMs: 0 };
      case 'none': {
        const seconds = await missCheck(pool, id, check.place);
        if (seconds < LOST_AFTER_SECONDS) return { afterMs: pauses.github.lookUp[1] };
        return ended(id, check, 'no run was found, though GitHub answered for 60 s');
      }
      case 'no answer':
        return later(found, pauses.github.lookUp[1]);
    }
  }

  async function follow(id: number, check: DueCheck, repository: string, timeoutMs: number): Promise<Again> {
    const run = await patiently(repository, () => readRun(clients, repository, check.runId ?? 0));
    if (run.is === 'found' && run.run.status === 'completed') {
      const { conclusion } = run.run;
      return ended(
        id,
        check,
        conclusion === 'success' ? null : `its run ended as ${(conclusion ?? 'unknown').replaceAll('_', ' ')}`,
      );
    }
    if (check.runsForMs > timeoutMs) return ended(id, check, 'it takes longer than the timeout of the service');
    return run.is === 'no answer' ? later(run, soonMs) : { afterMs: pauses.github.follow[1] };
  }

  async function ended(id: number, check: DueCheck, failure: string | null): Promise<Again> {
    const { service, place, runUrl: url } = check;
    await perform({ type: 'check run ended', service, deploymentId: id, place, failure, url });
    // What failed the stage may still run: then it is cancelled.
    return check.is === 'running' && failure !== null ? { afterMs: 0 } : close(id, check);
  }

  async function close(id: number, { place }: DueCheck): Promise<Again> {
    await closeCheck(pool, id, place);
    return { afterMs: 0 };
  }

  /** The deployment has left the stage. A run that cannot be cancelled for so long is left to GitHub: it changes nothing here. */
  async function cancel(id: number, check: DueCheck, repository: string): Promise<Again> {
    if (check.is === 'due') return close(id, check);
    if (check.runId === null) {
      const again = await lookFor(id, check, repository);
      return check.missedSeconds >= LOST_AFTER_SECONDS ? close(id, check) : again;
    }
    const { runId } = check;
    const run = await patiently(repository, () => readRun(clients, repository, runId));
    const isDone = run.is === 'none' || (run.is === 'found' && run.run.status === 'completed');
    if (isDone || check.runsForMs > 3_600_000) return close(id, check);
    await patiently(repository, () => cancelRun(clients, repository, runId));
    return { afterMs: pauses.github.accepted };
  }

  return async ({ deploymentId }) => {
    const check = await dueCheck(pool, deploymentId);
    const service = check && serviceOf(check.service);
    if (!check || !service) return null;
    const { repository, timeoutMs } = service;
    if (check.isOver) return cancel(deploymentId, check, repository);
    switch (check.is) {
      case 'due':
        return start(deploymentId, check, service);
      case 'sent':
        return lookFor(deploymentId, check, repository);
      case 'running':
        return follow(deploymentId, check, repository, timeoutMs);
    }
  };
}
