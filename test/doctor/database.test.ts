import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serverVerdict } from '../../src/db/checks.js';
import { startLocalPostgres } from '../../src/db/local-postgres.js';
import { compareMigrations, migrate } from '../../src/db/migrate.js';
import { CONFIG, type Installation, install } from '../support/installation.js';
import { emptyDatabase, freshDatabase, rowsOf } from '../support/postgres.js';

let shop: Installation;
beforeAll(async () => {
  shop = await install();
});
afterAll(() => shop.stop());

const by = (id: string, DATABASE_URL: string | undefined, more: NodeJS.ProcessEnv = {}) =>
  shop.verdict(`database.${id}`, CONFIG, { DATABASE_URL, ...more });

describe('a server', () => {
  test('that is well', async () => {
    expect(await by('server', shop.env.DATABASE_URL)).toMatch(
      /^ok: PostgreSQL \d\d, 127\.0\.0\.1:\d+\/pushbutton_test_\w+, up to 10 of \d+ connections for each replica$/,
    );
    expect(await by('migrations', shop.env.DATABASE_URL)).toBe('ok: none pending');
    expect(await by('replicas', shop.env.DATABASE_URL)).toBe('ok: none is running; to start one: npm start');
  });

  test('that is too old, or takes no writes', () => {
    const well = {
      version: 140_005,
      standby: false,
      encoding: 'UTF8',
      read_only: null,
      role: 'bot',
      database: 'shop',
      room: 97,
    };
    expect(serverVerdict(well, 'db:5432/name', 10)).toEqual({
      is: 'ok',
      says: 'PostgreSQL 14, db:5432/name, up to 10 of 97 connections for each replica',
    });
    expect(serverVerdict({ ...well, version: 130_011 }, 'db', 10)).toMatchObject({
      is: 'wrong',
      mend: 'Use PostgreSQL 14 or later.',
    });
    expect(serverVerdict({ ...well, version: 170_002, standby: true }, 'db', 10)).toMatchObject({
      is: 'wrong',
      found: expect.stringContaining('standby'),
    });
    // The host locks a full disk: no statement of ours overrules that.
    expect(serverVerdict({ ...well, read_only: 'configuration file' }, 'db', 10)).toEqual({
      is: 'wrong',
      found: 'db: its sessions are read-only (default_transaction_read_only is on)',
      mend: 'Use a server that accepts writes; some hosts set this when the disk is full.',
      copy: null,
    });
  });

  test.each([
    [
      'nobody listens',
      (url: URL) => {
        url.port = '1';
      },
      /^wrong: 127\.0\.0\.1:1\/\w+: .*ECONNREFUSED.*Start the PostgreSQL server, put its host and port into DATABASE_URL/,
    ],
    [
      'the database is not there',
      (url: URL) => {
        url.pathname = '/nowhere';
      },
      /^wrong: .*database "nowhere" does not exist\. Create the database/,
    ],
    [
      'the password is wrong',
      (url: URL) => {
        url.password = 'open-sesame';
      },
      /^wrong: (?!.*open-sesame).*password authentication failed.*Put the right user and password/,
    ],
    [
      'the host has no address',
      (url: URL) => {
        url.hostname = 'postgres.invalid';
      },
      /^wrong: .*(ENOTFOUND|EAI_AGAIN).*Put a host that this machine can resolve/,
    ],
  ])('where %s', async (_, change, expected) => {
    const url = new URL(String(shop.env.DATABASE_URL));
    change(url);
    expect(await by('server', url.href)).toMatch(expected);
    expect(await by('migrations', url.href)).toBe('skipped: the database cannot be reached');
    expect(await shop.verdict('clock.database', CONFIG, { DATABASE_URL: url.href })).toBe(
      'skipped: the database did not answer',
    );
  });
});

/** The statements that drop the tables and indexes of these migrations. */
const madeBy = (files: readonly string[]): string[] =>
  files.flatMap((file) => {
    const text = readFileSync(`migrations/${file}`, 'utf8');
    return [...text.matchAll(/create (?:unique )?(table|index) (\w+)/g)].map(
      ([, what, name]) => `drop ${what} if exists ${name} cascade`,
    );
  });

describe('migrations', () => {
  test('of a new database are the start’s, and none is applied by looking', async () => {
    const database = await emptyDatabase();
    expect(await by('migrations', database.url)).toBe('ok: the database has no tables yet: npm start creates them');
    expect(await by('replicas', database.url)).toBe('skipped: the database has no tables yet (see migrations)');
    expect((await compareMigrations(database.url)).isNew).toBe(true);
    await migrate(database.url);
    expect(await by('migrations', database.url)).toBe('ok: none pending');
    await database.drop();
  });

  test('that are pending are counted and named', async () => {
    const database = await emptyDatabase();
    await migrate(database.url);
    await rowsOf(database.url, "delete from pushbutton_migrations where name >= '0012'");
    // What they make would else be another application's.
    await rowsOf(database.url, ...madeBy(readdirSync('migrations').filter((name) => name >= '0012')));
    const { pending } = await compareMigrations(database.url);
    expect(pending.length).toBeGreaterThan(1);
    expect(await by('migrations', database.url)).toMatch(
      new RegExp(`^wrong: ${pending.length} pending: ${pending[0]}.* npm run migrate$`),
    );
    await database.drop();
  });

  test('whose tables the user may not create', async () => {
    const database = await emptyDatabase();
    await rowsOf(
      database.url,
      "drop role if exists doctor_reader; create role doctor_reader login password 'reads-only'",
    );
    const url = new URL(database.url);
    url.username = 'doctor_reader';
    url.password = 'reads-only';
    expect(await by('migrations', url.href)).toBe(
      'wrong: doctor_reader may not create tables in the schema public. Use a user with that right, in psql: grant usage, create on schema public to doctor_reader',
    );
    await database.drop();
    await rowsOf(String(shop.env.DATABASE_URL), 'drop role doctor_reader');
  });

  test('of a newer version', async () => {
    const database = await freshDatabase();
    await rowsOf(database.url, "insert into pushbutton_migrations (name, run_on) values ('9999_later', now())");
    expect(await by('migrations', database.url)).toMatch(
      /^wrong: a newer Pushbutton has migrated this database: 9999_later\. Run that version/,
    );
    await database.drop();
  });
});

describe('the embedded database', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-doctor-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('is started as the start does, and found again', async () => {
    const env = { PUSHBUTTON_DATA: path.join(folder, 'data') };
    expect(await by('folder', undefined, env)).toMatch(/^ok: .*postgres, started now; it keeps running/);
    expect(await by('folder', undefined, env)).toMatch(/^ok: .*postgres, running/);
    expect(await by('server', undefined, env)).toMatch(/^ok: PostgreSQL \d\d, embedded, up to 10 of 200 connections/);
    expect(await by('migrations', undefined, env)).toMatch(/^ok: the database has no tables yet/);
    const local = await startLocalPostgres(env.PUSHBUTTON_DATA);
    await local.stop();
    rmSync(local.folder, { recursive: true, force: true });
  }, 60_000);

  test('in a folder that cannot be made', async () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    const told = await by('folder', undefined, { PUSHBUTTON_DATA: path.join(file, 'data') });
    expect(told).toMatch(
      /^wrong: The folder of the embedded database cannot be created: .*Set PUSHBUTTON_DATA to a folder/,
    );
    expect(await by('server', undefined, { PUSHBUTTON_DATA: path.join(file, 'data') })).toBe(
      'skipped: the embedded database did not start',
    );
    expect(readdirSync(folder)).toEqual(['a-file']);
  });
});
