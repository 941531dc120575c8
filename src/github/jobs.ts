/** The jobs that call GitHub: start, find, follow and cancel a run, re-run staging, and read details for the card. */

import type { DispatchAnswer } from '../core/command.js';
import { inputsFrom } from '../core/deployment/asks.js';
import { hasEnded, LOOKED_FOR_MS } from '../core/deployment/deployment.js';
import { isNoNews } from '../core/deployment/production.js';
import { stageOf } from '../core/stages/stage.js';
import { reached } from '../crash-points.js';
import { claimSend, deploymentById, endedBefore, saveJobs } from '../db/deployments.js';
import { transaction } from '../db/pool.js';
import { redrawChanges } from '../db/save-outcome.js';
import type { Again, GitHubHandlers } from '../flow/deliver.js';
import { cancelJobs } from './cancel.js';
import { checkRunJob } from './check-run.js';
import { describeJob } from './describe.js';
import { type GitHubJobDeps, lookingUpIn, workflowOf } from './job-deps.js';
import { keep } from './keep.js';
import { reachGitHub, startRun } from './orders.js';
import { findRun, jobsOf, readRun, stillHas } from './production.js';
import { askWhyFailed, readFailureJob } from './read-failure.js';
import { readResultsJob } from './read-results.js';
import { rerunJob } from './rerun.js';
import { rerunResultJob } from './rerun-result.js';
import { later } from './silence.js';

/** The maximum age of the checks when the request is sent. */
const FRESH_MS = 10_000;
/** How long the jobs of a run are still asked for after its end; until then a card may lack them. */
const FOLLOW_ENDED_MS = 600_000;
/** How often the timeouts of a deployment under way are checked, however long GitHub's rate limit lasts. */
const WATCH_MS = 60_000;

