import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { createPool, transaction } from '../../src/db/pool.js';
import { sentTooEarly } from '../support/one-at-a-time.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { wayTo } from '../support/way.js';

let database: TestDatabase;
let pool: pg.Pool;
let broken: string[];

beforeEach(async () => {
  database = await freshDatabase();
  broken = [];
  pool = createPool(database.url, { max: 2, log: (message) => broken.push(message) });
  await pool.query('create table notes (word text unique)');
});

afterEach(async () => {
  await pool.end();
  await database.drop();
});

const words = async () => (await pool.query('select word from notes order by word')).rows.map((row) => row.word);

test('a transaction is kept whole, or not at all with the error that ended it', async () => {
  const kept = await transaction(pool, async (tx) => {
    await tx.query(`insert into notes values ('kept')`);
    return 42;
  });
  expect(kept).toBe(42);
  await expect(
    transaction(pool, async (tx) => {
      await tx.query(`insert into notes values ('gone')`);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await words()).toEqual(['kept']);
});

test('only a pool that is told so commits without waiting for the disk, on every connection', async () => {
  const claims = createPool(database.url, { max: 2, forgetful: true });
  const setting = async (of: pg.Pool) => (await of.query('show synchronous_commit')).rows[0];
  const both = await Promise.all([claims.connect(), claims.connect()]);
  for (const one of both) one.release();
  expect([await setting(claims), await setting(claims)]).toEqual([
    { synchronous_commit: 'off' },
    { synchronous_commit: 'off' },
  ]);
  expect(await setting(pool)).toEqual({ synchronous_commit: 'on' });
  await claims.end();
});

test('a new connection has answered its setting before it is handed out', async () => {
  const claims = createPool(database.url, { forgetful: true });
  await Promise.all([claims.query('select 1'), claims.query('select 2')]);
  expect(sentTooEarly()).toEqual([]);
  await claims.end();
});

test('a connection that says nothing to its setting fails whoever asked for it, and the next is opened anew', async () => {
  const way = await wayTo(database.url);
  const claims = createPool(way.url, { max: 1, forgetful: true, statementTimeoutMs: 100 });
  way.swallow('synchronous_commit');
  await expect(claims.query('select 1')).rejects.toThrow('has not answered for 1100 ms');
  way.swallow(null);
  expect((await claims.query('show synchronous_commit')).rows).toEqual([{ synchronous_commit: 'off' }]);
  await claims.end();
  await way.stop();
});

test('a commit that the server turned into a rollback is an error', async () => {
  const swallowing = transaction(pool, async (tx) => {
    await tx.query(`insert into notes values ('twice')`);
    await tx.query(`insert into notes values ('twice')`).catch(() => {});
  });
  await expect(swallowing).rejects.toThrow('rolled the transaction back');
  expect(await words()).toEqual([]);
});

test('connections that the server ends, idle or in use, end no process and are replaced', async () => {
  const ended = transaction(pool, async (tx) => {
    const own = await tx.query('select pg_backend_pid() as pid');
    await pool.query('select pg_terminate_backend($1)', [own.rows[0].pid]);
    await tx.query('select 1');
  });
  await expect(ended).rejects.toThrow(/terminat|connection error/);
  expect(pool.totalCount).toBe(1);
  const killer = new pg.Client({ connectionString: database.url });
  await killer.connect();
  await killer.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`);
  await killer.end();
  for (const until = Date.now() + 5000; pool.totalCount > 0 && Date.now() < until; ) await setImmediate();
  expect(pool.totalCount).toBe(0);
  expect(broken.length).toBeGreaterThan(0);
  expect(await words()).toEqual([]);
});

test('a GitHub run id comes as a number, one too large for it throws', async () => {
  const found = await pool.query(`select 17482913650::int8 as id, '2026-11-23T12:00:00+01'::timestamptz as at`);
  expect(found.rows).toEqual([{ id: 17482913650, at: new Date('2026-11-23T11:00:00Z') }]);
  await expect(pool.query('select 9007199254740993::int8 as id')).rejects.toThrow('does not fit');
});

test('a connection to a server that takes no writes any more is not used again', async () => {
  const one = await pool.connect();
  await one.query('set default_transaction_read_only = on');
  one.release();
  const write = () => transaction(pool, (tx) => tx.query('create table written ()'));
  await expect(write()).rejects.toMatchObject({ code: '25006' });
  await write();
});
