/** Cancels a run that a person wants stopped, or one that nobody waits for any more. */

import { type Deployment, hasEnded, type ProductionRun } from '../core/deployment/deployment.js';
import { CANCEL_MS } from '../core/deployment/watch.js';
import { reached } from '../crash-points.js';
import { cancelledFor, deploymentById } from '../db/deployments.js';
import type { GitHubHandlers } from '../flow/deliver.js';
import { type GitHubJobDeps, type GitHubService, workflowOf } from './job-deps.js';
import { cancelRun, forceCancelRun } from './orders.js';
import { readRun, stillHas } from './production.js';
import { later, type Silent } from './silence.js';

/** The result of a cancel: accepted, refused, the run is gone, it still exists, or GitHub gave no usable answer. */
type Cancelled =
  | { readonly is: 'done' }
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'gone' }
  | { readonly is: 'there'; readonly run: ProductionRun }
  | Silent;

/** After so long one that GitHub accepted is forced. GitHub itself gives clean-up steps five minutes. */
const FORCE_ACCEPTED_MS = 600_000;
/** GitHub is asked again after a tenth of the time that it has had, at the most after this. */
const MOST_PAUSE_MS = 600_000;

export function cancelJobs({
  pool,
  clients,
  patiently,
  perform,
  service: serviceOf,
  pauses,
}: GitHubJobDeps): Pick<GitHubHandlers, 'cancel run' | 'cancel stray'> {
  /**
   * Asks GitHub to cancel; reads the run after a 404 or 409. A 404 proves nothing in the first minute, nor alone
   * (`stillHas`). A cancel that GitHub has refused for a minute is forced: the run may hang in a state that GitHub cannot
   * leave.
   */
  async function cancel(service: GitHubService, of: Deployment, runId: number, forMs: number): Promise<Cancelled> {
    const { repository } = service;
    const answer = await patiently(repository, () => cancelRun(clients, repository, runId));
    const unheard = answer.is === 'done' || (answer.is === 'no answer' && answer.retryAfterMs === null);
    if (unheard && forMs > FORCE_ACCEPTED_MS) {
      // A server without that route refuses it; the plain cancel goes on.
      const forced = await force(repository, runId);
      return forced.is === 'done' ? forced : answer;
    }
    if (answer.is !== 'not now' && answer.is !== 'not found') return answer;
    const run = await patiently(repository, () => readRun(clients, repository, runId));
    if (run.is === 'found') {
      const stuck = answer.is === 'not now' && run.run.status !== 'completed' && forMs > CANCEL_MS;
      const forced = stuck ? await force(repository, runId) : null;
      return forced?.is === 'done' ? forced : { is: 'there', run: run.run };
    }
    if (run.is === 'no answer') return run;
    // A 409 is GitHub's word that it has the run. Of a young one, GitHub may not know everywhere.
    if (answer.is === 'not now' || forMs <= CANCEL_MS) return { is: 'no answer', retryAfterMs: null };
    const since = ('run' in of && of.run?.startedAt) || ('sentAt' in of && of.sentAt) || of.requestedAt;
    const has = await stillHas(clients, patiently, workflowOf(service, of), of.deployId, since);
    return has === false ? { is: 'gone' } : { is: 'no answer', retryAfterMs: null };
  }

  const force = (repository: string, runId: number): Promise<Cancelled> =>
    patiently(repository, () => forceCancelRun(clients, repository, runId));
  const seldom = (usualMs: number, forMs: number): number => Math.max(usualMs, Math.min(forMs / 10, MOST_PAUSE_MS));

  return {
    /** Asks again until the run has ended or is gone, or GitHub refuses: cancelling twice is the same as once. */
    'cancel run': async ({ deploymentId }) => {
      const deployment = await deploymentById(pool, deploymentId);
      const service = deployment && serviceOf(deployment.service);
      if (!service || hasEnded(deployment) || !('run' in deployment) || deployment.status === 'baking') return null;
      const about = { service: deployment.service, deploymentId } as const;
      const forMs = await cancelledFor(pool, deploymentId);
      const answer = await cancel(service, deployment, deployment.run.id, forMs);
      reached('cancel: answered');
      switch (answer.is) {
        case 'done':
          if (forMs > FORCE_ACCEPTED_MS) break;
          return { afterMs: pauses.github.accepted };
        case 'refused':
        case 'gone':
          await perform({ type: 'cancel answered', ...about, answer });
          return null;
        case 'there':
          await perform({ type: 'production seen', service: deployment.service, run: answer.run });
          break;
        case 'no answer':
          break;
      }
      await perform({ type: 'cancel answered', ...about, answer: { is: 'not taken' } });
      const silence = answer.is === 'no answer' ? answer : ({ is: 'no answer', retryAfterMs: null } as const);
      return later(silence, seldom(pauses.github.soon, forMs));
    },

    /** Cancels a run that was lost and found too late. Asks again until it has ended or is gone, or GitHub refuses. */
    'cancel stray': async ({ deploymentId, runId }) => {
      const deployment = await deploymentById(pool, deploymentId);
      const service = deployment && serviceOf(deployment.service);
      if (!service) return null;
      // A person may have run it again, or it may have ended: that is not cancelled.
      const forMs = await cancelledFor(pool, deploymentId);
      const before = await patiently(service.repository, () => readRun(clients, service.repository, runId));
      if (before.is === 'no answer') return later(before, seldom(pauses.github.soon, forMs));
      if (before.is === 'found') {
        await perform({ type: 'production seen', service: deployment.service, run: before.run });
        const known = 'run' in deployment ? deployment.run : null;
        if (before.run.status === 'completed' || before.run.attempt > (known?.attempt ?? 1)) return null;
      }
      const answer = await cancel(service, deployment, runId, forMs);
      switch (answer.is) {
        case 'done':
          return { afterMs: seldom(pauses.github.accepted, forMs) };
        case 'gone':
          return null;
        case 'refused': {
          const { message } = answer;
          await perform({ type: 'stray refused', service: deployment.service, deploymentId, runId, message });
          return null;
        }
        case 'there':
          await perform({ type: 'production seen', service: deployment.service, run: answer.run });
          return answer.run.status === 'completed' ? null : { afterMs: seldom(pauses.github.soon, forMs) };
        case 'no answer':
          return later(answer, seldom(pauses.github.soon, forMs));
      }
    },
  };
}
