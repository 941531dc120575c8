/** Looks for what else is required of a commit: what webhooks told before it was known, and what they did not tell. */

import { keyOf, type RequiredResult, standings } from '../core/change/results.js';
import type { SeenResult } from '../core/change/seen-result.js';
import { changeBySha } from '../db/changes.js';
import { awaitingOf, stopAwaiting } from '../db/results.js';
import { redrawChanges } from '../db/save-outcome.js';
import type { Again, GitHubHandlers } from '../flow/deliver.js';
import { type Answer, ask, type ClientFor, split } from './client.js';
import { type GitHubJobDeps, resultsIn } from './job-deps.js';
import { runsIn } from './production.js';
import { checkShape, type OfCommit, resultsOfCheck, resultsOfRun, resultsOfStatus, statusShape } from './results.js';
import { later, refusalOf, type Silent, silent } from './silence.js';

/** GitHub is no longer asked for what is not green a day after; a webhook may still tell. */
const MOST_AGE_MS = 86_400_000;
/** What is missing, or has failed, is looked for so much more seldom. */
const SELDOM = 10;
const PER_PAGE = 100;
/** More than 300 checks of one name, or statuses of one commit, or runs within the time looked at, are not read. */
const MOST_PAGES = 3;
/** A run may be older than the push run by this, since several runs begin with one push. */
const BEFORE_MS = 3_600_000;

interface Commit {
  readonly repository: string;
  readonly branch: string;
  readonly sha: string;
  readonly since: Date;
}

export function readResultsJob(deps: GitHubJobDeps): GitHubHandlers['read results'] {
  const { pool, clients, patiently, perform, service: serviceOf, pauses, tracing } = deps;

  return async ({ service: name, sha }): Promise<Again> => {
    const service = serviceOf(name);
    const change = service && (await changeBySha(pool, name, sha));
    if (!service || !change) return null;
    const { repository, branch, requires = [], withinMs = 0 } = service;
    const seen = { type: 'results seen', service: name, sha } as const;
    const open = standings(requires, change).filter(({ status }) => status !== 'passed');
    const results: SeenResult[] = [];
    let silence: Silent | null = null;
    const { pauseMs, stretch } = deps.budgets.budgetOf(repository);
    // What GitHub's limits leave is for deployments.
    for (const { required } of pauseMs > 0 ? [] : open) {
      const commit = { repository, branch, sha, since: change.staging.startedAt };
      const read = await patiently(repository, () => readResult(clients, required, commit));
      if (read.is === 'read') results.push(...read.results);
      else silence ??= read;
    }
    if (open.length > 0 && pauseMs === 0) {
      const refused = silence?.refused;
      if (silence === null || refused !== undefined)
        await deps.fault(resultsIn(repository), refused === undefined ? null : `GitHub answers ${refused}`);
    }
    // Also without news: the config may require something else than when its status was saved.
    await perform({ ...seen, results });
    const awaiting = await awaitingOf(pool, change.id);
    if (!awaiting) return null;
    const { waitedMs, ageMs, overtaken, behind } = awaiting;
    if (overtaken || ageMs > MOST_AGE_MS) {
      await stopAwaiting(pool, change.id);
      return null;
    }
    const now = (await changeBySha(pool, name, sha)) ?? change;
    const stand = standings(requires, now);
    const overdue = waitedMs !== null && waitedMs >= withinMs;
    const isPast = overdue && stand.some(({ status }) => status === 'awaited');
    // Its card calls it missing from now on.
    if (isPast) await redrawChanges(pool, [change.id], tracing.here());
    const usual = Math.max(pauseMs, deps.pace.everyMs * stretch);
    // Of many changes that wait, the newest is the one that people wait for.
    const isSlow = overdue || behind || now.staging.status === 'failed';
    const untilMissing =
      waitedMs !== null && !overdue ? Math.max(withinMs - waitedMs, 0) + 50 : Number.POSITIVE_INFINITY;
    const afterMs = Math.min(isSlow ? usual * SELDOM : usual, untilMissing);
    return silence ? later(silence, Math.max(afterMs, pauses.github.soon)) : { afterMs };
  };
}

type Read = { readonly is: 'read'; readonly results: readonly SeenResult[] } | Silent;

/** All attempts at one result of a commit that GitHub lists. A workflow that is not there has none. */
async function readResult(clients: ClientFor, required: RequiredResult, commit: Commit): Promise<Read> {
  const key = keyOf(required);
  const results: SeenResult[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await ask(() => request(clients, required, commit, page));
    if (answer.is === 'refused' && answer.status === 404 && required.is === 'workflow') return { is: 'read', results };
    if (answer.is !== 'ok') return silentOf(answer);
    const listed = listedIn(required, answer.data);
    if (!listed) return silent(answer);
    const found = listed.flatMap((one) => meaningOf(required, commit, one));
    results.push(...found.filter((one) => one.sha === commit.sha && one.seen.of === key).map(({ seen }) => seen));
    if (listed.length < PER_PAGE) break;
  }
  return { is: 'read', results };
}

const silentOf = (answer: Exclude<Answer<unknown>, { is: 'ok' }>): Silent =>
  answer.is === 'refused' ? { is: 'no answer', retryAfterMs: null, refused: refusalOf(answer) } : silent(answer);

async function request(
  clients: ClientFor,
  required: RequiredResult,
  commit: Commit,
  page: number,
): Promise<{ status: number; data: unknown; headers: { etag?: string } }> {
  const client = await clients(commit.repository);
  const common = { ...split(commit.repository), per_page: PER_PAGE, page };
  switch (required.is) {
    case 'workflow':
      // Not by event or branch: those lists may be behind for hours (cli/cli#5474).
      return client.request('GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs', {
        ...common,
        workflow_id: required.file,
        exclude_pull_requests: true,
        ...(required.event === 'workflow_run' ? { created: `>=${secondsOf(commit.since)}` } : { head_sha: commit.sha }),
      });
    case 'check':
      // All of them: the latest of a name may be another App's.
      return client.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
        ...common,
        ref: commit.sha,
        check_name: required.name,
        filter: 'all',
      });
    case 'status':
      return client.request('GET /repos/{owner}/{repo}/commits/{ref}/statuses', { ...common, ref: commit.sha });
  }
}

const secondsOf = (since: Date): string => new Date(since.getTime() - BEFORE_MS).toISOString().replace(/\.\d+Z$/, 'Z');

function listedIn(required: RequiredResult, data: unknown): unknown[] | null {
  const list = required.is === 'check' ? (data as { check_runs?: unknown } | null)?.check_runs : data;
  if (required.is === 'workflow') return runsIn(data);
  return Array.isArray(list) ? list : null;
}

function meaningOf(required: RequiredResult, { branch, sha }: Commit, listed: unknown): OfCommit[] {
  const requires = [required];
  switch (required.is) {
    case 'workflow': {
      const [run] = runsIn({ workflow_runs: [listed] }) ?? [];
      return run ? resultsOfRun(run, run.repository?.id ?? Number.NaN, { branch, requires }) : [];
    }
    case 'check': {
      const check = checkShape.safeParse(listed);
      return check.success ? resultsOfCheck(check.data, requires) : [];
    }
    case 'status': {
      const status = statusShape.safeParse(listed);
      return status.success ? resultsOfStatus(status.data, sha, status.data.creator?.login ?? null, requires) : [];
    }
  }
}
