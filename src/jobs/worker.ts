import { EventEmitter } from 'node:events';
import { type Logger, type Runner, run, type TaskList, type WorkerEvents, type WorkerPool } from 'graphile-worker';
import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';

export interface Worker {
  /** Under which its jobs are locked; empty before it has started. Another after the queue was started again. */
  readonly id: () => string;
  /** Has so many runners look for jobs now. */
  readonly wake: (runners: number) => void;
  /** Takes no more jobs; resolves when those under way have ended. */
  readonly stop: () => Promise<void>;
}

export interface WorkerDeps {
  readonly pool: pg.Pool;
  readonly pauses: Pauses['jobs'];
  readonly logger: Logger;
  readonly warn: (details: object, message: string) => void;
  /** A runner has looked and found no job. */
  readonly idle: () => void;
}

/**
 * Runs those of the queue's jobs that `taskList` names on this replica, `atOnce` of them, for as long as it is not stopped. A
 * queue that gives up, because the database went away while a job ended, is started again under a new id.
 */
export async function startWorker(
  { pool, pauses, logger, warn, idle }: WorkerDeps,
  { taskList, atOnce }: { taskList: TaskList; atOnce: number },
): Promise<Worker> {
  let workers: WorkerPool | null = null;
  let stopped = false;
  let runner: Runner | null = null;
  let waiting: NodeJS.Timeout | null = null;

  async function launch(): Promise<void> {
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:create', ({ workerPool }) => {
      workers = workerPool;
    });
    events.on('worker:getJob:empty', idle);
    const started = await run({
      pgPool: givenBackOnce(pool),
      taskList,
      concurrency: atOnce,
      pollInterval: pauses.look,
      noHandleSignals: true,
      crontab: ' ',
      logger,
      events,
      // Unbatched, the queue does not handle a job's end that cannot be saved: the rejection would end the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    });
    runner = started;
    if (stopped) await started.stop();
    void started.promise.then(
      () => relaunch(null),
      (error: unknown) => relaunch(error),
    );
  }

  function relaunch(error: unknown): void {
    runner = null;
    if (stopped) return;
    warn({ err: error }, 'the queue gave up and is started again');
    waiting = setTimeout(() => void launch().catch(relaunch), pauses.restart);
  }

  await launch();
  return {
    id: () => workers?.id ?? '',
    wake: (runners) => {
      if (!stopped && runner) workers?.nudge(Math.min(runners, atOnce));
    },
    stop: async () => {
      stopped = true;
      if (waiting) clearTimeout(waiting);
      await runner?.stop();
    },
  };
}

type Taken = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  release: (why?: Error | boolean) => void,
) => void;

/**
 * graphile-worker 0.17 gives its listening connection back twice when it stops while LISTEN is not answered; the second time
 * throws where nobody catches it.
 */
function givenBackOnce(pool: pg.Pool): pg.Pool {
  const connect = (taken?: Taken) => {
    if (!taken) return pool.connect();
    return pool.connect((error, client, release) => {
      let isBack = false;
      taken(error, client, (why) => {
        // There is none where there is no connection.
        if (!isBack) release?.(why);
        isBack = true;
      });
    });
  };
  return new Proxy(pool, {
    get: (of, key) => {
      if (key === 'connect') return connect;
      const value: unknown = Reflect.get(of, key, of);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
}
