import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '../../src/db/migrate.js';

/** A database of a test. `drop` ends its connections and removes it; databases that are not dropped go with the run. */
export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** Makes a database with all migrations: a copy of the template that the run made (see global-setup.js). */
export function freshDatabase(): Promise<TestDatabase> {
  return create(`${fromSetup('PUSHBUTTON_TEST_NAME')}_template`);
}

/** Makes an empty database, for tests of the migrations themselves. */
export function emptyDatabase(): Promise<TestDatabase> {
  return create('template0');
}

/**
 * A migrated database owned by a role that is no superuser, so limits apply. `ownerUrl` connects as that role, whose
 * sessions begin with `settings`.
 */
export async function ownedDatabase(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestDatabase & { role: string; ownerUrl: string }> {
  const database = await emptyDatabase();
  const url = new URL(database.url);
  const role = url.pathname.slice(1);
  const password = randomBytes(12).toString('hex');
  await onServer(fromSetup('PUSHBUTTON_TEST_SERVER'), async (client) => {
    await client.query(`create role ${role} login password '${password}'`);
    await client.query(`alter database ${role} owner to ${role}`);
    for (const [name, value] of Object.entries(settings))
      await client.query(`alter role ${role} in database ${role} set ${name} = ${value}`);
  });
  url.username = role;
  url.password = password;
  await migrate(url.href);
  return {
    ...database,
    role,
    ownerUrl: url.href,
    drop: async () => {
      await database.drop();
      await onServer(fromSetup('PUSHBUTTON_TEST_SERVER'), (client) => client.query(`drop role ${role}`));
    },
  };
}

async function create(template: string): Promise<TestDatabase> {
  const server = fromSetup('PUSHBUTTON_TEST_SERVER');
  const name = `${fromSetup('PUSHBUTTON_TEST_NAME')}_${randomBytes(6).toString('hex')}`;
  await createFrom(server, template, name);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => onServer(server, (client) => drop(client, name)),
  };
}

/** The rows of the last of these statements, on a connection that nobody else uses. */
export async function rowsOf(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const one of statements) rows = (await client.query(one)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

/** Connections that are being closed get some time for it: one that is cut off instead says so as an error. */
async function drop(client: pg.PoolClient, name: string): Promise<void> {
  for (let look = 0; look < 20; look += 1) {
    const { rows } = await client.query('select 1 from pg_stat_activity where datname = $1 limit 1', [name]);
    if (rows.length === 0) break;
    await wait(5);
  }
  await client.query(`drop database if exists ${name} with (force)`);
}

/** A database can be copied only while nobody is connected to it; an autovacuum worker may be, for a moment. */
async function createFrom(server: string, template: string, name: string): Promise<void> {
  const objectInUse = '55006';
  for (const until = Date.now() + 20_000; ; await wait(50)) {
    try {
      await onServer(server, async (client) => {
        const { rows } = await client.query("select current_setting('server_version_num')::int >= 150000 as quick");
        // Copies the files instead of logging each page: a fifth of the time where no disk is waited for.
        const how = rows[0].quick ? 'strategy file_copy' : '';
        await client.query(`create database ${name} template ${template} ${how}`);
      });
      return;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== objectInUse || Date.now() > until) throw error;
    }
  }
}

/** One for each server, kept by the process: two connections fewer for each test. */
const pools = new Map<string, pg.Pool>();

function poolOf(server: string): pg.Pool {
  const known = pools.get(server);
  if (known) return known;
  const pool = new pg.Pool({
    ...{ connectionString: server, connectionTimeoutMillis: 20_000, max: 4 },
    ...{ idleTimeoutMillis: 0, allowExitOnIdle: true },
  });
  // The server may end before this process does.
  pool.on('error', () => {});
  pools.set(server, pool);
  return pool;
}

async function onServer(server: string, work: (client: pg.PoolClient) => Promise<unknown>): Promise<void> {
  const client = await poolOf(server).connect();
  try {
    await work(client);
  } finally {
    client.release();
  }
}

function fromSetup(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the tests' database comes from global-setup.js, run them by Jest`);
  return value;
}
