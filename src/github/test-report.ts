import type { Staging } from '../core/change/change.js';
import type { ReadReport } from '../core/change/failed-tests.js';
import { MOST_BYTES, readReports, TOO_LARGE } from '../test-reports/read-reports.js';
import { ask, type ClientFor, split } from './client.js';
import { readJobs } from './production.js';
import type { JobShape } from './shapes.js';
import { unanswered } from './silence.js';

type Run = Pick<Staging, 'runId' | 'attempt' | 'startedAt'>;

/**
 * What the test reports of a staging run say, from the artifact of that name: a zip of at most 10 MB with JUnit `*.xml`
 * files, or one such file (`archive: false`). null when the attempt has no such artifact. Throws when GitHub does not answer.
 */
export async function readTestReport(
  clients: ClientFor,
  repository: string,
  run: Run,
  name: string,
): Promise<ReadReport | null> {
  const listed = await ask(async () => {
    const client = await clients(repository);
    return client.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', {
      ...split(repository),
      run_id: run.runId,
      name,
      per_page: 100,
    });
  });
  if (listed.is === 'refused') return null;
  if (listed.is !== 'ok') throw unanswered(listed, 'GitHub does not list the artifacts');
  // Each attempt of a run may leave one with the same name. The older one can have the larger id (seen since
  // 2026-09: dotnet/orleans#11328), so the time decides.
  const found = listed.data.artifacts
    .filter((one) => one.name === name && !one.expired)
    .sort((a, b) => Date.parse(b.created_at ?? '') - Date.parse(a.created_at ?? '') || b.id - a.id)[0];
  if (!found || !(await isOfAttempt(clients, repository, run, Date.parse(found.created_at ?? '')))) return null;
  if (found.size_in_bytes > MOST_BYTES) return TOO_LARGE;
  const artifact = await ask(async () => {
    const client = await clients(repository);
    const answer = await client.request('GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}', {
      ...split(repository),
      artifact_id: found.id,
      archive_format: 'zip',
      // The storage says what type it is, and octokit would make text of some.
      request: { parseSuccessResponseBody: false },
    });
    return { ...answer, data: await bytesOf(answer.data as ReadableStream<Uint8Array> | null) };
  });
  if (artifact.is === 'refused') return null;
  if (artifact.is !== 'ok') throw unanswered(artifact, 'GitHub does not return the artifact');
  return artifact.data ? readReports(artifact.data) : TOO_LARGE;
}

/** The bytes of a body; null when they are more than an artifact may have. */
async function bytesOf(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Whether what was made at a time tells of this attempt. What the first attempt left does if its job was not run again in
 * the second: GitHub lists such a job in both, with the same start. When several jobs ran at that time, none of them may
 * have been run again.
 */
async function isOfAttempt(clients: ClientFor, repository: string, run: Run, madeAt: number): Promise<boolean> {
  const { runId, attempt, startedAt } = run;
  if (attempt === 1 || madeAt >= wholeSeconds(startedAt)) return true;
  if (attempt > 2) return false;
  const first = await readJobs(clients, repository, runId, 1);
  if (first.is === 'no answer') throw unanswered(first, 'GitHub does not list the jobs');
  const second = await readJobs(clients, repository, runId, 2);
  if (second.is === 'no answer') throw unanswered(second, 'GitHub does not list the jobs');
  if (first.is === 'refused' || second.is === 'refused') return false;
  const makers = first.jobs.filter(
    ({ started_at, completed_at }) =>
      Date.parse(started_at ?? '') <= madeAt && madeAt <= Date.parse(completed_at ?? ''),
  );
  const stands = (job: JobShape): boolean =>
    second.jobs.some((other) => other.name === job.name && other.started_at === job.started_at);
  return makers.length > 0 && makers.every(stands);
}

/** GitHub's times have no milliseconds. */
const wholeSeconds = (time: Date): number => Math.floor(time.getTime() / 1_000) * 1_000;
