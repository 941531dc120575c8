/** What GitHub's runs, check runs and statuses say of the results that are required beside the push run. */

import { z } from 'zod';
import { plain } from '../core/change/plain.js';
import { keyOf, type RequiredResult } from '../core/change/results.js';
import type { SeenResult } from '../core/change/seen-result.js';
import { type RunShape, workflowFile } from './shapes.js';

/** A result, and the commit that it is of. */
export interface OfCommit {
  readonly sha: string;
  readonly seen: SeenResult;
}

const sha = z.string().regex(/^[0-9a-f]{40}$/);
const MOST_WORD = 60;

/** GitHub's check run, in deliveries and in lists alike. */
export const checkShape = z.object({
  id: z.number().int(),
  name: z.string(),
  head_sha: sha,
  status: z.string(),
  conclusion: z.string().nullish(),
  started_at: z.string().nullish(),
  completed_at: z.string().nullish(),
  html_url: z.string().nullish(),
  details_url: z.string().nullish(),
  app: z.object({ slug: z.string().nullish() }).nullish(),
});
export type CheckShape = z.infer<typeof checkShape>;

/** A commit status. A list names its `creator`; a delivery does not, but whoever sets it is the `sender` of that. */
export const statusShape = z.object({
  id: z.number().int(),
  context: z.string(),
  state: z.string(),
  target_url: z.string().nullish(),
  created_at: z.string(),
  updated_at: z.string(),
  creator: z.object({ login: z.string() }).nullish(),
});
export type StatusShape = z.infer<typeof statusShape>;

/** What a run is a result of. A run of another repository's code, or of a tag, is none. */
export function resultsOfRun(
  run: RunShape,
  repositoryId: number,
  { branch, requires }: { readonly branch: string; readonly requires: readonly RequiredResult[] },
): OfCommit[] {
  if (run.head_repository?.id !== repositoryId || run.path?.includes('@refs/tags/')) return [];
  const file = workflowFile(run.path);
  return requires.flatMap((required): OfCommit[] => {
    if (required.is !== 'workflow' || required.file !== file || required.event !== run.event) return [];
    const of = isOn(branch, run) ? testedBy(run) : null;
    return of === null ? [] : [{ sha: of, seen: seenRun(required, run) }];
  });
}

/** Where the event says on which branch it ran, only the service's own branch counts. */
function isOn(branch: string, { event, head_branch }: RunShape): boolean {
  switch (event) {
    case 'push':
    case 'workflow_dispatch':
      return head_branch === branch;
    case 'merge_group':
      return head_branch?.startsWith(`gh-readonly-queue/${branch}/`) ?? false;
    default:
      return true;
  }
}

/**
 * The commit that a run tested. What `workflow_run` starts has the tip of the default branch as its `head_sha`, whatever the run
 * tested that started it, and names that nowhere (docs: events that trigger workflows): only the run's own name can say it. A
 * name with two commits says nothing.
 */
function testedBy(run: RunShape): string | null {
  if (run.event !== 'workflow_run') return run.head_sha;
  const named = new Set((run.display_title ?? '').match(/(?<![0-9a-z])[0-9a-f]{40}(?![0-9a-z])/gi) ?? []);
  const [only = null] = named;
  return named.size === 1 ? (only?.toLowerCase() ?? null) : null;
}

function seenRun(required: RequiredResult, run: RunShape): SeenResult {
  return {
    of: keyOf(required),
    id: run.id,
    attempt: run.run_attempt,
    ...stood(run.status ?? 'queued', run.conclusion ?? null),
    url: run.html_url,
    startedAt: run.run_started_at ?? run.created_at,
    updatedAt: run.updated_at,
  };
}

/** What a check run is a result of: by its name and its App, since anybody with an App may take the name. */
export function resultsOfCheck(check: CheckShape, requires: readonly RequiredResult[]): OfCommit[] {
  const app = check.app?.slug?.toLowerCase();
  return requires.flatMap((required): OfCommit[] => {
    if (required.is !== 'check' || required.name !== check.name || required.app.toLowerCase() !== app) return [];
    const startedAt = check.started_at ?? '';
    const seen = {
      of: keyOf(required),
      id: check.id,
      attempt: 1,
      ...stood(check.status, check.conclusion ?? null),
      url: check.html_url ?? check.details_url ?? '',
      startedAt,
      updatedAt: check.completed_at ?? startedAt,
    };
    return [{ sha: check.head_sha, seen }];
  });
}

/** What a status is a result of: by its context and by who set it. */
export function resultsOfStatus(
  status: StatusShape,
  commit: string,
  by: string | null,
  requires: readonly RequiredResult[],
): OfCommit[] {
  const login = by?.toLowerCase();
  return requires.flatMap((required): OfCommit[] => {
    if (required.is !== 'status' || required.name !== status.context || required.by.toLowerCase() !== login) return [];
    const ended = { success: 'passed', failure: 'failed', error: 'failed' } as const;
    const seen: SeenResult = {
      of: keyOf(required),
      id: status.id,
      attempt: 1,
      status: ended[status.state as keyof typeof ended] ?? 'running',
      word: plain(status.state, MOST_WORD),
      url: status.target_url ?? '',
      startedAt: status.created_at,
      updatedAt: status.updated_at,
    };
    return [{ sha: commit, seen }];
  });
}

/** Only success is green. GitHub may say for a moment that something is completed before it says how. */
function stood(status: string, conclusion: string | null): Pick<SeenResult, 'status' | 'word'> {
  const word = plain((status === 'completed' ? conclusion : status) ?? 'in_progress', MOST_WORD);
  if (status !== 'completed' || conclusion === null) return { status: 'running', word };
  return { status: conclusion === 'success' ? 'passed' : 'failed', word };
}
