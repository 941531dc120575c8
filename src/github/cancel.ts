/** Cancels a run that a person wants stopped, or one that nobody waits for any more. */

import { hasEnded, type ProductionRun } from '../core/deployment/deployment.js';
import { reached } from '../crash-points.js';
import { deploymentById } from '../db/deployments.js';
import type { GitHubHandlers } from '../flow/deliver.js';
import type { GitHubJobDeps } from './job-deps.js';
import { cancelRun } from './orders.js';
import { readRun, seesRepository } from './production.js';
import { later, type Patiently, type Silent } from './silence.js';

/** The result of a cancel: accepted, refused, the run is gone, it still exists, or GitHub gave no usable answer. */
type Cancelled =
  | { readonly is: 'done' }
  | { readonly is: 'refused'; readonly message: string }
  | { readonly is: 'gone' }
  | { readonly is: 'there'; readonly run: ProductionRun }
  | Silent;

export function cancelJobs(
  { pool, clients, perform, service: serviceOf, pauses }: GitHubJobDeps,
  patiently: Patiently,
): Pick<GitHubHandlers, 'cancel run' | 'cancel stray'> {
  /**
   * Asks GitHub to cancel; reads the run after a 404 or 409. A 404 alone proves nothing: GitHub sends it for every run
   * of a repository that it hides. A run is gone only when it is missing from a repository that GitHub shows.
   */
  async function cancel(repository: string, runId: number): Promise<Cancelled> {
    const answer = await patiently(repository, () => cancelRun(clients, repository, runId));
    if (answer.is !== 'not now' && answer.is !== 'not found') return answer;
    if (answer.is === 'not found') {
      const seen = await patiently(repository, () => seesRepository(clients, repository));
      if (seen.is === 'no answer') return seen;
    }
    const run = await patiently(repository, () => readRun(clients, repository, runId));
    if (run.is === 'found') return { is: 'there', run: run.run };
    if (run.is === 'no answer') return run;
    return answer.is === 'not found' ? { is: 'gone' } : { is: 'no answer', retryAfterMs: null };
  }

  return {
    /** Asks again until the run has ended or is gone, or GitHub refuses: cancelling twice is the same as once. */
    'cancel run': async ({ deploymentId }) => {
      const deployment = await deploymentById(pool, deploymentId);
      const service = deployment && serviceOf(deployment.service);
      if (!service || hasEnded(deployment) || !('run' in deployment)) return null;
      const about = { service: deployment.service, deploymentId } as const;
      const answer = await cancel(service.repository, deployment.run.id);
      reached('cancel: answered');
      switch (answer.is) {
        case 'done':
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
      return later(answer.is === 'no answer' ? answer : { is: 'no answer', retryAfterMs: null }, pauses.github.soon);
    },

    /** Cancels a run that was lost and found too late. Asks again until it has ended or is gone, or GitHub refuses. */
    'cancel stray': async ({ deploymentId, runId }) => {
      const deployment = await deploymentById(pool, deploymentId);
      const service = deployment && serviceOf(deployment.service);
      if (!service) return null;
      const answer = await cancel(service.repository, runId);
      switch (answer.is) {
        case 'done':
          return { afterMs: pauses.github.accepted };
        case 'gone':
          return null;
        case 'refused': {
          const { message } = answer;
          await perform({ type: 'stray refused', service: deployment.service, deploymentId, runId, message });
          return null;
        }
        case 'there':
          await perform({ type: 'production seen', service: deployment.service, run: answer.run });
          return answer.run.status === 'completed' ? null : { afterMs: pauses.github.soon };
        case 'no answer':
          return later(answer, pauses.github.soon);
      }
    },
  };
}