export function githubJobs(deps: GitHubJobDeps): GitHubHandlers {
  const { pool, clients, patiently, perform, dispatched, pauses, tracing } = deps;
  const cancels = cancelJobs(deps);
  const rerun = rerunJob(deps);
  const rerunResult = rerunResultJob(deps);
  const readResults = readResultsJob(deps);
  const describe = describeJob(deps);
  const readFailure = readFailureJob(deps);
  const checkRun = checkRunJob(deps);

  /** Looks up a deployment's run by its name and records the result. */
  async function lookUp(deploymentId: number): Promise<Again> {
    const deployment = await deploymentById(pool, deploymentId);
    const service = deployment && deps.service(deployment.service);
    if (!service || (deployment.status !== 'unknown' && deployment.status !== 'lost') || deployment.sentAt === null)
      return null;
    const { repository } = service;
    const { deployId, sentAt } = deployment;
    const found = await patiently(repository, () =>
      findRun(clients, workflowOf(service, deployment), deployId, sentAt),
    );
    const about = { service: deployment.service, deploymentId };
    const refused = found.is === 'no answer' ? (found.refused ?? null) : null;
    if (found.is !== 'no answer' || refused !== null)
      await deps.fault(lookingUpIn(repository), refused && `GitHub answers ${refused}`);
    if (found.is === 'no answer') {
      if (refused !== null) await perform({ type: 'look-up refused', ...about, message: refused });
      // A lost run is no longer asked for after an hour without an answer.
      if (deployment.status === 'lost' && (await endedBefore(pool, deploymentId, LOOKED_FOR_MS))) return null;
      await perform({ type: 'time passed', ...about });
      return later(found, pauses.github.lookUp[1], WATCH_MS);
    }
    if (found.is === 'found') reached('look up: found');
    await perform(
      found.is === 'none'
        ? { type: 'not found', ...about }
        : { type: 'production seen', service: deployment.service, run: found.run },
    );
    return null;
  }

  /** Whether its request may have been sent. */
  async function wasSent(deploymentId: number): Promise<boolean> {
    const deployment = await deploymentById(pool, deploymentId);
    return deployment?.status === 'dispatching' && deployment.sentAt !== null;
  }

  return {
    'start next': async ({ service }) => {
      await perform({ type: 'start next', service });
      return null;
    },

    /**
     * Sends the start unless it was claimed already, before a crash or by another job; then the run is only looked up,
     * as after a lost, late or unusable answer. A refusal or a rate limit is GitHub's own definite answer. While GitHub must
     * not be asked, nothing is sent.
     */
    dispatch: async ({ deploymentId, service: named }) => {
      const name = named ?? (await deploymentById(pool, deploymentId))?.service;
      const service = name === undefined ? undefined : deps.service(name);
      if (name === undefined || !service) return null;
      const about = { service: name, deploymentId };
      tracing.note({ 'pushbutton.service': name });
      const { repository, production } = service;
      const reachable = await patiently(repository, () => reachGitHub(clients, repository));
      if (reachable !== true && !(await wasSent(deploymentId))) {
        await perform({ type: 'not sent', ...about });
        return null;
      }
      reached('dispatch: reached');
      const claim = await claimSend(pool, deploymentId, FRESH_MS);
      if (claim.is === 'not dispatching') return null;
      if (claim.is === 'stale') {
        await perform({ type: 'not sent', ...about });
        return null;
      }
      let answer: DispatchAnswer = { is: 'unknown' };
      if (claim.is === 'claimed') {
        reached('dispatch: claimed');
        const { sha, deployId, requestedBy, answered } = claim.deployment;
        tracing.note({ 'pushbutton.sha': sha.slice(0, 7) });
        const ours = { sha, deploy_id: deployId, requested_by: requestedBy };
        const own = stageOf(claim.deployment)?.plan.inputs ?? production.inputs;
        const inputs = { ...own, ...inputsFrom(answered), ...ours };
        const told = await patiently(repository, () =>
          startRun(clients, workflowOf(service, claim.deployment), production.ref, inputs),
        );
        // Somebody else met the limit since: nothing was sent, and the claim is given back as after a limit of its own.
        answer = told.is === 'no answer' ? { is: 'rate limited', retryAfterMs: told.retryAfterMs } : told;
      }
      reached('dispatch: answered');
      const of = claim.is === 'claimed' ? { deployId: claim.deployment.deployId } : {};
      await keep(pauses, () => perform({ type: 'dispatch answered', ...about, ...of, answer }));
      // A start that hit a rate limit does not count as sent; it is measured when it is sent again.
      if (claim.is === 'claimed' && answer.is !== 'rate limited') dispatched(claim.seconds);
      return null;
    },

    'look up': ({ deploymentId }) => lookUp(deploymentId),

    /** Reads the run and its jobs. A webhook says the same sooner, if one arrives. */
    follow: async ({ deploymentId }) => {
      const deployment = await deploymentById(pool, deploymentId);
      const service = deployment && deps.service(deployment.service);
      if (!service || !('run' in deployment) || !deployment.run) return null;
      const { id, attempt } = deployment.run;
      const { repository } = service;
      const run = await patiently(repository, () => readRun(clients, repository, id));
      reached('follow: read');
      if (run.is === 'found' && !isNoNews(deployment.run, run.run))
        await perform({ type: 'production seen', service: deployment.service, run: run.run });
      const jobs = await patiently(repository, () => jobsOf(clients, repository, id, attempt));
      if ('missing' in deployment) {
        const shown =
          run.is === 'none' && jobs.is === 'refused'
            ? await stillHas(
                clients,
                patiently,
                workflowOf(service, deployment),
                deployment.deployId,
                deployment.run.startedAt,
              )
            : run.is === 'found' || null;
        if (shown === false || (shown && deployment.missing))
          await perform({ type: 'run read', service: deployment.service, deploymentId, shown });
      }
      if (jobs.is === 'found') {
        const { changeId, pressedOn } = deployment;
        const cards = pressedOn === null ? [changeId] : [changeId, pressedOn];
        // In one transaction: on a retry, jobs that are already saved would not cause a redraw.
        await transaction(pool, async (tx) => {
          if (!(await saveJobs(tx, deploymentId, id, jobs.jobs))) return;
          reached('follow: jobs saved');
          await redrawChanges(tx, cards, tracing.here());
        });
      }
      // Between two stages there is nothing to follow; its jobs are known.
      if (deployment.status === 'baking') return jobs.is === 'no answer' ? later(jobs, pauses.github.follow[1]) : null;
      if (hasEnded(deployment)) {
        if (deployment.status === 'failed' && service.logs) {
          const failed = { changeId: deployment.changeId, runId: id, attempt };
          await transaction(pool, (tx) => askWhyFailed(tx, failed, deploymentId));
        }
        if (jobs.is !== 'no answer' || (await endedBefore(pool, deploymentId, FOLLOW_ENDED_MS))) return null;
        return later(jobs, pauses.github.follow[1]);
      }
      await perform({ type: 'time passed', service: deployment.service, deploymentId });
      const [, running, hung] = pauses.github.follow;
      const afterMs = deployment.status === 'hung' ? hung : running;
      return jobs.is === 'no answer' ? later(jobs, afterMs, WATCH_MS) : { afterMs };
    },

    'cancel run': (job) => cancels['cancel run'](job),
    'cancel stray': (job) => cancels['cancel stray'](job),

    'run check': (job) => checkRun(job),

    're-run staging': (job) => rerun(job),

    're-run result': (job) => rerunResult(job),
    'read results': (job) => readResults(job),

    describe: (job) => describe(job),

    'read failure': (job) => readFailure(job),
  };
}
