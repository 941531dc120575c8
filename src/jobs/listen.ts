import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { waitAtMost } from '../waits/wait-at-most.js';

/** What graphile-worker announces: a job was added, or a newer version is changing its tables. */
const JOB_ADDED = 'jobs:insert';
const MIGRATING = 'worker:migrate';
/** On this channel a connection tells itself something, to prove that it hears. */
const PROOF = 'pushbutton:proof';
/** A connection that has not heard itself by then is dead. */
const PROVEN_WITHIN_MS = 2_000;

export interface QueueListener {
  /**
   * The pool for a runner of the queue, which hears of migrations through this listener, and of jobs from us. Until the runner
   * has found its tasks in the database, it takes no job.
   */
  readonly forRunner: (foundItsTasks?: () => void) => pg.Pool;
  /** False while there is no connection that hears: the queue must be looked at more often. */
  readonly hears: () => boolean;
  readonly stop: () => Promise<void>;
}

/**
 * Listens to the queue on one connection for all runners of a replica. graphile-worker 0.17 opens one for each, and
 * each runner then looks for every job that any of them may take. A broken connection is opened again, and so is one that
 * does not hear what it tells itself now and then: the way to the server may have ended without a word, or something between
 * may have given its session to somebody else.
 */
export function createQueueListener(
  pool: pg.Pool,
  jobAdded: () => void,
  { restart: againMs, prove: proveMs }: Pick<Pauses['jobs'], 'restart' | 'prove'>,
  warn: (details: object, message: string) => void = () => {},
): QueueListener {
  const ears = new Set<EventEmitter>();
  let client: pg.PoolClient | null = null;
  let opening: Promise<void> | null = null;
  let waiting: NodeJS.Timeout | null = null;
  let proving: NodeJS.Timeout | null = null;
  let hears = false;
  let stopped = false;

  function again(): void {
    if (!stopped) waiting ??= setTimeout(listen, againMs);
  }

  function listen(): void {
    waiting = null;
    opening = open()
      .then(jobAdded, again)
      .finally(() => {
        opening = null;
      });
  }

  async function open(): Promise<void> {
    const opened = await pool.connect();
    const end = (error?: Error) => {
      if (client !== opened) return;
      client = null;
      hears = false;
      if (proving) clearTimeout(proving);
      opened.release(error ?? true);
      again();
    };
    client = opened;
    opened.once('error', end);
    opened.once('end', () => end());
    let word = '';
    let heard = false;
    opened.on('notification', (message) => {
      if (message.channel === JOB_ADDED) jobAdded();
      else if (message.channel === PROOF) heard ||= message.payload === word;
      else for (const ear of ears) ear.emit('notification', message);
    });
    /** PostgreSQL tells a session what it has told itself before it answers that statement. */
    async function prove(): Promise<void> {
      word = randomUUID();
      heard = false;
      const told = opened.query('select pg_notify($1, $2)', [PROOF, word]).then(() => {});
      await waitAtMost(told, PROVEN_WITHIN_MS, () => {});
      if (!heard) throw new Error('it does not hear what it tells itself');
      if (client !== opened) return;
      hears = true;
      proving = setTimeout(() => void prove().catch(deaf), proveMs);
    }
    function deaf(error: Error): void {
      if (client !== opened) return;
      warn({ err: error }, 'the connection that listens to the queue is opened again');
      end(error);
    }
    try {
      await opened.query(`listen "${JOB_ADDED}"; listen "${MIGRATING}"; listen "${PROOF}"`);
      await prove();
    } catch (error) {
      end(error as Error);
    }
  }

  listen();
  return {
    hears: () => hears,
    forRunner: (foundItsTasks = () => {}) => withoutListening(pool, ears, foundItsTasks),
    stop: async () => {
      stopped = true;
      if (waiting) clearTimeout(waiting);
      await opening;
      if (proving) clearTimeout(proving);
      const last = client;
      client = null;
      last?.release(true);
    },
  };
}

type Taken = (error: Error | undefined, client: pg.PoolClient, release: () => void) => void;

/** The queue passes a callback to `connect` only when it wants to listen; it gets an ear instead of a connection. */
function withoutListening(pool: pg.Pool, ears: Set<EventEmitter>, know: () => void): pg.Pool {
  const connect = (taken?: Taken) => {
    if (!taken) return pool.connect().then((client) => knowingItsTasks(client, know));
    const ear = Object.assign(new EventEmitter(), { query: async () => ({ rows: [] }) });
    ears.add(ear);
    queueMicrotask(() => taken(undefined, ear as unknown as pg.PoolClient, () => void ears.delete(ear)));
    return undefined;
  };
  return new Proxy(pool, {
    get: (of, key) => {
      if (key === 'connect') return connect;
      const value: unknown = Reflect.get(of, key, of);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
}

/**
 * graphile-worker 0.17 adds its tasks, reads their ids and keeps the answer for good. Behind something that reads from a standby
 * (pgpool2), the answer may be older than the tasks: then it fails here, and the queue is started again, rather than run
 * without them.
 */
function knowingItsTasks(client: pg.PoolClient, know: () => void): pg.PoolClient {
  const query = async (...asked: unknown[]): Promise<unknown> => {
    const answer = (await Reflect.apply(client.query, client, asked)) as { rows?: unknown[] } | undefined;
    const { text, values } = Object(asked[0]) as { text?: unknown; values?: readonly unknown[] };
    const [names] = values ?? [];
    const isTheirIds = typeof text === 'string' && /^select id, identifier from \S*_private_tasks/.test(text);
    if (isTheirIds && Array.isArray(names)) {
      if ((answer?.rows?.length ?? 0) < names.length)
        throw new Error('the database does not show the tasks of the queue yet');
      know();
    }
    return answer;
  };
  return new Proxy(client, {
    get: (of, key) => {
      if (key === 'query') return query;
      const value: unknown = Reflect.get(of, key, of);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
}
