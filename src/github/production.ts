import type { Job } from '../core/change.js';
import type { DispatchAnswer } from '../core/command.js';
import { namedIn, type ProductionRun } from '../core/deployment.js';
import { plain } from '../core/plain.js';
import { type Answer, ask, type ClientFor, split } from './client.js';
import { jobOf, jobShape, productionRunOf, runShape } from './shapes.js';

/** A workflow of a repository: its file name. */
export interface Workflow {
  readonly repository: string;
  readonly file: string;
}

/** What was found of a run: there, certainly not there, or GitHub did not say. */
export type Sought = ProductionRun | 'none' | 'no answer';

/** Makes sure that a token can be had, before the claim to send is made: what fails here was not sent. */
export async function reachGitHub(clients: ClientFor, repository: string): Promise<boolean> {
  try {
    const client = await clients(repository);
    await client.auth({ type: 'installation' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a production run: one POST, never repeated. Only a 200 that names the run is `accepted`; 204, 5xx, a reset,
 * a time-out or an unusable 200 leave it unknown. GitHub Enterprise Server up to 3.20 refuses `return_run_details` as
 * an unknown key; that refusal proves that nothing started, so the request is sent again without it.
 */
export async function startRun(
  clients: ClientFor,
  workflow: Workflow,
  ref: string,
  inputs: Readonly<Record<string, string>>,
): Promise<DispatchAnswer> {
  const first = await dispatch(clients, workflow, { ref, inputs, return_run_details: true });
  if (first.is === 'refused' && /return_run_details/.test(first.message)) {
    return meaning(await dispatch(clients, workflow, { ref, inputs }));
  }
  return meaning(first);
}

function dispatch(
  clients: ClientFor,
  { repository, file }: Workflow,
  body: Record<string, unknown>,
): Promise<Answer<unknown>> {
  return ask(async () => {
    const client = await clients(repository);
    return client.request('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {
      ...split(repository),
      workflow_id: file,
      ...(body as { ref: string }),
    });
  });
}

function meaning(answer: Answer<unknown>): DispatchAnswer {
  switch (answer.is) {
    case 'ok': {
      const details = answer.data as { workflow_run_id?: unknown; html_url?: unknown } | undefined;
      const runId = details?.workflow_run_id;
      const url = details?.html_url;
      if (answer.status !== 200 || !Number.isSafeInteger(runId) || typeof url !== 'string') return { is: 'unknown' };
      return { is: 'accepted', runId: runId as number, url };
    }
    case 'refused':
      return { is: 'refused', message: plain(answer.message) };
    case 'rate limited':
      return { is: 'rate limited', retryAfterMs: answer.retryAfterMs };
    case 'unchanged':
    case 'no answer':
      return { is: 'unknown' };
  }
}

/** Looks a run up by the `[deploy_id]` in its name, among the runs created since half an hour before `since`: the name decides,
 * and GitHub's clock and the database's may differ. */
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
    if (answer.is !== 'ok') return 'no answer';
    const runs = runsIn(answer.data);
    if (runs === null) return 'no answer';
    const found = runs.find((run) => namedIn(run.display_title ?? '').includes(deployId));
    if (found) return productionRunOf(found);
    if (runs.length < 100) break;
  }
  return 'none';
}

/** The runs of a list answer; null when it is no list. A run that cannot be read is left out. */
export function runsIn(data: unknown) {
  const list = (data as { workflow_runs?: unknown } | null)?.workflow_runs;
  if (!Array.isArray(list)) return null;
  return list.flatMap((one) => {
    const run = runShape.safeParse(one);
    return run.success ? [run.data] : [];
  });
}

/** A run as it is now; `none` when GitHub says that there is no such run. */
export async function readRun(clients: ClientFor, repository: string, runId: number): Promise<Sought> {
  const answer = await ask(async () => {
    const client = await clients(repository);
    return client.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', { ...split(repository), run_id: runId });
  });
  if (answer.is === 'refused' && answer.status === 404) return 'none';
  const run = answer.is === 'ok' ? runShape.safeParse(answer.data) : null;
  return run?.success ? productionRunOf(run.data) : 'no answer';
}

/** How an attempt of a run ended; null when GitHub does not say. Throws when GitHub does not answer. */
export async function conclusionOf(
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
  if (!run?.success) throw new Error('GitHub does not say how an attempt ended');
  return run.data.conclusion ?? null;
}

/** The jobs of an attempt, at most 100; null when GitHub does not answer. */
export async function jobsOf(
  clients: ClientFor,
  repository: string,
  runId: number,
  attempt: number,
): Promise<Job[] | null> {
  const answer = await ask(async () => {
    const client = await clients(repository);
    return client.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs', {
      ...split(repository),
      run_id: runId,
      attempt_number: attempt,
      per_page: 100,
    });
  });
  if (answer.is !== 'ok') return null;
  const list = (answer.data as { jobs?: unknown }).jobs;
  if (!Array.isArray(list)) return null;
  return list.flatMap((one) => {
    const job = jobShape.safeParse(one);
    return job.success ? [jobOf(job.data)] : [];
  });
}

/**
 * Asks GitHub to cancel a run. Safe to repeat: cancelling twice is cancelling once. `not now` is a 409, which GitHub gives
 * for a run that has ended and, for a moment, for one that has just begun.
 */
export async function cancelRun(
  clients: ClientFor,
  repository: string,
  runId: number,
): Promise<'done' | 'not now' | 'gone' | 'no answer' | { readonly refused: string }> {
  const answer = await ask(async () => {
    const client = await clients(repository);
    return client.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel', {
      ...split(repository),
      run_id: runId,
    });
  });
  if (answer.is === 'ok') return 'done';
  if (answer.is !== 'refused') return 'no answer';
  if (answer.status === 409) return 'not now';
  return answer.status === 404 ? 'gone' : { refused: plain(answer.message) };
}

/** Asks GitHub to run the failed jobs of a run once more: one POST, never repeated. GitHub's own words where it refuses. */
export async function rerunFailedJobs(
  clients: ClientFor,
  repository: string,
  runId: number,
): Promise<{ readonly refused: string } | null> {
  const answer = await ask(async () => {
    const client = await clients(repository);
    return client.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs', {
      ...split(repository),
      run_id: runId,
    });
  });
  return answer.is === 'refused' ? { refused: plain(answer.message) } : null;
}
