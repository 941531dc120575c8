import type pg from 'pg';
import { PAUSES } from '../../src/core/pauses.js';
import type { Held } from '../../src/db/held-jobs.js';
import { createPool, transaction } from '../../src/db/pool.js';
import { replyJob } from '../../src/db/queue.js';
import { freeJobsOfTheDead, report } from '../../src/db/replicas.js';
import { enqueueEffects, saveOutcome } from '../../src/db/save-outcome.js';
import { createAtOnce } from '../../src/flow/at-once.js';
import { createRun } from '../../src/flow/deliver.js';
import { NO_TRACING } from '../../src/tracing/tracing.js';
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

function replica(run: (name: string) => Promise<void> = async () => {}, through = pool) {
  const atOnce = createAtOnce({
    pool: through,
    run: async (name, payload) => {
      await run(name);
      done.push(`${name} ${Object.values(payload).join()}`);
    },
    warn: (_, message) => void warned.push(message),
  });
  const decide = (...replies: number[]): Promise<Held[]> =>
    transaction(pool, (tx) => {
      const start = { effect: 'start next', at: null } as const;
      return saveOutcome(tx, 'shop', { effects: [start], jobs: replies.map(replyJob), holder: atOnce.holder });
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
  // At once, and to all replicas.
  expect(await queued()).toEqual(['start next: due']);
});

test('while the database is away, what could not be carried out is kept, and given to the queue once it is back', async () => {
  let away = 2;
  const flaky = new Proxy(pool, {
    get: (of, key) =>
      key === 'query'
        ? async (...asked: unknown[]) => {
            away -= 1;
            if (away >= 0) throw new Error('the database went away');
            return Reflect.apply(of.query, of, asked);
          }
        : Reflect.get(of, key),
  });
  const one = replica(() => Promise.reject(new Error('the database went away')), flaky);
  one.carryOut(await one.decide());
  await until('it is due', async () => (await queued()).includes('start next: due'));
  expect(warned).toEqual(Array(2).fill('jobs that are done may run once more'));
  await one.stop();
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

/** Carries out nothing of these names until they are let go. */
function holdingUp(...names: string[]) {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const one = replica(async (name) => {
    if (names.includes(name)) await held;
  });
  return { ...one, letGo: () => letGo() };
}
const due = async () => (await queued()).filter((job) => job.endsWith('due')).length;

test('a replica that stops leaves to the others what it has not begun, and what is decided after that', async () => {
  const one = holdingUp('start next', 'reply');
  one.carryOut(await one.decide(...Array.from({ length: 38 }, (_, n) => n)));
  const stopping = one.stop();
  await until('they are due', async () => (await due()) === 6);
  one.carryOut(await one.decide());
  await until('it is due, too', async () => (await due()) === 7);
  one.letGo();
  await stopping;
  expect(done).toHaveLength(33);
  expect(await queued()).toEqual([...Array(6).fill('reply: due'), 'start next: due']);
});

test('answers that Slack does not take hold up no start, and those that wait are soon left to the queue', async () => {
  const one = holdingUp('reply');
  one.carryOut(await one.decide(...Array.from({ length: 34 }, (_, n) => n)));
  await until('the service starts', () => done.includes('start next shop'));
  await until('two answers are due', async () => (await due()) === 2);
  one.letGo();
  await one.stop();
  expect(done).toHaveLength(33);
});

test('answers that are decided one soon after the other begin together', async () => {
  const groups: string[][] = [];
  let turn: string[] | null = null;
  const one = replica(async (name) => {
    if (name !== 'reply') return;
    if (!turn) {
      turn = [];
      groups.push(turn);
      setImmediate(() => {
        turn = null;
      });
    }
    turn.push(name);
  });
  const held = (await one.decide(1, 2, 3, 4, 5)).filter(({ name }) => name === 'reply');
  // However slow the machine is, no time passes between them.
  const { now } = performance;
  const at = performance.now();
  performance.now = () => at;
  for (const job of held) one.carryOut([job]);
  performance.now = now;
  await until('all are told', () => done.length === 5);
  await one.stop();
  expect(groups.map((group) => group.length)).toEqual([1, 4]);
});

test('a dispatch goes before starts that wait', async () => {
  const one = holdingUp('start next');
  for (let count = 0; count < 17; count += 1) one.carryOut(await one.decide());
  const dispatch = await transaction(pool, (tx) =>
    saveOutcome(tx, 'shop', { effects: [{ effect: 'dispatch', deploymentId: 7 }], holder: one.holder }),
  );
  one.carryOut(dispatch);
  one.letGo();
  await until('all are carried out', () => done.length === 18);
  await one.stop();
  expect(done.indexOf('dispatch 7')).toBeLessThan(17);
});

test('a start that fails is tried again, also when another waits for a later time', async () => {
  const later = new Date(Date.now() + 3_600_000);
  await transaction(pool, (tx) => enqueueEffects(tx, 'shop', [{ effect: 'start next', at: later }]));
  const run = createRun(
    pool,
    { 'start next': () => Promise.reject(new Error('the database went away')) } as never,
    PAUSES,
    () => {},
    NO_TRACING,
  );
  await run('start next', { service: 'shop' });
  const { rows } = await pool.query(
    "select run_at < clock_timestamp() + interval '10 seconds' as soon from graphile_worker.jobs",
  );
  expect(rows).toEqual([{ soon: true }]);
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
