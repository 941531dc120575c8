import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Command } from '../../src/core/command.js';
import { PAUSES } from '../../src/core/pauses.js';
import { claimInbox, type Incoming, nextInInbox, type TakenRow } from '../../src/db/inbox.js';
import { createPool } from '../../src/db/pool.js';
import { createReceive, type Handler } from '../../src/flow/receive.js';
import { timed } from '../support/own-time.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

let database: TestDatabase;
let pool: pg.Pool;
let other: pg.Pool;
let looking: pg.Pool;
let woken = 0;
let statements: number[] = [];
beforeEach(async () => {
  database = await freshDatabase();
  pool = createPool(database.url, { max: 4, statementTimeoutMs: 1_000 });
  other = createPool(database.url);
  looking = new pg.Pool({ connectionString: database.url, max: 4 });
  woken = 0;
  statements = [];
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    Object.assign(client, {
      query: (...given: unknown[]) => {
        const [asked] = given as [{ name?: string; values?: unknown[][] }];
        if (asked.name === 'take-in') statements.push(asked.values?.[0]?.length ?? 0);
        return query(...given);
      },
    });
  });
});
afterEach(async () => {
  await Promise.all([pool.end(), other.end(), looking.end()]);
  await database.drop();
});

const receiving = (reserve: Handler['reserve'] = () => null) =>
  createReceive(pool, PAUSES.deadlines, {
    wake: () => {
      woken += 1;
    },
    reserve,
  });
const incoming = (key: string, command: Command = { type: 'start next', service: key }): Incoming => ({
  key,
  command,
  reply: null,
});
const keys = async () =>
  (await other.query<{ key: string }>('select key from inbox order by id')).rows.map((row) => row.key);
// On connections of their own that wait their turn: what is tested is the receiving, not this look.
const isThere = async (key: string) =>
  ((await looking.query('select 1 from inbox where key = $1', [key])).rowCount ?? 0) > 0;

test('an answered one is committed: another connection sees it at once', async () => {
  const receive = receiving();
  await receive(incoming('a'));
  expect(await isThere('a')).toBe(true);
  expect(woken).toBe(1);
});

test('three hundred at once share a few statements, and each is answered only after its own commit', async () => {
  const receive = receiving();
  const all = Array.from({ length: 300 }, (_, n) => `k${n}`);
  const early: string[] = [];
  await Promise.all(
    all.map(async (key) => {
      await receive(incoming(key));
      if (!(await isThere(key))) early.push(key);
    }),
  );
  expect(early).toEqual([]);
  expect((await keys()).sort()).toEqual([...all].sort());
  expect(statements.reduce((sum, size) => sum + size, 0)).toBe(300);
  expect(statements.length).toBeLessThanOrEqual(6);
  expect(Math.max(...statements)).toBeLessThanOrEqual(200);
  expect(woken).toBe(statements.length);
});

test('what came together is saved together, or not at all', async () => {
  const receive = receiving();
  await receive(incoming('a'), incoming('a:1'));
  expect(await keys()).toEqual(['a', 'a:1']);
  const unsaid: Command = { type: 'start next', service: 'not\u0000text' };
  await expect(receive(incoming('b'), incoming('b:1', unsaid))).rejects.toThrow();
  await Promise.allSettled([receive(incoming('c'), incoming('c:1', unsaid)), receive(incoming('d'))]);
  expect(await keys()).toEqual(['a', 'a:1', 'd']);
});

test('replays among many are answered as saved and are there once', async () => {
  const receive = receiving();
  await Promise.all(['a', 'b', 'a', 'c', 'a', 'b'].map((key) => receive(incoming(key))));
  await receive(incoming('a'));
  expect((await keys()).sort()).toEqual(['a', 'b', 'c']);
});

test('one that the database cannot hold fails alone', async () => {
  const receive = receiving();
  const ends = await Promise.allSettled([
    receive(incoming('first')),
    receive(incoming('a')),
    receive(incoming('bad', { type: 'start next', service: '\u0000' })),
    receive(incoming('b')),
  ]);
  expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect((await keys()).sort()).toEqual(['a', 'b', 'first']);
});

