import { EventEmitter } from 'node:events';
import { type Logger, type Runner, run, type TaskList, type WorkerEvents, type WorkerPool } from 'graphile-worker';
import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';

export interface Worker {
  /** The id that its jobs are locked under; empty before it has started. Changes when the queue is restarted. */
  readonly id: () => string;
  /** Makes this many runners look for jobs now. */
  readonly wake: (runners: number) => void;
  /** Takes no more jobs; resolves when those under way have ended. */
  readonly stop: () => Promise<void>;
}

export interface WorkerDeps {
  /** The worker hears of jobs from `wake`, not from the database. */
  readonly pool: pg.Pool;
  readonly pauses: Pauses['jobs'];
  readonly logger: Logger;
  readonly warn: (details: object, message: string) => void;
}

/** No call to Slack or GitHub takes longer than ten seconds. A job that goes on all the same may run twice. */
const LONGEST_JOB_MS = 15_000;

/**
 * Runs the queue's jobs that `taskList` names on this replica, `atOnce` at a time, until it is stopped. If the queue
 * gives up because the database went away while a job ended, it is restarted under a new id.
 */
export async function startWorker(
  { pool, pauses, logger, warn }: WorkerDeps,
  { taskList, atOnce }: { taskList: TaskList; atOnce: number },
): Promise<Worker> {
  let workers: WorkerPool | null = null;
  let stopped = false;
  let runner: Pick<Runner, 'stop'> | null = null;
  let waiting: NodeJS.Timeout | null = null;
  let launching: Promise<void> = Promise.resolve();

  async function launch(): Promise<void> {
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:create', ({ workerPool }) => {
      workers = workerPool;
    });
    endInPeace(events);
    // graphile-worker 0.17: a queue that gives up may never say that it has ended.
    const hung = new Promise<Error>((resolve) => {
      const after = (ms: number) => () => void setTimeout(resolve, ms, new Error('the queue does not end')).unref();
      events.on('pool:gracefulShutdown', after(LONGEST_JOB_MS));
      events.on('pool:gracefulShutdown:complete', after(pauses.restart));
    });
    const broken = whenLookedInVain(events);
    const started = await run({
      pgPool: pool,
      taskList,
      concurrency: atOnce,
      pollInterval: pauses.look,
      noHandleSignals: true,
      crontab: ' ',
      logger,
      events,
      // Without batching, the queue does not catch a failure to save a job's end: the rejection would end the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    });
    const ended = Promise.race([
      started.promise.then(
        () => null,
        (error: unknown) => error,
      ),
      hung,
    ]);
    // It refuses to be stopped twice, also by itself.
    const stop = () => Promise.race([Promise.all([started.stop().catch(() => {}), ended]), hung]).then(() => {});
    runner = { stop };
    if (stopped) await stop();
    void ended.then(relaunch);
    void broken.then(stop);
  }

  function relaunch(error: unknown): void {
    runner = null;
    if (stopped) return;
    warn({ err: error }, 'the queue gave up and is started again');
    waiting = setTimeout(() => {
      launching = launch().catch(relaunch);
    }, pauses.restart);
  }

  await launch();
  return {
    id: () => workers?.id ?? '',
    wake: (runners) => {
      // A worker that is shutting down takes no more jobs, and throws if it is woken.
      if (!stopped && runner && workers?._shuttingDown === false) workers.nudge(Math.min(runners, atOnce));
    },
    stop: async () => {
      stopped = true;
      if (waiting) clearTimeout(waiting);
      await launching;
      await runner?.stop();
    },
  };
}

/**
 * A worker that is told to end while it looks for a job, and finds no database, has ended. graphile-worker 0.17 treats
 * that as a fault and prints its stack, bypassing the logger.
 */
function endInPeace(events: WorkerEvents): void {
  const ending = new WeakSet<object>();
  events.on('worker:release', ({ worker }) => void ending.add(worker));
  events.on('worker:getJob:error', ({ worker }) => {
    if (ending.has(worker)) worker.release(true);
  });
}

/**
 * Resolves when the queue has failed twice with the very same error: graphile-worker 0.17 keeps the answer to its first
 * statement, so if that failed, no job is ever found.
 */
function whenLookedInVain(events: WorkerEvents): Promise<void> {
  const seen = new WeakSet<object>();
  return new Promise((resolve) => {
    events.on('worker:getJob:error', ({ error }) => {
      if (typeof error !== 'object' || error === null) return;
      if (seen.has(error)) resolve();
      seen.add(error);
    });
  });
}
