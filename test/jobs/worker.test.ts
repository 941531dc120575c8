import { Logger } from 'graphile-worker';
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
  const listener = createQueueListener(pool, () => {}, 1_000);
  const worker = await startWorker({ pool: listener.forRunner, pauses, logger, warn: () => {} }, line);
  way.set('silent');
  await until('one of them looks for a job, beside who listens', () => pool.totalCount - pool.idleCount >= 2);
  const stopped = Promise.all([worker.stop(), listener.stop()]);
  way.set('cut');
  await stopped;
  expect(printed).toEqual([]);
  expect(logged.filter((one) => one.includes('Worker exited with error'))).toEqual([]);
});