test('a commit that does not come within its time is refused, and is not there afterwards', async () => {
  const receive = receiving();
  const blocker = await other.connect();
  await blocker.query('begin; lock table inbox in access exclusive mode');
  const { result: ends, tookMs } = await timed(() =>
    Promise.allSettled(Array.from({ length: 12 }, (_, n) => receive(incoming(`k${n}`)))),
  );
  expect(ends.map((end) => end.status)).toEqual(Array(12).fill('rejected'));
  expect(tookMs).toBeLessThan(2_600);
  await blocker.query('rollback');
  blocker.release();
  // Whatever was on its way has ended: nothing that was refused turns up late.
  await until('no statement is left', async () => {
    const { rows } = await other.query(
      "select 1 from pg_stat_activity where datname = current_database() and query like '%into inbox%' and state <> 'idle' and pid <> pg_backend_pid()",
    );
    return rows.length === 0;
  });
  expect(await keys()).toEqual([]);
  await receive(incoming('after'));
  expect(await keys()).toEqual(['after']);
});

test('connections that break fail what they carried and no more', async () => {
  const receive = receiving();
  await receive(incoming('before'));
  await other.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  const [end] = await Promise.allSettled([receive(incoming('meanwhile'))]);
  expect(await isThere('meanwhile')).toBe(end?.status === 'fulfilled');
  await until('it takes in again', () =>
    receive(incoming('after')).then(
      () => true,
      () => false,
    ),
  );
  expect(await isThere('after')).toBe(true);
});

test('a pool without a free connection refuses within two and a half seconds', async () => {
  const receive = receiving();
  const held = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
  const { tookMs } = await timed(() => expect(receive(incoming('a'))).rejects.toThrow());
  expect(tookMs).toBeLessThan(2_500);
  for (const one of held) one.release();
  await receive(incoming('b'));
  expect(await keys()).toEqual(['b']);
});

const serviceOf = ({ command }: TakenRow) => ('service' in command ? command.service : '');

describe('with room to handle', () => {
  const rooms: { readonly rows: number; filled: readonly TakenRow[] | null }[] = [];
  const withRoom = () =>
    receiving((rows) => {
      const room: (typeof rooms)[number] = { rows, filled: null };
      rooms.push(room);
      const fill = (claimed: readonly TakenRow[]) => {
        room.filled = claimed;
      };
      return { leaseMs: 4_000, traced: false, fill };
    });
  beforeEach(() => void rooms.splice(0));

  test('what comes in is claimed as it is committed, and nobody else finds it', async () => {
    await withRoom()(incoming('a'), incoming('b'));
    expect(rooms).toEqual([
      {
        rows: 2,
        filled: [
          expect.objectContaining({ command: { type: 'start next', service: 'a' }, attempts: 1 }),
          expect.objectContaining({ command: { type: 'start next', service: 'b' } }),
        ],
      },
    ]);
    expect(await claimInbox(other, 10, 4_000)).toEqual([]);
    expect(await nextInInbox(other, [])).toBeLessThanOrEqual(4_000);
    expect(woken).toBe(0);
  });

  test('while a newer version that migrates holds the other tables, what comes in is taken', async () => {
    const migration = await other.connect();
    await migration.query('begin; lock table changes, deployments, cards, services in access exclusive mode');
    try {
      const by = { user: 'U0ALICE', team: null };
      await withRoom()(incoming('a', { type: 'deploy', change: randomUUID(), from: 'card', by }));
    } finally {
      await migration.query('rollback');
      migration.release();
    }
    expect(rooms.map(({ filled }) => filled?.length)).toEqual([1]);
  });

  test('a replay is handled once', async () => {
    const receive = withRoom();
    await receive(incoming('a'));
    await receive(incoming('a'), incoming('b'));
    expect(rooms.map(({ filled }) => filled?.map(serviceOf))).toEqual([['a'], ['b']]);
  });

  test('when it cannot be saved, the room is given back', async () => {
    const bad = incoming('bad', { type: 'start next', service: '\u0000' });
    await expect(withRoom()(bad)).rejects.toThrow();
    expect(rooms).toEqual([{ rows: 1, filled: [] }]);
  });

  test('when one of several cannot be saved, the others are there for whoever looks', async () => {
    const receive = withRoom();
    const bad = incoming('bad', { type: 'start next', service: '\u0000' });
    const ends = await Promise.allSettled(
      [incoming('first'), incoming('a'), bad, incoming('b')].map((one) => receive(one)),
    );
    expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(rooms.every(({ filled }) => filled !== null)).toBe(true);
    await until('whoever looks is woken', () => woken > 0);
    const claimed = rooms.flatMap(({ filled }) => filled ?? []).map(serviceOf);
    const found = (await claimInbox(other, 10, 4_000)).map(({ service }) => service);
    expect([...claimed, ...found].sort()).toEqual(['a', 'b', 'first']);
  });
});
