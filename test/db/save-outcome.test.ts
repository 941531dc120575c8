import type pg from 'pg';
import { openCard } from '../../src/db/cards.js';
import { claimInbox, takeIn } from '../../src/db/inbox.js';
import { createPool, transaction } from '../../src/db/pool.js';
import { type Left, saveOutcome, Twice } from '../../src/db/save-outcome.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';
import { aChange } from './releases-of.js';

/** What a decision leaves behind is one statement. In which order it locks is a promise to all other transactions. */

let database: TestDatabase;
let pool: pg.Pool;
let change: number;
let row: number;
beforeEach(async () => {
  database = await freshDatabase();
  pool = createPool(database.url);
  change = await aChange(pool, 1);
  await transaction(pool, (tx) => openCard(tx, change, 'shop', 'C0SHOP'));
  await takeIn(pool, [{ key: 'a', command: { type: 'start next', service: 'shop' }, reply: null }]);
  row = (await claimInbox(pool, 1, 60_000))[0]?.id ?? 0;
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const left = (over: Left = {}): Left => ({
  records: [{ actor: 'U0ALICE', kind: 'requested', sha: null, deploymentId: null, reason: null, detail: {} }],
  handled: [{ id: row, outcome: { kind: 'nothing' } }],
  effects: [
    { effect: 'redraw', changeId: change },
    { effect: 'start next', at: null },
  ],
  ...over,
});

/** How many of each another transaction could lock now. */
async function free(): Promise<Record<'inbox' | 'cards' | 'jobs', number>> {
  const count = async (text: string) => (await pool.query(`${text} skip locked`)).rowCount ?? 0;
  return {
    inbox: await count(`select from inbox where id = ${row} for update`),
    cards: await count('select from cards for update'),
    jobs: await count("select from graphile_worker._private_jobs where key = 'draw:C0SHOP' for update"),
  };
}

test('all of it is there once it commits, and the holder gets what it can carry out itself', async () => {
  const held = await transaction(pool, (tx) => saveOutcome(tx, 'shop', left({ holder: 'replica-1' })));
  expect(held).toEqual([{ id: expect.any(Number), name: 'start next', payload: { service: 'shop' } }]);
  const one = async (text: string) => (await pool.query(text)).rows;
  expect(await one('select kind, service from ledger')).toEqual([{ kind: 'requested', service: 'shop' }]);
  expect(await one('select outcome from inbox where handled_at is not null')).toEqual([
    { outcome: { kind: 'nothing' } },
  ]);
  expect(await one('select change_id from cards where dirty_at is not null')).toEqual([{ change_id: change }]);
  expect(await one("select key from graphile_worker.jobs where key not like 'held:%'")).toEqual([
    { key: 'draw:C0SHOP' },
  ]);
});

test('a row that was handled before takes everything back', async () => {
  await transaction(pool, (tx) => saveOutcome(tx, 'shop', { handled: left().handled ?? [] }));
  await expect(transaction(pool, (tx) => saveOutcome(tx, 'shop', left()))).rejects.toThrow(Twice);
  expect((await pool.query('select from ledger')).rowCount).toBe(0);
});

test('it locks the ledger before the inbox, that before the cards, and those before the jobs', async () => {
  const before = await pool.connect();
  const waitsFor = async (lock: string) => {
    await before.query('begin');
    await before.query(lock);
    const saved = transaction(pool, (tx) => saveOutcome(tx, 'shop', left())).catch((error: Error) => error);
    await until('it waits', async () => {
      const { rows } = await pool.query(
        "select from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into ledger%'",
      );
      return rows.length === 1;
    });
    const found = await free();
    await before.query('rollback');
    await saved;
    await pool.query('update inbox set handled_at = null');
    return found;
  };
  try {
    expect(await waitsFor("select pg_advisory_xact_lock(hashtext('pushbutton ledger'))")).toEqual({
      inbox: 1,
      cards: 1,
      jobs: 1,
    });
    expect(await waitsFor(`select from inbox where id = ${row} for update`)).toEqual({ inbox: 0, cards: 1, jobs: 1 });
    expect(await waitsFor('select from cards for update')).toEqual({ inbox: 0, cards: 0, jobs: 1 });
  } finally {
    before.release();
  }
});

test('of jobs with the same key, the last one wins', async () => {
  const at = (hour: number) => new Date(Date.UTC(2100, 0, 1, hour));
  const starts = Array.from({ length: 20 }, (_, n) => ({ effect: 'start next' as const, at: at(n) }));
  await transaction(pool, (tx) => saveOutcome(tx, 'shop', { effects: starts }));
  const { rows } = await pool.query("select run_at from graphile_worker.jobs where key = 'start:shop'");
  expect(rows).toEqual([{ run_at: at(19) }]);
});
