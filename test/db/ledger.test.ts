import type pg from 'pg';
import { verifyLedger } from '../../src/audit/verify.js';
import type { Record } from '../../src/core/decision.js';
import { ledgerHead, ledgerOfSha } from '../../src/db/ledger.js';
import { createPool, transaction } from '../../src/db/pool.js';
import { saveOutcome } from '../../src/db/save-outcome.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

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

const SHA = 'a'.repeat(40);
const line = (kind: string, over: Partial<Record> = {}): Record => ({
  actor: 'U0ALICE',
  kind,
  sha: SHA,
  deploymentId: null,
  reason: null,
  detail: {},
  ...over,
});
const append = (...kinds: string[]) =>
  transaction(pool, (tx) => saveOutcome(tx, 'shop', { records: kinds.map((kind) => line(kind)) }));
const seqs = async () =>
  (await pool.query<{ seq: number }>('select seq from ledger order by seq')).rows.map((row) => row.seq);
/** What the auditor's walk over the whole ledger finds wrong. */
const broken = async () => (await verifyLedger(pool, null)).broken;
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('an empty ledger has no head and holds', async () => {
  expect([await ledgerHead(pool), await broken()]).toEqual([null, null]);
});

test('rows are numbered from 1 and each carries the hash of the one before', async () => {
  await append('requested', 'dispatching');
  await append('live');
  const { rows } = await pool.query('select * from ledger order by seq');
  expect(rows.map((row) => [row.seq, row.kind, row.previous_hash])).toEqual([
    [1, 'requested', '0'.repeat(64)],
    [2, 'dispatching', rows[0].hash],
    [3, 'live', rows[1].hash],
  ]);
  expect(new Set(rows.map((row) => row.hash)).size).toBe(3);
  expect(await ledgerHead(pool)).toEqual({ seq: 3, hash: rows[2].hash });
  expect(await broken()).toBeNull();
});

test('many writers at once, half of whom roll back, leave no gap and no fork', async () => {
  const writers = upTo(60).map((n) =>
    transaction(pool, async (tx) => {
      await saveOutcome(tx, n % 3 === 0 ? 'shop' : null, { records: [line(`first ${n}`), line(`second ${n}`)] });
      if (n % 2 === 0) throw new Error('rolled back');
    }).catch((error: Error) => error.message),
  );
  const ends = await Promise.all(writers);
  expect(ends.filter((end) => end === 'rolled back')).toHaveLength(30);
  expect(ends.filter((end) => end === undefined)).toHaveLength(30);
  expect(await seqs()).toEqual(upTo(60));
  const { rows } = await pool.query<{ kind: string }>('select kind from ledger order by seq');
  for (let at = 0; at < 60; at += 2) {
    expect(rows[at + 1]?.kind).toBe(rows[at]?.kind.replace('first', 'second'));
  }
  expect(await broken()).toBeNull();
});

test('numbers, times and hashes that a writer names itself are not taken', async () => {
  await append('one');
  await pool.query(
    `insert into ledger (seq, at, actor, kind, previous_hash, hash)
     values (77, '2020-01-01', 'U0EVE', 'two', 'x', 'y'), (78, '2020-01-01', 'U0EVE', 'three', 'x', 'y')`,
  );
  expect(await seqs()).toEqual([1, 2, 3]);
  const { rows } = await pool.query("select 1 from ledger where at < now() - interval '1 minute'");
  expect(rows).toEqual([]);
  expect(await broken()).toBeNull();
});

test('every kind of text is chained, and fields cannot run into each other', async () => {
  const hostile = line('5:abc', {
    actor: '',
    reason: 'Grüße \u{1F680} "quoted" \\ \n',
    detail: { n: 1.5, b: true, z: null },
  });
  await transaction(pool, (tx) =>
    saveOutcome(tx, null, { records: [hostile, { ...hostile, kind: '5', actor: ':abc' }] }),
  );
  const hashes = (await pool.query('select hash from ledger')).rows.map((row) => row.hash);
  expect(new Set(hashes).size).toBe(2);
  expect(await broken()).toBeNull();
  const joined = await pool.query(
    `select ledger_field('ab') || ledger_field('c') as one, ledger_field('a') || ledger_field('bc') as two,
       ledger_field(null) as nothing, ledger_field('') as empty, ledger_field('-') as dash`,
  );
  expect(joined.rows[0]).toEqual({ one: '2:ab1:c', two: '1:a2:bc', nothing: '-', empty: '0:', dash: '1:-' });
});

test("the hash is SHA-256 of the row's text, which anybody can compute", async () => {
  await append('requested');
  const { createHash } = await import('node:crypto');
  const { rows } = await pool.query('select *, ledger_text(ledger) as text from ledger');
  const [row] = rows;
  expect(createHash('sha256').update(row.text, 'utf8').digest('hex')).toBe(row.hash);
  expect(row.text).toBe(`1:127:${row.text.slice(6, 33)}7:U0ALICE9:requested4:shop40:${SHA}--2:{}64:${'0'.repeat(64)}`);
});

