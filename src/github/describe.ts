/** Reads what a card says of its change besides the result. */

import { type Change, hasNoResult, type Job, type PullRequest, type TestReport } from '../core/change/change.js';
import { MOST_EXPLAINED } from '../core/change/explanation.js';
import { comparedWith, type FailedBefore, firstFailures, type ReadReport } from '../core/change/failed-tests.js';
import { ownStatus } from '../core/change/results.js';
import { openCard } from '../db/cards.js';
import { changeBySha, describeChange } from '../db/changes.js';
import { failedBefore, saveFailedTests } from '../db/failed-tests.js';
import { noteFailure } from '../db/failures.js';
import { type Queryable, transaction } from '../db/pool.js';
import type { GitHubHandlers } from '../flow/deliver.js';
import { cached } from '../waits/cache.js';
import { commitOf } from './facts.js';
import type { GitHubJobDeps } from './job-deps.js';
import { jobsOf } from './production.js';
import { pullRequestOf, type Written } from './pull-requests.js';
import { askWhyFailed, tellWhyFailed } from './read-failure.js';
import { later, orThrow, waitOf } from './silence.js';
import { standsAside } from './stands-aside.js';
import { readTestReport } from './test-report.js';

/** Retries soon for this many tries, then later; gives up after ten times as many. */
const DESCRIBE_TRIES = 2;
/** How long the services of a repository share what GitHub says of one commit. */
const SHARED_MS = 30_000;

/** The pull request, the author, the jobs and the tests. The card is posted without them rather than late. */
export function describeJob(deps: GitHubJobDeps): GitHubHandlers['describe'] {
  const { pool, clients, patiently, service: serviceOf, ticketsIn, pauses, tracing } = deps;
  // One push has a result for each service of its repository, and all their cards show the same commit.
  const broughtBy = cached((key) => {
    const [repository, sha, branch] = JSON.parse(key) as [string, string, string];
    return orThrow(patiently, repository, () => pullRequestOf(clients, repository, sha, branch));
  }, SHARED_MS);
  const writtenBy = cached((key) => {
    const [repository, sha] = JSON.parse(key) as [string, string];
    return orThrow(patiently, repository, () => commitOf(clients, repository, sha));
  }, SHARED_MS);

  return async ({ service: name, sha, tries }) => {
    const service = serviceOf(name);
    const change = service && (await changeBySha(pool, name, sha));
    if (!service || !change) return null;
    if (service.paths) {
      const aside = await standsAside(deps, { ...service, paths: service.paths }, change, tries);
      if (aside) return aside === 'for now' ? { afterMs: pauses.github.soon } : null;
    }
    const { runId, attempt } = change.staging;
    const status = ownStatus(change.staging);
    const { repository, branch, testReport } = service;
    const [pullRequest, commit, jobs, tests] = await Promise.allSettled([
      broughtBy(JSON.stringify([repository, sha, branch])),
      writtenBy(JSON.stringify([repository, sha])),
      patiently(repository, () => jobsOf(clients, repository, runId, attempt)),
      testReport && status !== 'running'
        ? orThrow(patiently, repository, () => readTestReport(clients, repository, change.staging, testReport))
        : null,
    ]);
    const got = <T>(one: PromiseSettledResult<T>): T | null => (one.status === 'fulfilled' ? one.value : null);
    const told = got(jobs);
    const report = got(tests);
    const failed = [pullRequest, commit, tests].flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    const isAll = (failed.length === 0 && told?.is === 'found') || tries >= DESCRIBE_TRIES * 10;
    const brought = got(pullRequest);
    // Without an answer about the pull request, what was found in it before stays.
    const isKnown = pullRequest.status === 'fulfilled' || change.tickets.length === 0;
    const tickets = isKnown ? ticketsIn(name, [change.title, ...(brought ? textsOf(brought) : [])]) : null;
    await transaction(pool, async (tx) => {
      const before = report && (await failedBefore(tx, change.id, attempt));
      if (report) await saveFailedTests(tx, change.id, change.staging, report);
      const found = {
        jobs: told?.is === 'found' ? told.jobs : null,
        tests: before && comparedWith(before, report, status === 'passed'),
      };
      await describeChange(tx, change.id, attempt, {
        author: got(commit)?.author ?? null,
        committedAt: got(commit)?.committedAt ?? null,
        pullRequest: brought && shownOf(brought),
        tickets,
        ...found,
      });
      if (isAll) await explain(tx, { ...change, ...found }, before && { ...before, report }, service.logs);
      await openCard(tx, change.id, name, service.channel, tracing.here());
    });
    if (isAll) return null;
    const wait = Math.max(...[told, ...failed].map(waitOf));
    const usual = tries < DESCRIBE_TRIES ? pauses.github.soon : pauses.github.later;
    return later({ is: 'no answer', retryAfterMs: wait === 0 ? null : wait }, usual);
  };
}

/** Has a failed run told in the thread of its card, once, with the tests that failed, or else with its log. */
async function explain(
  tx: Queryable,
  change: Change & { readonly jobs: readonly Job[] | null; readonly tests: TestReport | null },
  read: (Pick<FailedBefore, 'before'> & { readonly report: ReadReport }) | null,
  logs: boolean,
): Promise<void> {
  if (ownStatus(change.staging) !== 'failed' || hasNoResult(change)) return;
  const failed = { changeId: change.id, runId: change.staging.runId, attempt: change.staging.attempt };
  const failures = read ? firstFailures(read.before, read.report, MOST_EXPLAINED) : [];
  if (failures.length === 0 && logs) await askWhyFailed(tx, failed, null);
  else if (await noteFailure(tx, failed, null, { failures, job: null })) await tellWhyFailed(tx, failed);
}

/** Where a team names its tickets. */
const textsOf = ({ title, branch, body }: Written): string[] => [title, branch, body];

/** What is kept of it. */
const shownOf = ({ number, title, url, author }: Written): PullRequest => ({ number, title, url, author });
