// Once per run, before the workers start: compiles the program for the tests that start real processes, starts one
// database server (or takes TEST_DATABASE_URL), and makes the template that every test's database is a copy of.
// Plain JavaScript, since Jest loads it as CommonJS when it has to transform it.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const folderPrefix = 'pushbutton-test-';

export default async function setUp() {
  const run = { name: `pushbutton_test_${process.pid}_${Date.now().toString(36)}`, cleanUps: [] };
  globalThis.pushbuttonTestRun = run;
  stopWhenKilled(run);
  try {
    const build = compile(run);
    const { startLocalPostgres } = await import(pathToFileURL(path.join(build, 'src/db/local-postgres.js')).href);
    const { migrate } = await import(pathToFileURL(path.join(build, 'src/db/migrate.js')).href);
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
  } catch (error) {
    // Jest calls no teardown when the setup fails.
    await cleanUp(run);
    throw error;
  }
}

/** Undoes everything that this run has started, newest first; all of it, also when a part fails. */
export async function cleanUp(run) {
  const failures = [];
  for (const undo of run.cleanUps.splice(0)) {
    try {
      await undo();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'The test run could not be cleaned up');
}

/** A build made before may be named in PUSHBUTTON_TEST_BUILD; it is taken as it is. */
function compile(run) {
  if (process.env.PUSHBUTTON_TEST_BUILD) return path.resolve(process.env.PUSHBUTTON_TEST_BUILD);
  const builds = path.join(root, '.test-build');
  for (const name of readNames(builds)) if (isDead(Number(name))) rmSync(path.join(builds, name), { recursive: true });
  const build = path.join(builds, String(process.pid));
  run.cleanUps.push(() => rmSync(build, { recursive: true, force: true }));
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  const built = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', build], {
    cwd: root,
    encoding: 'utf8',
  });
  if (built.status !== 0) {
    throw new Error(
      `The program does not compile:\n${built.stdout}${built.stderr}\nTo test the rest meanwhile: npx tsc -p tsconfig.build.json --outDir .test-build/mine; export PUSHBUTTON_TEST_BUILD=.test-build/mine`,
    );
  }
  const page = spawnSync(process.execPath, ['scripts/page.js', path.join(build, 'sandbox/page')], {
    cwd: root,
    encoding: 'utf8',
  });
  if (page.status !== 0) throw new Error(`The demo's page does not build:\n${page.stderr}`);
  process.env.PUSHBUTTON_TEST_BUILD = build;
  return build;
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
  // By key, all of them: a plan for each set of values is never better.
  'plan_cache_mode = force_generic_plan',
];

async function startServer(run, startLocalPostgres) {
  const folder = await mkdtemp(path.join(os.tmpdir(), `${folderPrefix}${process.pid}-`));
  // As root the server runs as somebody else, who has to get to its data below.
  await chmod(folder, 0o711);
  run.cleanUps.unshift(() => rmSync(folder, { recursive: true, force: true }));
  const server = await startLocalPostgres(folder);
  run.cleanUps.unshift(() => server.stop());
  run.postmaster = path.join(server.folder, 'data', 'postmaster.pid');
  // Nothing of it outlives the run: no commit waits for a disk.
  await onServer(server.url, async (client) => {
    for (const one of CARELESS) await client.query(`alter system set ${one}`);
    await client.query('select pg_reload_conf()');
  });
  // Each connection proves that it knows the password; with as few rounds as there may be.
  await onServer(server.url, async (client) => {
    await client.query(`alter role postgres password '${new URL(server.url).password}'`);
  });
  return server.url;
}

/** A run that was killed outright leaves its server behind; the next run ends it. */
async function removeLeftovers(startLocalPostgres) {
  for (const name of readNames(os.tmpdir())) {
    const pid = name.startsWith(folderPrefix) ? Number(name.slice(folderPrefix.length).split('-')[0]) : 0;
    const folder = path.join(os.tmpdir(), name);
    if (!pid || !isDead(pid)) continue;
    try {
      const server = await startLocalPostgres(folder);
      await server.stop();
      // A disk of its own (see small-disk.ts).
      spawnSync('umount', [path.join(folder, 'disk')]);
      rmSync(server.folder, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      console.warn(`${folder} of a killed test run could not be removed: ${error.message}`);
    }
  }
}

function stopWhenKilled(run) {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    process.once(signal, () => cleanUp(run).finally(() => process.exit(code)));
  }
  // When something ends the process without a teardown there is no time to wait; SIGINT is a fast shutdown.
  process.once('exit', () => {
    if (!run.postmaster || run.cleanUps.length === 0) return;
    try {
      process.kill(Number(readFileSync(run.postmaster, 'utf8').split('\n')[0]), 'SIGINT');
    } catch {
      // It has ended already.
    }
  });
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

function readNames(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isDead(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
