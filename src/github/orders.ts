/** Requests that change something at GitHub. Each is sent once; the client never repeats it. */

import { plain } from '../core/change/plain.js';
import type { DispatchAnswer } from '../core/command.js';
import { type Answer, ask, type ClientFor, split } from './client.js';
import type { Workflow } from './production.js';
import { type Silent, silent } from './silence.js';

/** Makes sure that a token is available before the claim to send is made. If this fails, nothing was sent. */
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
 * Starts a production run with one POST, never repeated. Only a 200 that names the run is `accepted`; after a 204, a
 * 5xx, a reset, a timeout or an unusable 200, the result is unknown. GitHub Enterprise Server up to 3.20 refuses
 * `return_run_details` as an unknown key. That refusal proves that nothing started, so the request is sent without it.
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

/** GitHub accepted the request, refused it in its own words, or gave no usable answer. */
export type Ordered = { readonly is: 'done' } | { readonly is: 'refused'; readonly message: string } | Silent;

/**
 * Asks GitHub to cancel a run. Safe to repeat: cancelling twice is the same as once. `not now` is a 409: the run has
 * ended or, for a moment, has only just begun. `not found` is a 404: the run is gone, or GitHub does not show the
 * repository.
 */
export async function cancelRun(
  clients: ClientFor,
  repository: string,
  runId: number,
): Promise<Ordered | { readonly is: 'not now' } | { readonly is: 'not found' }> {
  const answer = await ask(async () => {
    const client = await clients(repository);
    return client.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel', {
      ...split(repository),
      run_id: runId,
    });
  });
  if (answer.is === 'refused' && answer.status === 409) return { is: 'not now' };
  if (answer.is === 'refused' && answer.status === 404) return { is: 'not found' };
  // A rejected token says nothing about the run: the cancel is retried, and people are told that it was not done.
  if (answer.is === 'refused' && answer.status === 401) return silent(answer);
  return ordered(answer);
}

/**
 * Asks GitHub to end a run without its consent: `always()` steps and clean-up jobs are not waited for. GitHub's documentation
 * says to use it only when a run does not respond to a plain cancel. Safe to repeat.
 */
export async function forceCancelRun(clients: ClientFor, repository: string, runId: number): Promise<Ordered> {
  return ordered(
    await ask(async () => {
      const client = await clients(repository);
      return client.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/force-cancel', {
        ...split(repository),
        run_id: runId,
      });
    }),
  );
}

/** Asks GitHub to re-run the failed jobs of a run, or all. If it is silent, only a rate limit proves that nothing began. */
export async function rerunJobs(
  clients: ClientFor,
  repository: string,
  runId: number,
  which: 'failed' | 'all',
): Promise<Ordered> {
  const run = { ...split(repository), run_id: runId };
  return ordered(
    await ask(async () => {
      const client = await clients(repository);
      return which === 'failed'
        ? client.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs', run)
        : client.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun', run);
    }),
  );
}

function ordered(answer: Answer<unknown>): Ordered {
  if (answer.is === 'ok') return { is: 'done' };
  return answer.is === 'refused' ? { is: 'refused', message: plain(answer.message) } : silent(answer);
}
