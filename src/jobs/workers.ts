import type { TaskList } from 'graphile-worker';
import type { Pools } from '../db/pools.js';
import { beat, leave } from '../db/replicas.js';
import { createDueJobs } from './due.js';
import { createQueueListener } from './listen.js';
import { startWorker, type Worker, type WorkerDeps } from './worker.js';

const BEAT_MS = 1_000;
/** A replica without a heartbeat for this long is dead: its jobs go to another. */
const DEAD_MS = 5_000;

/**
 * Starts a worker for each of the queue's lines on this replica. One connection listens for all of them, and each job
 * wakes those that may take it. They share a heartbeat, so a dead or restarted worker's jobs are freed within some
 * seconds; the queue itself frees them after four hours. It goes over `intake`, whose statements give up soon: a replica
 * whose other connections hang is still heard. Returns what stops them; it resolves when all jobs have ended.
 */
export async function startWorkers(
  { claims, intake, pauses, logger, warn }: Omit<WorkerDeps, 'pool'> & Pick<Pools, 'claims' | 'intake'>,
  lines: readonly { readonly taskList: TaskList; readonly atOnce: number }[],
): Promise<() => Promise<void>> {
  const workers: Worker[] = [];
  const wake = (name: string, jobs: number) => workers[lines.findIndex(({ taskList }) => name in taskList)]?.wake(jobs);
  const due = createDueJobs({ pool: claims, wake, everyMs: pauses.due });
  const listener = createQueueListener(claims, due.look, pauses.restart);
  const ids = () => workers.map((one) => one.id());
  const stopAll = async () => {
    await Promise.all(workers.map((one) => one.stop()));
    await Promise.all([due.stop(), listener.stop()]);
  };
  const tick = () =>
    beat(intake, ids(), DEAD_MS).then(
      (freed) => {
        if (freed) due.look();
      },
      (error: unknown) => warn({ err: error }, 'this replica could not say that it lives'),
    );
  try {
    for (const line of lines) workers.push(await startWorker({ pool: listener.forRunner, pauses, logger, warn }, line));
  } catch (error) {
    await stopAll();
    throw error;
  }
  await tick();
  const timer = setInterval(() => void tick(), BEAT_MS);
  return async () => {
    await stopAll();
    clearInterval(timer);
    await leave(intake, ids()).catch(() => {});
  };
}
