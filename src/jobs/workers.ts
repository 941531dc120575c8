import type { TaskList } from 'graphile-worker';
import type { Pools } from '../db/pools.js';
import { createDueJobs } from './due.js';
import { createHeartbeat } from './heartbeat.js';
import { createQueueListener } from './listen.js';
import { startWorker, type Worker, type WorkerDeps } from './worker.js';

export interface Workers {
  /** Why no job is taken; null when they are. Behind something that reads from a standby, the tasks may be missing. */
  readonly problem: () => string | null;
  /** Resolves when all jobs have ended. */
  readonly stop: () => Promise<void>;
}

interface WorkersDeps extends Omit<WorkerDeps, 'pool'>, Pick<Pools, 'claims' | 'intake'> {
  /** The name under which this replica holds jobs that it carries out itself. */
  readonly holder: string;
}

/** What is wrong with the database as long as a worker has not found its tasks in it. */
export const NO_TASKS = 'does not show the tasks of the queue yet';

/**
 * Starts a worker for each of the queue's lines on this replica. One connection listens for all of them, and each job
 * wakes those that may take it. They share a heartbeat, so a dead or restarted worker's jobs are freed within some
 * seconds; the queue itself frees them after four hours.
 */
export async function startWorkers(
  { claims, intake, holder, pauses, logger, warn }: WorkersDeps,
  lines: readonly { readonly taskList: TaskList; readonly atOnce: number }[],
): Promise<Workers> {
  const workers: Worker[] = [];
  const ready = new Set<unknown>();
  const wake = (name: string, jobs: number) => workers[lines.findIndex(({ taskList }) => name in taskList)]?.wake(jobs);
  // Nobody tells a replica that hears nothing.
  const everyMs = (): number => (listener.hears() ? pauses.due : pauses.deaf);
  const listener = createQueueListener(claims, () => due.look(), pauses, warn);
  const due = createDueJobs({ pool: claims, wake, everyMs });
  const ids = () => [...workers.map((one) => one.id()), holder];
  const stopAll = async () => {
    await Promise.all(workers.map((one) => one.stop()));
    await Promise.all([due.stop(), listener.stop()]);
  };
  const heartbeat = createHeartbeat({ claims, intake, ids, freed: due.look, warn });
  try {
    for (const line of lines) {
      const forRunner = listener.forRunner(() => void ready.add(line));
      workers.push(await startWorker({ pool: forRunner, pauses, logger, warn }, line));
    }
  } catch (error) {
    await stopAll();
    throw error;
  }
  await heartbeat.start();
  return {
    problem: () => (ready.size < lines.length ? NO_TASKS : null),
    stop: async () => {
      await stopAll();
      await heartbeat.stop();
    },
  };
}
