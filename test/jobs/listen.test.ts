import type pg from 'pg';
import { PAUSES } from '../../src/core/pauses.js';
import { createPool } from '../../src/db/pool.js';
import { createQueueListener, type QueueListener } from '../../src/jobs/listen.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';
import { wayTo } from '../support/way.js';

/** One connection tells a replica of jobs; it may stop doing so without a word. */

let database: TestDatabase;
let way: Awaited<ReturnType<typeof wayTo>>;
let pool: pg.Pool;
let direct: pg.Pool;
/** The one that listens. */
let session: pg.ClientBase | undefined;
let listener: QueueListener;
let told = 0;
const warned: string[] = [];
const pauses = { ...PAUSES.jobs, restart: 20, prove: 50 };

beforeEach(async () => {
  database = await freshDatabase();
  way = await wayTo(database.url);
  pool = createPool(way.url, { max: 1 });
  direct = createPool(database.url, { max: 1 });
  pool.on('connect', (client) => {
    session = client;
  });
  [told, warned.length] = [0, 0];
  listener = createQueueListener(
    pool,
    () => {
      told += 1;
    },
    pauses,
    (_, message) => void warned.push(message),
  );
  await until('it hears', listener.hears);
});
afterEach(async () => {
  await listener.stop();
  await Promise.all([pool.end(), direct.end()]);
  await way.stop();
  await database.drop();
});

/** Whatever is added from now on is told. */
async function isTold(): Promise<void> {
  const before = told;
  await direct.query('notify "jobs:insert"');
  await until('it is told', () => told > before);
}

test('a connection on which nothing comes any more is noticed, and another takes its place', async () => {
  await isTold();
  way.lose();
  await until('it is opened again', () => warned.length > 0);
  await until('it hears again', listener.hears);
  await isTold();
  expect(warned).toEqual(['the connection that listens to the queue is opened again']);
});

test('a session that has been given to somebody else hears nothing, although it answers', async () => {
  // As a pooler in transaction mode would leave it, which was put between after the start.
  await session?.query('unlisten *');
  await until('it is opened again', () => warned.length > 0);
  await until('it hears again', listener.hears);
  await isTold();
});

test('replicas that prove at the same time do not take each other for deaf', async () => {
  const others = createPool(database.url, { max: 6 });
  const deaf: object[] = [];
  const all = Array.from({ length: 6 }, () =>
    createQueueListener(
      others,
      () => {},
      { ...pauses, prove: 1 },
      (details) => void deaf.push(details),
    ),
  );
  let proofs = 0;
  others.on('connect', (client) => client.on('notification', () => (proofs += 1)));
  await until('they have heard each other some thousand times', () => proofs > 5_000, 60_000);
  await Promise.all(all.map((one) => one.stop()));
  await others.end();
  expect(deaf).toEqual([]);
});
