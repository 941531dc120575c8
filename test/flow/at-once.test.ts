import type pg from 'pg';
import type { Held } from '../../src/db/held-jobs.js';
import { createPool, transaction } from '../../src/db/pool.js';
import { enqueueEffects, replyJob } from '../../src/db/queue.js';
import { freeJobsOfTheDead, report } from '../../src/db/replicas.js';
import { createAtOnce } from '../../src/flow/at-once.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

/** What a decision starts is carried out by the replica that decided; the queue has it in case that replica dies. */

let database: TestDatabase;
let pool: pg.Pool;
beforeEach(async () => {
  database = await freshDatabase();
  pool = createPool(database.url);
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const done: string[] = [];
const warned: string[] = [];
beforeEach(() => {
  done.length = 0;
  warned.length = 0;
});

function replica(run: (name: string) => Promise<void> = async () => {}) {
  const atOnce = createAtOnce({
    pool,
    run: async (name, payload) => {
      await run(name);
      done.push(`${name} ${Object.values(payload).join()}`);
    },
    warn: (_, message) => void warned.push(message),
  });
  const decide = (...replies: number[]): Promise<Held[]> =>
    transaction(pool, (tx) => {
      const start = { effect: 'start next', at: null } as const;
      return enqueueEffects(tx, 'shop', [start], replies.map(replyJob), atOnce.holder);
    });
  return { ...atOnce, decide };
}

/** The jobs of the queue, and whether a runner may take them now. */
async function queued(): Promise<string[]> {
  const { rows } = await pool.query<{ name: string; due: boolean }>(
    'select task_identifier as name, run_at <= clock_timestamp() as due from graphile_worker.jobs order by 1, id',
  );
  return rows.map(({ name, due }) => `${name}: ${due ? 'due' : 'held'}`);
}

test('it is carried out and forgotten, a start before the answers', async () => {
  const one = replica();
  const held = await one.decide(1, 2);
  expect(await queued()).toEqual(['reply: held', 'reply: held', 'start next: held']);
  one.carryOut(held);
  await one.stop();
  expect(done[0]).toBe('start next shop');
  expect(done.slice(1).sort()).toEqual(['reply 1,0', 'reply 2,0']);
  expect(await queued()).toEqual([]);
  expect(warned).toEqual([]);
});

test('what could not be carried out stays in the queue', async () => {
  const one = replica(async (name) => {
    if (name === 'start next') throw new Error('the database went away');
  });
  one.carryOut(await one.decide(1));
  await one.stop();
  expect(done).toEqual(['reply 1,0']);
  expect(await queued()).toEqual(['start next: held']);
});

test('another decision has a start of its own, which stays when the first is done', async () => {
  const one = replica();
  const first = await one.decide();
  const second = await one.decide();
  one.carryOut(first);
  await until('the first is forgotten', async () => (await queued()).length === 1);
  one.carryOut(second);
  await one.stop();
  expect(done).toEqual(['start next shop', 'start next shop']);
  expect(await queued()).toEqual([]);
});

test('a replica that stops leaves to the others what it has not begun, and what is decided after that', async () => {
  let end = () => {};
  const busy = new Promise<void>((resolve) => {
    end = resolve;
  });
  const one = replica(() => busy);
  one.carryOut(await one.decide(...Array.from({ length: 20 }, (_, n) => n)));
  const stopping = one.stop();
  await until('they are due', async () => (await queued()).filter((job) => job.endsWith('due')).length === 5);
  one.carryOut(await one.decide());
  await until('it is due, too', async () => (await queued()).filter((job) => job.endsWith('due')).length === 6);
  end();
  await stopping;
  expect(done).toHaveLength(16);
  expect(await queued()).toEqual([...Array(5).fill('reply: due'), 'start next: due']);
});

test('far more than one replica can carry out is left to all', async () => {
  const one = replica(() => new Promise((resolve) => setImmediate(resolve)));
  one.carryOut(await one.decide(...Array.from({ length: 700 }, (_, n) => n)));
  await one.stop();
  const left = await queued();
  expect(done.length + left.length).toBe(701);
  expect(left.every((job) => job === 'reply: due')).toBe(true);
});

test('what a dead replica held is due as soon as it counts as dead, what a living one holds is not', async () => {
  const dead = replica();
  const living = replica();
  await dead.decide(1);
  await living.decide(2);
  await report(pool, [dead.holder, living.holder, 'a worker'], 5_000);
  await pool.query("update replicas set heard_since = heard_since - interval '6 seconds'");
  await pool.query("update replicas set seen_at = seen_at - interval '6 seconds' where id = $1", [dead.holder]);
  expect(await freeJobsOfTheDead(pool, [living.holder, 'a worker'], 5_000)).toBe(true);
  expect(await queued()).toEqual(['reply: due', 'reply: held', 'start next: due', 'start next: held']);
  expect(await freeJobsOfTheDead(pool, [living.holder, 'a worker'], 5_000)).toBe(false);
});
