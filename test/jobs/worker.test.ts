import { Logger, type TaskList } from 'graphile-worker';
import type pg from 'pg';
import { PAUSES } from '../../src/core/pauses.js';
import { createPool } from '../../src/db/pool.js';
import { createQueueListener } from '../../src/jobs/listen.js';
import { startWorker } from '../../src/jobs/worker.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';
import { wayTo } from '../support/way.js';

let database: TestDatabase;
let way: Awaited<ReturnType<typeof wayTo>>;
let pool: pg.Pool;
let logged: string[];
let printed: unknown[][];
const { trace, error } = console;
beforeEach(async () => {
  database = await freshDatabase();
  way = await wayTo(database.url);
  pool = createPool(way.url);
  logged = [];
  printed = [];
  console.trace = console.error = (...words) => void printed.push(words);
});
afterEach(async () => {
  Object.assign(console, { trace, error });
  await pool.end();
  await way.stop();
  await database.drop();
});

test('a queue that is stopped while the database is gone ends, and tells it to its log alone', async () => {
  const logger = new Logger(() => (level, message) => void logged.push(`${level} ${message}`));
  const line = { taskList: { nothing: async () => {} }, atOnce: 3 };
  const pauses = { ...PAUSES.jobs, look: 20 };
  const listener = createQueueListener(pool, () => {}, PAUSES.jobs);
  const worker = await startWorker({ pool: listener.forRunner(), pauses, logger, warn: () => {} }, line);
  way.set('silent');
  await until('one of them looks for a job, beside who listens', () => pool.totalCount - pool.idleCount >= 2);
  const stopped = Promise.all([worker.stop(), listener.stop()]);
  way.set('cut');
  await stopped;
  expect(printed).toEqual([]);
  expect(logged.filter((one) => one.includes('Worker exited with error'))).toEqual([]);
});

/** `stale`: the answer is that of a standby which does not have the rows yet. */
type Fault = 'fails' | 'hangs' | 'stale';

/** A line on a pool whose first statements with these words fail, each as said; those that hang do so until it is stopped. */
async function lineThatFailsAt(words: string, faults: Fault[], taskList: TaskList) {
  let stopped: () => void = () => {};
  const stop = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const failing = async (): Promise<pg.PoolClient> => {
    const client = await pool.connect();
    const { query, release } = client;
    Object.assign(client, {
      query: (...asked: unknown[]) => {
        const text = JSON.stringify(asked[0]);
        const fault = text.includes(words) ? faults.shift() : undefined;
        if (fault === undefined) return Reflect.apply(query, client, asked);
        const lost = () => Promise.reject(new Error('lost'));
        if (fault === 'stale') return Promise.resolve({ rows: [] });
        return fault === 'fails' ? lost() : stop.then(lost);
      },
      release: (error?: Error) => {
        Object.assign(client, { query, release });
        release.call(client, error);
      },
    });
    return client;
  };
  const warned: string[] = [];
  const base = new Proxy(pool, {
    get: (of, key) => {
      if (key === 'connect') return failing;
      const value: unknown = Reflect.get(of, key, of);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
  let found = 0;
  const listener = createQueueListener(base, () => {}, PAUSES.jobs);
  const logger = new Logger(() => () => {});
  const pauses = { ...PAUSES.jobs, look: 20, restart: 20 };
  const worker = await startWorker(
    {
      pool: listener.forRunner(() => {
        found += 1;
      }),
      pauses,
      logger,
      warn: (_, message) => void warned.push(message),
    },
    { taskList, atOnce: 3 },
  );
  return {
    warned,
    /** How often it has found its tasks. */
    found: () => found,
    stop: async () => {
      await Promise.all([worker.stop(), listener.stop()]);
      stopped();
    },
  };
}
const add = (n: number) => pool.query("select graphile_worker.add_job('note', json_build_object('n', $1::int))", [n]);

/** A task that keeps the jobs that `isHeld` names until they are let go; `done` has those that have ended. */
function holding(isHeld: (n: number) => boolean) {
  const done: number[] = [];
  let letGo: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const note = async (payload: unknown) => {
    const { n } = payload as { n: number };
    if (isHeld(n)) await held;
    done.push(n);
  };
  return { done, note, letGo: () => letGo() };
}

test('a queue whose first statement failed is started again, and takes jobs', async () => {
  const done: unknown[] = [];
  const note = (payload: unknown) => void done.push(payload);
  const line = await lineThatFailsAt('_private_tasks', ['fails'], { note });
  await add(1);
  await until('the job is done', () => done.length === 1);
  expect(line.warned).toEqual(['the queue gave up and is started again']);
  await line.stop();
});

test('a queue that is told of no tasks by a standby is started again, and takes jobs', async () => {
  const done: unknown[] = [];
  const note = (payload: unknown) => void done.push(payload);
  const line = await lineThatFailsAt('select id, identifier', ['stale'], { note });
  await add(1);
  await until('the job is done', () => done.length === 1);
  expect(line.warned).toEqual(['the queue gave up and is started again']);
  expect(line.found()).toBe(1);
  await line.stop();
});

test.each([
  [['fails']],
  // It waits for this end before it says that it has ended.
  [['fails', 'hangs']],
] as ('fails' | 'hangs')[][][])(
  'a queue that cannot save the end of a job while others are under way (%j) is started again, and takes jobs',
  async (faults) => {
    const { done, note, letGo } = holding((n) => n > 1 && n < 4);
    const line = await lineThatFailsAt('delete from', [...faults], { note });
    for (const n of [3, 2, 1]) await add(n);
    await until('the end of one could not be saved', () => done.length === 1);
    letGo();
    await until('it is started again', () => line.warned.length > 0);
    await add(4);
    await until('the next job is done', () => done.includes(4));
    await line.stop();
  },
);

test('a queue that gives up is stopped meanwhile: it waits for the job under way, and does not start again', async () => {
  const { done, note, letGo } = holding((n) => n > 1);
  const line = await lineThatFailsAt('delete from', ['fails'], { note });
  for (const n of [2, 1]) await add(n);
  await until('the end of one could not be saved', () => done.length === 1);
  const order: string[] = [];
  const stopped = line.stop().then(() => order.push(`stopped after ${done.join(' and ')}`));
  // Whoever does not wait for the job has stopped by now.
  for (let n = 0; n < 50; n += 1) await pool.query('select 1');
  expect(order).toEqual([]);
  letGo();
  await stopped;
  expect(order).toEqual(['stopped after 1 and 2']);
  expect(line.warned).toEqual([]);
});
