import { EventEmitter } from 'node:events';
import { type Logger, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import { beat, leave } from '../db/replicas.js';

export interface Worker {
  /** Takes no more jobs; resolves when those under way have ended. */
  readonly stop: () => Promise<void>;
}

const BEAT_MS = 1_000;
/** A replica that has not beaten for so long is dead: its jobs go to another. */
const DEAD_MS = 5_000;
const AGAIN_MS = 1_000;

/**
 * Runs those of the queue's jobs that `taskList` names on this replica, `atOnce` of them, for as long as it is not stopped: a
 * queue that gives up, because the database went away while a job ended, is started again under a new name. The queue frees the jobs of a dead worker after four hours;
 * the beat of each replica frees them after five seconds, those of its own former name, too.
 */
export async function startWorker(
  pool: pg.Pool,
  { taskList, atOnce, lookEveryMs }: { taskList: TaskList; atOnce: number; lookEveryMs: number },
  logger: Logger,
  warn: (details: object, message: string) => void,
): Promise<Worker> {
  let id = '';
  let stopped = false;
  let runner: Runner | null = null;
  let waiting: NodeJS.Timeout | null = null;

  async function launch(): Promise<void> {
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:create', ({ workerPool }) => {
      id = workerPool.id;
    });
    const started = await run({
      pgPool: givenBackOnce(pool),
      taskList,
      concurrency: atOnce,
      pollInterval: lookEveryMs,
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
    warn({ err: error }, 'the job queue stopped; starting it again');
    waiting = setTimeout(() => void launch().catch(relaunch), AGAIN_MS);
  }

  await launch();
  const tick = () =>
    beat(pool, id, DEAD_MS).catch((error: unknown) =>
      warn({ err: error }, 'this replica could not record its heartbeat'),
    );
  await tick();
  const timer = setInterval(() => void tick(), BEAT_MS);
  return {
    stop: async () => {
      stopped = true;
      if (waiting) clearTimeout(waiting);
      await runner?.stop();
      clearInterval(timer);
      await leave(pool, id).catch(() => {});
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
