import type pg from 'pg';
import type { Command, PressOf } from '../../src/core/command.js';
import { PAUSES } from '../../src/core/pauses.js';
import { createPool } from '../../src/db/pool.js';
import { decideTogether, type Gathered } from '../../src/flow/decide-together.js';
import { NO_TRACING } from '../../src/tracing/tracing.js';
import { POLICY } from '../core/given.js';
import { aChange } from '../db/releases-of.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

/** Commands that wait for the same service are decided in one transaction, each on what the one before it did. */

let database: TestDatabase;
let pool: pg.Pool;
let key = '';
beforeEach(async () => {
  database = await freshDatabase();
  pool = createPool(database.url);
  await aChange(pool, 1);
  key = String((await pool.query<{ key: string }>('select key from changes')).rows[0]?.key);
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const nobody = {
  log: { info: () => {} },
  decided: () => {},
  sharersOf: () => [],
  told: new Set<string>(),
  pauses: PAUSES,
  atOnce: { holder: 'nobody', carryOut: () => {} },
  tracing: NO_TRACING,
};
const by = (user: string) => ({ user, team: 'T0TEAM' });
const deploy = (user: string): PressOf<'deploy'> => ({ type: 'deploy', change: key, from: 'card', by: by(user) });
const lock = (user: string): PressOf<'lock'> => ({
  ...{ type: 'lock', service: 'shop', reason: 'Stock-taking', forMs: null, by: by(user) },
});

/** The outcome of each; the transactions that it took. */
async function decide(...commands: Command[]): Promise<{ ended: string[]; transactions: number }> {
  const gathered = commands.map(
    (command): Gathered => ({
      command,
      asked: { permission: { is: 'granted' }, comparison: null },
      from: null,
      trace: null,
      link: () => {},
    }),
  );
  let transactions = 0;
  const connect = (): Promise<pg.PoolClient> => {
    transactions += 1;
    return pool.connect();
  };
  const counted = { ...nobody, pool: Object.assign(Object.create(pool), { connect }) };
  const results = await decideTogether(counted, POLICY, gathered);
  const ended = results.map((result) => {
    if (result.status === 'rejected') return 'failed';
    const outcome = result.value;
    return outcome?.kind === 'refused' ? `refused: ${outcome.refusal.rule}` : String(outcome?.kind);
  });
  return { ended, transactions };
}
const ledger = async () =>
  (await pool.query<{ line: string }>("select actor || ' ' || kind as line from ledger order by seq")).rows.map(
    ({ line }) => line,
  );

test('a press after a lock is refused, one before it is not', async () => {
  expect(await decide(deploy('U0ALICE'), lock('U0BOB'), deploy('U0DAVE'))).toEqual({
    ended: ['accepted', 'accepted', 'merged'],
    transactions: 1,
  });
  expect(await ledger()).toEqual(['U0ALICE requested', 'U0BOB locked', 'U0DAVE merged']);
});

test('what the first of them shut is shut for the second', async () => {
  expect(await decide(lock('U0BOB'), deploy('U0ALICE'))).toEqual({
    ended: ['accepted', 'refused: locked'],
    transactions: 1,
  });
  expect((await pool.query('select 1 from deployments')).rowCount).toBe(0);
});

test('two presses on one card are one deployment', async () => {
  expect(await decide(deploy('U0ALICE'), deploy('U0BOB'))).toEqual({ ended: ['accepted', 'merged'], transactions: 1 });
});

test('each is linked with the one that was decided first, and its effects carry its own trace', async () => {
  const linked: [string, string | null][] = [];
  const gathered = [deploy('U0ALICE'), lock('U0BOB')].map((command, at): Gathered => {
    const trace = `00-${String(at + 1).repeat(32)}-${'a'.repeat(16)}-01`;
    const link = (to: string | null) => void linked.push([trace, to]);
    return { command, asked: { permission: { is: 'granted' }, comparison: null }, from: null, trace, link };
  });
  await decideTogether({ ...nobody, pool, tracing: { ...NO_TRACING, on: true } }, POLICY, gathered);
  const [first, second] = gathered.map(({ trace }) => trace as string) as [string, string];
  expect(linked).toEqual([
    [first, first],
    [second, first],
  ]);
  expect((await pool.query('select trace from deployments')).rows).toEqual([{ trace: first }]);
  const { rows } = await pool.query<{ task: string; traces: string[] }>(
    `select t.identifier as task, j.payload->'traces' as traces from graphile_worker._private_jobs j
     join graphile_worker._private_tasks t on t.id = j.task_id where j.payload::jsonb ? 'traces'`,
  );
  expect(rows).toContainEqual({ task: 'start next', traces: [first] });
});

test('one that cannot be saved fails alone, and leaves nothing', async () => {
  await pool.query(
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`,
  );
  await pool.query(`create trigger refuse before insert on ledger for each row when (new.actor = 'U0BOB')
    execute function refuse()`);
  expect(await decide(deploy('U0ALICE'), lock('U0BOB'), deploy('U0DAVE'))).toEqual({
    ended: ['accepted', 'failed', 'merged'],
    transactions: 4,
  });
  expect(await ledger()).toEqual(['U0ALICE requested', 'U0DAVE merged']);
  expect((await pool.query('select lock_by from services')).rows).toEqual([{ lock_by: null }]);
});

test('without a connection all fail at once', async () => {
  const away = createPool('postgres://nobody@127.0.0.1:1/none');
  const gathered: Gathered = {
    command: deploy('U0ALICE'),
    asked: { permission: { is: 'granted' } },
    from: null,
    trace: null,
    link: () => {},
  };
  const results = await decideTogether({ ...nobody, pool: away }, POLICY, [gathered, gathered]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await away.end();
});
