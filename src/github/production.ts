/** Reads runs from GitHub: finds one by its name, reads one by its id, and lists its jobs. */

import type { Job, StagingRun } from '../core/change/change.js';
import { namedIn, type ProductionRun } from '../core/deployment/deployment.js';
import { ask, type ClientFor, split } from './client.js';
import { type JobShape, jobOf, jobShape, productionRunOf, type RunShape, runShape, stagingRunOf } from './shapes.js';
import { orThrow, type Patiently, type Silent, silent, unanswered } from './silence.js';

/** A workflow of a repository, by its file name. */
export interface Workflow {
  readonly repository: string;
  readonly file: string;
}

/** The result of looking for a run: found, not there, or no usable answer from GitHub. */
export type Sought<Run = ProductionRun> =
  | { readonly is: 'found'; readonly run: Run }
  | { readonly is: 'none' }
  | Silent;

/** Finds a run by the `[deploy_id]` in its name. Searches the runs created from half an hour before `since` on, because
 * GitHub's clock and the database's may differ; the name decides. */
export async function findRun(clients: ClientFor, workflow: Workflow, deployId: string, since: Date): Promise<Sought> {
  const from = new Date(since.getTime() - 1_800_000).toISOString().replace(/\.\d+Z$/, 'Z');
  for (let page = 1; page <= 5; page += 1) {
    const answer = await ask(async () => {
      const client = await clients(workflow.repository);
      return client.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
        ...split(workflow.repository),
        workflow_id: workflow.file,
        event: 'workflow_dispatch',
        created: `>=${from}`,
        per_page: 100,
        page,
      });
    });
    const runs = answer.is === 'ok' ? runsIn(answer.data) : null;
    if (runs === null) return silent(answer);
    const found = runs.find((run) => namedIn(run.display_title ?? '').includes(deployId));
    if (found) return { is: 'found', run: productionRunOf(found) };
    if (runs.length < 100) break;
  }
  return { is: 'none' };
}

/** The runs in an answer; null when it is not a list. Leaves out runs that cannot be parsed. */
export function runsIn(data: unknown) {
  const list = (data as { workflow_runs?: unknown } | null)?.workflow_runs;
  if (!Array.isArray(list)) return null;
  return list.flatMap((one) => {
    const run = runShape.safeParse(one);
    return run.success ? [run.data] : [];
  });
}

/** A production run as it is now; `none` when GitHub shows no such run. */
export const readRun = (clients: ClientFor, repository: string, runId: number): Promise<Sought> =>
  readAs(productionRunOf, clients, repository, runId);

/** A staging run as it is now; `none` when GitHub shows no such run. */
export const readStagingRun = (clients: ClientFor, repository: string, runId: number): Promise<Sought<StagingRun>> =>
  readAs(stagingRunOf, clients, repository, runId);

/** Any run as GitHub tells of it; `none` when it shows no such run. */
export const readRunShape = (clients: ClientFor, repository: string, runId: number): Promise<Sought<RunShape>> =>
  readAs((run) => run, clients, repository, runId);

async function readAs<Run>(
  meaning: (run: RunShape) => Run,
  clients: ClientFor,
  repository: string,
  runId: number,
): Promise<Sought<Run>> {
  const answer = await ask(async () => {
    const client = await clients(repository);
    return client.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', { ...split(repository), run_id: runId });
  });
  if (answer.is === 'refused' && answer.status === 404) return { is: 'none' };
  const run = answer.is === 'ok' ? runShape.safeParse(answer.data) : null;
  return run?.success ? { is: 'found', run: meaning(run.data) } : silent(answer);
}

/** Whether GitHub shows the repository; it answers for a hidden one as if it did not exist. */
async function seesRepository(clients: ClientFor, repository: string): Promise<{ readonly is: 'yes' } | Silent> {
  const answer = await ask(async () => {
    const client = await clients(repository);
    return client.request('GET /repos/{owner}/{repo}', split(repository));
  });
  return answer.is === 'ok' ? { is: 'yes' } : silent(answer);
}

/**
 * Whether GitHub still has a run that it does not show by its id: outages have hidden runs that went on. It is gone when GitHub
 * shows the repository, and a list of runs without its deploy id. null while it does not say.
 */
export async function stillHas(
  clients: ClientFor,
  patiently: Patiently,
  workflow: Workflow,
  deployId: string,
  since: Date,
): Promise<boolean | null> {
  const { repository } = workflow;
  const seen = await patiently(repository, () => seesRepository(clients, repository));
  if (seen.is !== 'yes') return null;
  const listed = await patiently(repository, () => findRun(clients, workflow, deployId, since));
  return listed.is === 'no answer' ? null : listed.is === 'found';
}

/** How an attempt of a run ended; null when GitHub does not say. Throws when GitHub does not answer, or must not be asked. */
export const conclusionOf = (
  clients: ClientFor,
  patiently: Patiently,
  repository: string,
  runId: number,
  attempt: number,
): Promise<string | null> => orThrow(patiently, repository, () => readConclusion(clients, repository, runId, attempt));

async function readConclusion(
  clients: ClientFor,
  repository: string,
  runId: number,
  attempt: number,
): Promise<string | null> {
  const answer = await ask(async () => {
    const client = await clients(repository);
    return client.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}', {
      ...split(repository),
      run_id: runId,
      attempt_number: attempt,
    });
  });
  if (answer.is === 'refused') return null;
  const run = answer.is === 'ok' ? runShape.safeParse(answer.data) : null;
  if (!run?.success) throw unanswered(answer, 'GitHub does not say how an attempt ended');
  return run.data.conclusion ?? null;
}

/** Pages of 100 jobs that are read of an attempt. A run of several matrices of 256 jobs has them all in ten. */
const MOST_PAGES = 10;

/** The jobs of an attempt, with their steps. */
export async function jobsOf(
  clients: ClientFor,
  repository: string,
  runId: number,
  attempt: number,
): Promise<{ readonly is: 'found'; readonly jobs: Job[] } | { readonly is: 'refused' } | Silent> {
  const read = await readJobs(clients, repository, runId, attempt);
  return read.is === 'found' ? { is: 'found', jobs: read.jobs.map(jobOf) } : read;
}

/** The jobs of an attempt as GitHub tells of them, page by page until there are as many as it says; at most 1,000. */
export async function readJobs(
  clients: ClientFor,
  repository: string,
  runId: number,
  attempt: number,
): Promise<{ readonly is: 'found'; readonly jobs: JobShape[] } | { readonly is: 'refused' } | Silent> {
  const jobs: JobShape[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await ask(async () => {
      const client = await clients(repository);
      return client.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs', {
        ...split(repository),
        run_id: runId,
        attempt_number: attempt,
        per_page: 100,
        page,
      });
    });
    if (answer.is === 'refused') return { is: 'refused' };
    const list: unknown = answer.is === 'ok' ? answer.data.jobs : null;
    if (answer.is !== 'ok' || !Array.isArray(list)) return silent(answer);
    for (const one of list) {
      const job = jobShape.safeParse(one);
      if (job.success) jobs.push(job.data);
    }
    if (list.length === 0 || page * 100 >= answer.data.total_count) break;
  }
  return { is: 'found', jobs };
}
