import { connectionsOf } from '../../src/core/connections.js';
import { createPool } from '../../src/db/pool.js';
import { openPools } from '../../src/db/pools.js';
import { ownedDatabase } from '../support/postgres.js';
import { land, release } from '../support/releases.js';
import { startTeam, type Team } from '../support/team.js';

/** A database administrator may give a role any defaults; a host's console does so with a tick. */
const UNUSUAL = {
  datestyle: "'SQL, DMY'",
  intervalstyle: 'iso_8601',
  timezone: "'Asia/Kolkata'",
  search_path: 'elsewhere',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  lock_timeout: '1',
  statement_timeout: '3000',
  idle_in_transaction_session_timeout: '1',
  idle_session_timeout: '1000',
  bytea_output: 'escape',
  standard_conforming_strings: 'off',
  array_nulls: 'off',
  extra_float_digits: '-15',
  synchronous_commit: 'off',
};

let database: Awaited<ReturnType<typeof ownedDatabase>>;
beforeEach(async () => {
  database = await ownedDatabase(UNUSUAL);
});

test('a role with settings of its own migrates, and releases as any other', async () => {
  let team: Team | null = null;
  try {
    team = await startTeam({ replicas: 0, database });
    team.point(await team.start(database.ownerUrl));
    await release(team, await land(team));
    const [row] = await team.rows<{ late: boolean }>(
      "select max(at) not between now() - interval '5 minutes' and now() as late from ledger",
    );
    expect(row).toEqual({ late: false });
    // The queue finds the small pools of tests too small.
    const warned = team.logged.filter((line) => /"level":"(warn|error|fatal)"/.test(line));
    expect(warned.filter((line) => !line.includes('maxPoolSize'))).toEqual([]);
  } finally {
    await team?.stop();
  }
});

test('each connection rests on its own settings, and what is acknowledged waits for the disk', async () => {
  const admin = createPool(database.url, { max: 1 });
  const { rows: has } = await admin.query("select from pg_settings where name = 'transaction_timeout'");
  if (has.length > 0) await admin.query(`alter role ${database.role} set transaction_timeout = '1s'`);
  await admin.end();
  const pools = openPools(database.ownerUrl, connectionsOf(10), 1_500, () => {});
  const plain = createPool(database.ownerUrl, { max: 1 });
  const show = async (pool: typeof plain, name: string) => (await pool.query(`show ${name}`)).rows[0][name];
  try {
    for (const pool of [pools.pool, pools.claims, pools.intake, plain]) {
      const { rows } = await pool.query(`select name, setting from pg_settings where name = any($1) order by name`, [
        ['DateStyle', 'TimeZone', 'lock_timeout', 'default_transaction_isolation', 'idle_session_timeout'],
      ]);
      expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
        DateStyle: 'ISO, MDY',
        TimeZone: 'UTC',
        default_transaction_isolation: 'read committed',
        idle_session_timeout: '0',
        lock_timeout: '0',
      });
    }
    expect(await show(pools.pool, 'synchronous_commit')).toBe('on');
    expect(await show(pools.intake, 'synchronous_commit')).toBe('on');
    expect(await show(pools.claims, 'synchronous_commit')).toBe('off');
    expect(await show(pools.intake, 'statement_timeout')).toBe('1500ms');
    expect(await show(pools.intake, 'idle_in_transaction_session_timeout')).toBe('1500ms');
    expect(await show(plain, 'statement_timeout')).toBe('0');
    if (has.length > 0) expect(await show(plain, 'transaction_timeout')).toBe('0');
  } finally {
    await Promise.all([pools.close(), plain.end()]);
    await database.drop();
  }
});

test.each(['local', 'remote_write', 'remote_apply'])(
  'the durability that was chosen for the server stays: %s',
  async (durability) => {
    const chosen = await ownedDatabase({ synchronous_commit: durability });
    const pool = createPool(chosen.ownerUrl, { max: 1 });
    expect((await pool.query('show synchronous_commit')).rows).toEqual([{ synchronous_commit: durability }]);
    await pool.end();
    await Promise.all([chosen.drop(), database.drop()]);
  },
);
