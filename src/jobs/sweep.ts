import type pg from 'pg';
import { STEPS } from '../core/deployment/story.js';
import type { Pauses } from '../core/pauses.js';
import { addJob } from '../db/add-jobs.js';
import { servicesWithNews } from '../db/change-tickets.js';
import { unfinishedChanges } from '../db/changes.js';
import { unendedDeployments } from '../db/deployments.js';
import { digestJob, unpostedDigests } from '../db/digests.js';
import { dirtyChannels } from '../db/dirty-cards.js';
import { forgetFailedTests } from '../db/failed-tests.js';
import { forgetFailures, untoldFailures } from '../db/failures.js';
import { forgetHandled } from '../db/inbox.js';
import type { JobName } from '../db/job-names.js';
import { takeTurn } from '../db/pace.js';
import { forgetReplaced, resultsKey } from '../db/queue.js';
import { untoldDeployments } from '../db/threads.js';

const FORGET_EVERY_MS = 3_600_000;

/** Which job watches a deployment in each status. */
const WATCHED_BY: Readonly<Record<string, 'start next' | 'dispatch' | 'look up' | 'follow' | 'run check'>> = {
  queued: 'start next',
  baking: 'start next',
  dispatching: 'dispatch',
  unknown: 'look up',
  lost: 'look up',
  deploying: 'follow',
  hung: 'follow',
  // Not a status: a check workflow of one of its stages.
  'check run': 'run check',
};

/**
 * The watchdog below all others: makes sure that everything under way has its job, and every dirty card its channel's
 * job, even if a crash or a lost job left it without one. Existing jobs keep their time. `told`: the services of which change
 * management hears.
 */
export async function sweep(pool: pg.Pool, pauses: Pauses, told: ReadonlySet<string>): Promise<void> {
  if (!(await takeTurn(pool, 'sweep', pauses.turns.sweep))) return;
  for (const { id, service, status, stale, cancelled, checked } of await unendedDeployments(pool)) {
    const job: JobName | undefined = WATCHED_BY[status];
    if (job === 'start next') {
      await addJob(pool, 'start next', { service }, { key: `start:${service}`, unlessWaiting: true });
    } else if (job && (job !== 'dispatch' || stale)) {
      await addJob(pool, job, { deploymentId: id }, { key: `${job}:${id}`, unlessWaiting: true });
    }
    if (checked) await addJob(pool, 'ask checks', { deploymentId: id }, { key: `checks:${id}`, unlessWaiting: true });
    if (cancelled) await addJob(pool, 'cancel run', { deploymentId: id }, { key: `cancel:${id}`, unlessWaiting: true });
  }
  for (const { id, service, sha, describe, rerun, awaits } of await unfinishedChanges(pool)) {
    if (describe) {
      await addJob(
        pool,
        'describe',
        { service, sha, tries: 0 },
        { key: `describe:${service}:${sha}`, unlessWaiting: true },
      );
    }
    if (awaits) {
      const key = resultsKey({ service, sha });
      await addJob(pool, 'read results', { service, sha, tries: 0 }, { key, unlessWaiting: true });
    }
    if (rerun !== null) {
      const payload = { changeId: id, attempt: rerun };
      await addJob(pool, 're-run staging', payload, { key: `re-run:${id}:${rerun}`, unlessWaiting: true });
    }
  }
  for (const { kind, channel, slot } of await unpostedDigests(pool)) {
    const at = slot.toISOString();
    const { name, key } = digestJob(kind, channel, at);
    await addJob(pool, name, { channel, slot: at, tries: 0 }, { key, unlessWaiting: true });
  }
  if (performance.now() - (threadsAt.get(pool) ?? Number.NEGATIVE_INFINITY) >= pauses.turns.threads) {
    threadsAt.set(pool, performance.now());
    await sweepThreads(pool);
  }
  for (const channel of await dirtyChannels(pool)) {
    await addJob(pool, 'draw', { channel }, { key: `draw:${channel}`, unlessWaiting: true });
  }
  for (const service of told.size > 0 ? await servicesWithNews(pool, [...told]) : []) {
    await addJob(pool, 'tell change ticket', { service }, { key: `change ticket:${service}`, unlessWaiting: true });
  }
  await forgetReplaced(pool);
  if (!(await takeTurn(pool, 'forget', FORGET_EVERY_MS))) return;
  await forgetHandled(pool);
  await forgetFailedTests(pool);
  await forgetFailures(pool);
}

/** When this replica last looked for what threads have not told. */
const threadsAt = new WeakMap<pg.Pool, number>();

async function sweepThreads(pool: pg.Pool): Promise<void> {
  for (const { read, ...failed } of await untoldFailures(pool)) {
    const of = `${failed.changeId}:${failed.runId}:${failed.attempt}`;
    const job = read ? (['explain failure', `explain:${of}`] as const) : (['read failure', `read:${of}`] as const);
    await addJob(pool, job[0], { ...failed, tries: 0 }, { key: job[1], unlessWaiting: true });
  }
  for (const deploymentId of await untoldDeployments(pool, STEPS)) {
    await addJob(pool, 'story', { deploymentId, tries: 0 }, { key: `story:${deploymentId}`, unlessWaiting: true });
  }
}
