import type pg from 'pg';
import { createPool } from '../../src/db/pool.js';
import { createHeartbeat } from '../../src/jobs/heartbeat.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

let database: TestDatabase;
let claims: pg.Pool;
let intake: pg.Pool;
beforeEach(async () => {
  database = await freshDatabase();
  claims = createPool(database.url, { max: 1 });
  intake = createPool(database.url, { max: 1 });
});
afterEach(async () => {
  await Promise.all([claims.end(), intake.end()]);
  await database.drop();
});

const seenAt = async () => {
  const { rows } = await intake.query<{ at: Date }>("select seen_at as at from replicas where id = 'own'");
  return rows[0]?.at.getTime() ?? 0;
};

test('a replica whose connections all hang is still heard over another one, and then over its own again', async () => {
  const heartbeat = createHeartbeat({ claims, intake, ids: () => ['own'], freed: () => {}, warn: () => {} });
  await heartbeat.start();
  const first = await seenAt();
  expect(first).toBeGreaterThan(0);
  const hangs = await claims.connect();
  // The second report says that it is no accident.
  for (let n = 0; n < 2; n += 1) {
    const before = await seenAt();
    await until('another report', async () => (await seenAt()) > before);
  }
  hangs.release();
  await heartbeat.stop();
  await until('it has left', async () => (await seenAt()) === 0);
});

test('while its connections hang, a replica is heard in time: its reports have no gap', async () => {
  const { setInterval } = globalThis;
  const clock = performance.now.bind(performance);
  let now = 0;
  let beat = { every: 0, tick: () => {} };
  performance.now = () => now;
  globalThis.setInterval = ((tick: () => void, every: number) => {
    beat = { every, tick };
  }) as unknown as typeof setInterval;
  try {
    const heard = [0];
    const hanging = { query: () => new Promise(() => {}) } as unknown as pg.Pool;
    const answering = {
      query: async ({ name }: { name?: string }) => {
        if (name === 'report') heard.push(now);
        return { rows: [] };
      },
    } as unknown as pg.Pool;
    const quiet = () => {};
    void createHeartbeat({ claims: hanging, intake: answering, ids: () => ['own'], freed: quiet, warn: quiet }).start();
    while (now < 60_000) {
      now += beat.every;
      beat.tick();
      await new Promise(setImmediate);
    }
    const gaps = heard.slice(1).map((at, index) => at - (heard[index] ?? 0));
    // Three quarters of the three and a half seconds after which it counts as dead.
    expect(Math.max(...gaps)).toBeLessThan(2_625);
    expect(heard.at(-1)).toBeGreaterThan(57_000);
  } finally {
    globalThis.setInterval = setInterval;
    performance.now = clock;
  }
});
