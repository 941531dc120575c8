/** The fields that we read from GitHub's answers and deliveries; any others are ignored. */

import { z } from 'zod';
import type { Job, StagingRun } from '../core/change/change.js';
import { shortSha } from '../core/change/change.js';
import { plain } from '../core/change/plain.js';
import type { ProductionRun } from '../core/deployment/deployment.js';

const login = z.object({ login: z.string() }).nullish();

/** Real deliveries omit fields that GitHub's schema requires, so only what a decision needs is required here. */
export const runShape = z.object({
  id: z.number().int(),
  run_number: z.number().int(),
  run_attempt: z.number().int().default(1),
  event: z.string(),
  status: z.string().nullable(),
  conclusion: z.string().nullish(),
  head_branch: z.string().nullish(),
  head_sha: z.string().regex(/^[0-9a-f]{40}$/),
  path: z.string().nullish(),
  display_title: z.string().nullish(),
  html_url: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  run_started_at: z.string().nullish(),
  actor: login,
  triggering_actor: login,
  head_commit: z.object({ message: z.string(), author: z.object({ name: z.string() }).nullish() }).nullish(),
  head_repository: z.object({ id: z.number() }).nullish(),
  repository: z.object({ id: z.number(), full_name: z.string().nullish() }).nullish(),
});
export type RunShape = z.infer<typeof runShape>;

/** `.github/workflows/deploy.yml@refs/heads/main` -> `deploy.yml`; null when GitHub names no path. */
export function workflowFile(path: string | null | undefined): string | null {
  return path?.split('@')[0]?.split('/').at(-1) ?? null;
}

/**
 * Whether a run tests a change on the service's branch. A fork's pull request from a branch called `main` arrives in
 * our own repository's deliveries as `head_branch: main`, so the repository it came from is compared too. So does the
 * push of a tag called `main`; its run's path ends in `@refs/tags/main`.
 */
export function isStagingRun(run: RunShape, repositoryId: number, branch: string, file: string): boolean {
  return (
    run.event === 'push' &&
    run.head_branch === branch &&
    !isOnTag(run.path) &&
    run.head_repository?.id === repositoryId &&
    workflowFile(run.path) === file
  );
}

/** GitHub may say for a moment that a run is completed before it says how: until then it has not ended. */
const statusOf = ({ status, conclusion }: RunShape): string =>
  status === 'completed' && (conclusion ?? null) === null ? 'in_progress' : (status ?? 'queued');

const isOnTag = (path: string | null | undefined): boolean => path?.includes('@refs/tags/') ?? false;

export function stagingRunOf(run: RunShape): StagingRun {
  const message = run.head_commit?.message ?? run.display_title ?? '';
  return {
    runId: run.id,
    runNumber: run.run_number,
    attempt: run.run_attempt,
    status: statusOf(run),
    conclusion: run.conclusion ?? null,
    sha: run.head_sha,
    title: plain(message.split('\n')[0] ?? '') || shortSha(run.head_sha),
    author: plain(run.head_commit?.author?.name ?? run.actor?.login ?? '') || 'unknown',
    actor: plain(run.triggering_actor?.login ?? run.actor?.login ?? '') || 'unknown',
    url: run.html_url,
    startedAt: run.run_started_at ?? run.created_at,
    updatedAt: run.updated_at,
  };
}

export function productionRunOf(run: RunShape): ProductionRun {
  return {
    runId: run.id,
    attempt: run.run_attempt,
    status: statusOf(run),
    conclusion: run.conclusion ?? null,
    title: plain(run.display_title ?? ''),
    actor: plain(run.triggering_actor?.login ?? run.actor?.login ?? '') || 'unknown',
    url: run.html_url,
    startedAt: run.run_started_at ?? run.created_at,
    updatedAt: run.updated_at,
  };
}

export const jobShape = z.object({
  id: z.number().int().nullish(),
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullish(),
  html_url: z.string().nullish(),
  started_at: z.string().nullish(),
  completed_at: z.string().nullish(),
  steps: z
    .array(
      z.object({
        name: z.string(),
        conclusion: z.string().nullish(),
        started_at: z.string().nullish(),
        completed_at: z.string().nullish(),
      }),
    )
    .nullish(),
});

export type JobShape = z.infer<typeof jobShape>;

/** The conclusions of steps that did not succeed. */
export const BROKEN: ReadonlySet<string> = new Set(['failure', 'timed_out', 'cancelled', 'startup_failure']);

export function jobOf(job: JobShape): Job {
  return {
    name: plain(job.name) || 'a job without a name',
    status: job.status,
    conclusion: job.conclusion ?? null,
    url: job.html_url ?? '',
    failedSteps: (job.steps ?? [])
      .filter((step) => BROKEN.has(step.conclusion ?? ''))
      .map((step) => plain(step.name) || 'a step'),
  };
}
