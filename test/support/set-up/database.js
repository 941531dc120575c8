// Starts the database server of a run, or uses the one in TEST_DATABASE_URL. Makes the template there: the database of each
// test is a copy of it.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { load } from './code.js';
import { isDead, readNames } from './dead.js';
import { CannotRun } from './run.js';

const folderPrefix = 'pushbutton-test-';

/** Puts the server and the name of the run into the environment, where test/support/postgres.ts finds them. */
export async function startDatabase(run) {
  try {
    await start(run);
  } catch (error) {
    throw new CannotRun(inOneLine(error.message));
  }
}

/** The programs of PostgreSQL print many lines; one of them gives the reason. */
function inOneLine(message) {
  const [first, ...more] = message.trim().split('\n');
  const why = /(?:FATAL|PANIC|ERROR|error):.*|could not.*/.exec(more.join('\n'))?.[0] ?? more.at(-1);
  return why ? `${first.split(':')[0]}: ${why}` : first;
}

async function start(run) {
  const { startLocalPostgres } = await load('src/db/local-postgres.ts');
  const { migrate } = await load('src/db/migrate.ts');
  await removeLeftovers(startLocalPostgres);
  const server = process.env.TEST_DATABASE_URL || (await startServer(run, startLocalPostgres));
  const template = `${run.name}_template`;
  run.cleanUps.unshift(() => dropDatabases(server, run.name));
  await onServer(server, (client) => client.query(`create database ${template} template template0 encoding 'UTF8'`));
  await migrate(databaseOf(server, template));
  // The first connection to a database writes down what every later one has to know of its catalogue; the copies have it, too.
  await onServer(databaseOf(server, template), (client) => client.query('select 1'));
  process.env.PUSHBUTTON_TEST_SERVER = server;
  process.env.PUSHBUTTON_TEST_NAME = run.name;
}

/** Nothing of it outlives the run, and nothing is tidied up in it. */
const CARELESS = [
  'fsync = off',
  'full_page_writes = off',
  'autovacuum = off',
  'jit = off',
  'checkpoint_timeout = 3600',
  'max_wal_size = 8192',
  'scram_iterations = 1',
  // All look up by key: a plan for each set of values is never better.
  'plan_cache_mode = force_generic_plan',
];

async function startServer(run, startLocalPostgres) {
  const folder = await mkdtemp(path.join(os.tmpdir(), `${folderPrefix}${process.pid}-`));
  run.cleanUps.unshift(() => rmSync(folder, { recursive: true, force: true }));
  // As root the server runs as another user, who must reach its data below.
  await chmod(folder, 0o711);
  const server = await startLocalPostgres(folder);
  run.cleanUps.unshift(() => server.stop());
  run.postmaster = path.join(server.folder, 'data', 'postmaster.pid');
  // A password that is sent as it is costs each connection half the processor time of one that is proved.
  const rules = path.join(server.folder, 'data', 'pg_hba.conf');
  writeFileSync(rules, readFileSync(rules, 'utf8').replaceAll('scram-sha-256', 'password'));
  // Nothing of it outlives the run: no commit waits for a disk.
  await onServer(server.url, async (client) => {
    for (const one of CARELESS) await client.query(`alter system set ${one}`);
    await client.query('select pg_reload_conf()');
  });
  // Each connection proves that it knows the password, with as few rounds as possible.
  await onServer(server.url, async (client) => {
    await client.query(`alter role postgres password '${new URL(server.url).password}'`);
  });
  return server.url;
}

/** A killed run leaves its server behind; the next run ends it. */
async function removeLeftovers(startLocalPostgres) {
  for (const name of readNames(os.tmpdir())) {
    const pid = name.startsWith(folderPrefix) ? Number(name.slice(folderPrefix.length).split('-')[0]) : 0;
    const folder = path.join(os.tmpdir(), name);
    if (!pid || !isDead(pid)) continue;
    try {
      const server = await startLocalPostgres(folder);
      await server.stop();
      // Its own disk (see small-disk.ts).
      spawnSync('umount', [path.join(folder, 'disk')]);
      rmSync(server.folder, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      console.warn(`${folder} of a killed test run could not be removed: ${error.message}`);
    }
  }
}

async function dropDatabases(server, prefix) {
  await onServer(server, async (client) => {
    const found = await client.query('select datname from pg_database where starts_with(datname, $1)', [prefix]);
    for (const { datname } of found.rows) await client.query(`drop database if exists "${datname}" with (force)`);
    const roles = await client.query('select rolname from pg_roles where starts_with(rolname, $1)', [prefix]);
    for (const { rolname } of roles.rows) await client.query(`drop role "${rolname}"`);
  });
}

async function onServer(server, work) {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseOf(server, name) {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