test.each([
  ['update', "update ledger set reason = 'no'"],
  ['update of nothing but itself', 'update ledger set kind = kind where seq = 1'],
  ['delete', 'delete from ledger where seq = 2'],
  ['truncate', 'truncate ledger'],
  ['truncate with all that hangs on it', 'truncate ledger cascade'],
  [
    'insert that becomes an update',
    `insert into ledger (actor, kind) values ('a', 'b') on conflict (seq) do update set actor = 'c'`,
  ],
  ['update as a replica does', "set local session_replication_role = replica; update ledger set reason = 'no'"],
  ['delete as a replica does', 'set local session_replication_role = replica; delete from ledger'],
])('%s is refused or changes nothing, also to the owner of the table', async (_, statement) => {
  await append('one', 'two', 'three');
  const before = (await pool.query('select * from ledger where seq <= 3 order by seq')).rows;
  const owner = await pool.query(
    "select pg_get_userbyid(relowner) = current_user as owns from pg_class where relname = 'ledger'",
  );
  expect(owner.rows).toEqual([{ owns: true }]);
  const tried = transaction(pool, (tx) => tx.query(statement)).then(
    () => 'taken',
    (error: Error) => error.message,
  );
  expect(await tried).toBe(statement.startsWith('insert') ? 'taken' : 'the ledger is append-only');
  expect((await pool.query('select * from ledger where seq <= 3 order by seq')).rows).toEqual(before);
  expect(await broken()).toBeNull();
});

/** What only one who may switch the triggers off can do. */
const tamper = (statement: string) =>
  transaction(pool, async (tx) => {
    await tx.query('alter table ledger disable trigger all');
    await tx.query(statement);
    await tx.query('alter table ledger enable always trigger chain_ledger');
    await tx.query('alter table ledger enable always trigger ledger_is_append_only');
    await tx.query('alter table ledger enable always trigger ledger_is_never_truncated');
  });
test.each<[string, string, string]>([
  ['an actor', "update ledger set actor = 'U0BOB' where seq = 3", 'line 3 was changed'],
  ['a reason', "update ledger set reason = '' where seq = 2", 'line 2 was changed'],
  [
    'a time by a microsecond',
    "update ledger set at = at + interval '1 microsecond' where seq = 4",
    'line 4 was changed',
  ],
  ['a detail', `update ledger set detail = '{"a": 1}' where seq = 1`, 'line 1 was changed'],
  ['a hash', "update ledger set hash = repeat('1', 64) where seq = 2", 'line 2 was changed'],
  ['a row taken out of the middle', 'delete from ledger where seq = 3', 'line 3 is missing'],
  ['the first row taken out', 'delete from ledger where seq = 1', 'line 1 is missing'],
  [
    'two rows exchanged',
    'update ledger set seq = case seq when 2 then -3 else -2 end where seq in (2, 3)',
    'line -3 comes before the first',
  ],
  [
    'a row whose own hash was made to fit',
    `update ledger set actor = 'U0BOB' where seq = 3;
     update ledger set hash = encode(sha256(convert_to(ledger_text(ledger), 'UTF8')), 'hex') where seq = 3`,
    'line 4 does not follow line 3',
  ],
])('%s, changed with the triggers switched off, is found', async (_, statement, words) => {
  await append('one', 'two', 'three', 'four', 'five');
  await tamper(statement);
  expect(await broken()).toContain(words);
});
test('rows cut from the end leave a whole chain, and the head that was told says so', async () => {
  await append('one', 'two', 'three');
  const told = await ledgerHead(pool);
  await tamper('delete from ledger where seq = 3');
  expect(await broken()).toBeNull();
  expect(await ledgerHead(pool)).not.toEqual(told);
});

test('the ledger of one commit is its own, oldest first', async () => {
  await append('one', 'two');
  await transaction(pool, (tx) => saveOutcome(tx, 'shop', { records: [line('other', { sha: 'b'.repeat(40) })] }));
  await transaction(pool, (tx) => saveOutcome(tx, 'site', { records: [line('other')] }));
  await transaction(pool, (tx) => saveOutcome(tx, 'shop', { records: [line('three', { deploymentId: 5 })] }));
  const { lines, older } = await ledgerOfSha(pool, 'shop', SHA);
  expect(older).toBe(0);
  expect(lines.map((one) => [one.seq, one.kind])).toEqual([
    [1, 'one'],
    [2, 'two'],
    [5, 'three'],
  ]);
  expect((await pool.query('select deployment_id from ledger where seq = 5')).rows).toEqual([{ deployment_id: 5 }]);
});
test('of a commit with more than 200 lines the newest are given, and how many are older', async () => {
  await append(...Array(203).fill('refused'));
  const { lines, older } = await ledgerOfSha(pool, 'shop', SHA);
  expect([lines.length, lines[0]?.seq, lines.at(-1)?.seq, older]).toEqual([200, 4, 203, 3]);
});
