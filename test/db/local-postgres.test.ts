import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { type LocalPostgres, startLocalPostgres } from '../../src/db/local-postgres.js';
import { until } from '../support/until.js';

const isRoot = process.getuid?.() === 0;
const running = new Set<LocalPostgres>();
const folders: string[] = [];

afterEach(async () => {
  for (const server of running) await server.stop();
  running.clear();
  for (const folder of folders.splice(0)) await fs.rm(folder, { recursive: true, force: true });
});

async function temporaryFolder(mode: number): Promise<string> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), `pushbutton-test-${process.pid}-`));
  await fs.chmod(folder, mode);
  folders.push(folder);
  return folder;
}

async function start(folder: string, log?: (line: string) => void): Promise<LocalPostgres> {
  const server = await startLocalPostgres(folder, log);
  running.add(server);
  return server;
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

async function postmaster(server: LocalPostgres): Promise<number> {
  return Number((await fs.readFile(path.join(server.folder, 'data/postmaster.pid'), 'utf8')).split('\n')[0]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a second start finds the running server, and data outlive a kill -9 of it', async () => {
  const folder = path.join(await temporaryFolder(0o711), `it's a "folder" with $HOME`);
  const first = await start(folder);
  expect(first.adopted).toBe(false);
  await ask(first.url, 'create table kept (word text)');
  await ask(first.url, `insert into kept values ('here')`);

  const second = await start(folder);
  expect(second).toMatchObject({ adopted: true, url: first.url });

  const killed = await postmaster(first);
  process.kill(killed, 'SIGKILL');
  await until('it is gone', () => !isAlive(killed));
  const third = await start(folder);
  expect(third.adopted).toBe(false);
  expect(await ask(third.url, 'select word from kept')).toEqual(['here']);
});

test('the server is as production is: UTF-8, a password, one address, no more', async () => {
  const server = await start(await temporaryFolder(0o711));
  expect(await ask(server.url, 'show server_encoding')).toEqual(['UTF8']);
  expect(await ask(server.url, 'show max_connections')).toEqual(['200']);
  expect(await ask(server.url, 'show unix_socket_directories')).toEqual(['']);
  expect(await ask(server.url, 'show listen_addresses')).toEqual(['127.0.0.1']);
  expect(await ask(server.url, `select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolcanlogin`)).toEqual([
    true,
  ]);
  const wrong = new URL(server.url);
  wrong.password = 'guessed';
  await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  expect((await fs.stat(path.join(server.folder, 'password'))).mode & 0o777).toBe(0o600);
  expect((await fs.stat(server.folder)).mode & 0o777).toBe(0o700);
});

test('its environment holds none of our secrets', async () => {
  process.env.PUSHBUTTON_TEST_SECRET = 'a token of ours';
  const server = await start(await temporaryFolder(0o711)).finally(() => delete process.env.PUSHBUTTON_TEST_SECRET);
  const environment = await fs.readFile(`/proc/${await postmaster(server)}/environ`, 'utf8').catch(() => undefined);
  // macOS has no /proc, and a container may not let even root look into that of another account.
  if (environment === undefined) return;
  expect(environment).toContain('LC_ALL=C');
  expect(environment).not.toContain('a token of ours');
});

test('two cold starts from two processes end with one server', async () => {
  const folder = await temporaryFolder(0o711);
  const build = process.env.PUSHBUTTON_TEST_BUILD ?? '';
  const launcher = pathToFileURL(path.resolve(build, 'src/db/local-postgres.js')).href;
  const script = `import { startLocalPostgres } from ${JSON.stringify(launcher)};
    const { url, adopted } = await startLocalPostgres(process.argv[1]);
    console.log(JSON.stringify({ url, adopted }));`;
  const launch = () => spawn(process.execPath, ['--input-type=module', '-e', script, folder]);
  const [one, two] = await Promise.all([launch(), launch()].map(answer));
  const server = await start(folder);
  expect(server.adopted).toBe(true);
  expect([one?.url, two?.url]).toEqual([server.url, server.url]);
  expect([one?.adopted, two?.adopted].sort()).toEqual([false, true]);
});

async function answer(child: ChildProcess): Promise<{ url: string; adopted: boolean }> {
  let said = '';
  child.stdout?.on('data', (text) => (said += text));
  child.stderr?.on('data', (text) => (said += text));
  await once(child, 'close');
  try {
    return JSON.parse(said);
  } catch {
    throw new Error(`the start in another process said: ${said}`);
  }
}

test('a lock, and a data folder, of a start that died half way are no obstacle', async () => {
  const folder = await temporaryFolder(0o711);
  const home = path.join(folder, 'postgres');
  await fs.mkdir(path.join(home, 'data.unfinished'), { recursive: true, mode: 0o700 });
  await fs.writeFile(path.join(home, 'data.unfinished/PG_VERSION'), '18\n');
  const died = spawn(process.execPath, ['-e', '']);
  await once(died, 'close');
  await fs.writeFile(path.join(home, 'start.lock'), String(died.pid));
  const server = await start(folder);
  expect(await ask(server.url, 'select 1')).toEqual([1]);
});

test('data of another major version are refused by name and left alone', async () => {
  const folder = await temporaryFolder(0o711);
  const data = path.join(folder, 'postgres/data');
  await fs.mkdir(data, { recursive: true });
  await fs.writeFile(path.join(data, 'PG_VERSION'), '13\n');
  await expect(start(folder)).rejects.toThrow(
    /holds the data of PostgreSQL 13, but the embedded one is \d+.*DATABASE_URL/,
  );
  expect(await fs.readdir(data)).toEqual(['PG_VERSION']);
});

// Only root drops to another account, whom a closed folder stops.
const asRoot = isRoot ? test : test.skip;

asRoot('root in a closed folder: data go where the database can get to, and are found there again', async () => {
  const folder = await temporaryFolder(0o700);
  const lines: string[] = [];
  const first = await start(folder, (line) => lines.push(line));
  folders.push(path.dirname(first.folder));
  expect(first.folder.startsWith(folder)).toBe(false);
  expect(lines.join()).toContain(first.folder);
  expect((await fs.stat(first.folder)).uid).toBe(65534);
  await ask(first.url, 'create table kept ()');
  await first.stop();
  const second = await start(folder);
  expect(second).toMatchObject({ folder: first.folder, adopted: false });
  expect(await ask(second.url, 'select count(*) from kept')).toEqual(['0']);
});

asRoot('root does not trust a folder that somebody else has put in the way', async () => {
  const folder = await temporaryFolder(0o700);
  const first = await start(folder);
  await first.stop();
  running.delete(first);
  const planted = path.dirname(first.folder);
  folders.push(planted);
  await fs.chown(planted, 12345, 12345);
  await expect(start(folder)).rejects.toThrow('created by another account (uid 12345)');
});

asRoot('root does not give away what a link leads to', async () => {
  const folder = await temporaryFolder(0o711);
  const precious = await temporaryFolder(0o700);
  await fs.symlink(precious, path.join(folder, 'postgres'));
  await expect(start(folder)).rejects.toThrow('does not follow links');
  expect((await fs.stat(precious)).uid).toBe(0);
});
