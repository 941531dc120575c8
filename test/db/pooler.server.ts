import path from 'node:path';
import pg from 'pg';
import { compareMigrations, migrate } from '../../src/db/migrate.js';
import { poolerObstacle } from '../../src/db/pooler.js';
import { CONFIG, type Installation, install } from '../support/installation.js';
import { startPair } from '../support/pair.js';
import { type Pooler, startPgBouncer, startPgpool } from '../support/poolers.js';
import { emptyDatabase, rowsOf, type TestDatabase } from '../support/postgres.js';
import { runCommand } from '../support/process.js';
import { land, release } from '../support/releases.js';
import { startTeam } from '../support/team.js';

/** A real PgBouncer or Pgpool-II in front of real servers: what is accepted keeps every promise, the rest is refused and named. */

let database: TestDatabase;
let pooler: Pooler | null = null;
let shop: Installation;
beforeAll(async () => {
  shop = await install();
});
afterAll(() => shop.stop());
beforeEach(async () => {
  database = await emptyDatabase();
});
afterEach(async () => {
  await pooler?.stop();
  pooler = null;
  await database.drop();
});

const through = async (settings: Record<string, string>): Promise<string> => {
  pooler = await startPgBouncer(database.url, settings);
  return pooler.url;
};

/** The one line in which `npm run migrate` ends. */
async function line(DATABASE_URL: string): Promise<string> {
  const program = path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'src/cli.js');
  const env = { ...shop.env, DATABASE_URL, PUSHBUTTON_CONFIG: path.resolve('pushbutton.example.yml') };
  const { code, printed } = await runCommand([process.execPath, program, 'migrate'], {
    env: env as Record<string, string>,
    cwd: process.cwd(),
  });
  expect({ printed, code }).toEqual({ printed, code: 1 });
  expect(printed.trim().split('\n')).toHaveLength(1);
  return JSON.parse(printed).msg;
}

const doctor = (DATABASE_URL: string) => shop.verdict('database.server', CONFIG, { DATABASE_URL });

/** What each of the next clients of the pooler finds in its session. */
const commitsOfOthers = (url: string) =>
  Promise.all(
    Array.from({ length: 15 }, async () => (await rowsOf(url, 'show synchronous_commit'))[0]?.synchronous_commit),
  );

const EXPECTED =
  'the address of the server itself, or a pool with pool_mode = session and server_reset_query = DISCARD ALL';
const IN_TURN =
  'the address leads to a connection pooler in transaction mode, such as PgBouncer, which shares sessions';
const HANDED_ON = 'the address leads to a connection pooler that hands on the settings of one client to the next';

const NO_ROOM = 'the address leads to a connection pooler that has no room for a second connection within 5 s';
const ROOM = 'a pool with room for all DATABASE_CONNECTIONS of each replica, 10 by default';

test.each<[how: string, settings: Record<string, string>, found: string, expected?: string]>([
  ['in transaction mode', { pool_mode: 'transaction' }, IN_TURN],
  ['in transaction mode, with servers in turn', { pool_mode: 'transaction', server_round_robin: '1' }, IN_TURN],
  ['in transaction mode, with a pool of one', { pool_mode: 'transaction', default_pool_size: '1' }, IN_TURN],
  ['in statement mode', { pool_mode: 'statement' }, IN_TURN],
  ['in session mode, with a pool of one', { pool_mode: 'session', default_pool_size: '1' }, NO_ROOM, ROOM],
  ['in session mode, without a reset', { pool_mode: 'session', server_reset_query: '' }, HANDED_ON],
])(
  '%s, it is refused at the start and by the doctor, and nothing reaches other clients',
  async (_, settings, found, expected = EXPECTED) => {
    const url = await through(settings);
    expect(await line(url)).toBe(`DATABASE_URL: ${found}; expected ${expected}`);
    expect(await doctor(url)).toMatch(new RegExp(`^wrong: 127\\.0\\.0\\.1:\\d+/\\w+: ${found}\\. Use ${expected}\\.$`));
    const about = await shop.verdict('database.migrations', CONFIG, { DATABASE_URL: url });
    expect(about).toBe('skipped: first change the address of the database (see server)');
    expect((await compareMigrations(database.url)).isNew).toBe(true);
    expect(new Set(await commitsOfOthers(url))).toEqual(new Set(['on']));
  },
);

test('in transaction mode it is noticed also while others are busy with the same pool', async () => {
  const url = await through({ pool_mode: 'transaction' });
  const others = Array.from({ length: 6 }, () => new pg.Client({ connectionString: url }));
  await Promise.all(others.map((one) => one.connect()));
  let busy = true;
  const working = others.map(async (one) => {
    while (busy) await one.query('select pg_sleep(0.001)');
  });
  try {
    for (let n = 0; n < 10; n += 1) expect((await poolerObstacle(url))?.found).toBe(IN_TURN);
  } finally {
    busy = false;
    await Promise.all(working);
    await Promise.all(others.map((one) => one.end()));
  }
});

test('in session mode with the defaults of PgBouncer, two replicas migrate and release, and leave nothing behind', async () => {
  const url = await through({ pool_mode: 'session', default_pool_size: '60' });
  const applied = await Promise.all([migrate(url), migrate(url)]);
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
  expect(await doctor(url)).toMatch(/^ok/);
  const team = await startTeam({ replicas: 0, database: { url: database.url, drop: async () => {} } });
  try {
    team.point(await team.start(url));
    await team.start(url);
    await release(team, await land(team));
  } finally {
    await team.stop();
  }
  expect(await migrate(url)).toEqual([]);
  expect(new Set(await commitsOfOthers(url))).toEqual(new Set(['on']));
});

test('a parameter that PgBouncer does not take is named, and how it passes it over', async () => {
  const url = `${await through({ pool_mode: 'session' })}?options=-c%20geqo%3Doff`;
  const expected =
    'an address without the parameter options and without PGOPTIONS; or have PgBouncer pass it over: ignore_startup_parameters = options';
  expect(await line(url)).toBe(`DATABASE_URL: unsupported startup parameter: options; expected ${expected}`);
  expect(await doctor(url)).toContain(`DATABASE_URL needs ${expected}.`);
  const older = `${pooler?.url}?statement_timeout=5000`;
  expect(await line(older)).toContain('ignore_startup_parameters = statement_timeout');
});

test('the server itself, without a pooler, is what it says it is', async () => {
  expect(await poolerObstacle(database.url)).toBeNull();
});

test('a Pgpool-II that reads from a standby is refused, and one that does not is used', async () => {
  const pair = await startPair();
  try {
    pooler = await startPgpool(pair.primary, pair.standby, { load_balance_mode: 'on' });
    const found =
      'the address leads to something that sends reads to another server, such as Pgpool-II with load_balance_mode';
    expect(await line(pooler.url)).toBe(`DATABASE_URL: ${found}; expected the address of the primary`);
    expect(await doctor(pooler.url)).toContain(`${found}. Use the address of the primary.`);
    await pooler.stop();
    pooler = await startPgpool(pair.primary, pair.standby, { load_balance_mode: 'off' });
    expect(await migrate(pooler.url)).toEqual([]);
    expect(await doctor(pooler.url)).toMatch(/^ok/);
  } finally {
    await pooler?.stop();
    pooler = null;
    await pair.stop();
  }
});
