/** Real connection poolers in front of a database: the programs of their names on the PATH. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.js';
import { until } from './until.js';

export interface Pooler {
  /** The same database, through the pooler. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

type Settings = Readonly<Record<string, string | number>>;

/**
 * A PgBouncer with its defaults but for `settings`. It logs in to the server as the user of `databaseUrl`, whoever logs
 * in to it.
 */
export function startPgBouncer(databaseUrl: string, settings: Settings): Promise<Pooler> {
  const { hostname, port: to, username, password, pathname } = new URL(databaseUrl);
  const name = pathname.slice(1);
  return startPooler('pgbouncer', databaseUrl, (port) => {
    const all = { listen_addr: '127.0.0.1', listen_port: port, unix_socket_dir: '', auth_type: 'any', ...settings };
    const lines = [
      '[databases]',
      `${name} = host=${hostname} port=${to} dbname=${name} user=${username} password='${decodeURIComponent(password)}'`,
      '[pgbouncer]',
      ...Object.entries(all).map(([key, value]) => `${key} = ${value}`),
    ];
    return { files: { 'pgbouncer.ini': lines }, args: ['pgbouncer.ini'] };
  });
}

/** A Pgpool-II with its defaults but for `settings`, which sends all reads that it may to the standby. */
export function startPgpool(primary: string, standby: string, settings: Settings): Promise<Pooler> {
  const { username, password } = new URL(primary);
  return startPooler('pgpool', primary, (port, pcpPort) => {
    const all: Settings = {
      ...{ listen_addresses: "'127.0.0.1'", port, pcp_port: pcpPort, pid_file_name: "'pgpool.pid'", logdir: "'.'" },
      // Version 4.4 calls them otherwise; either passes over what it does not know.
      ...{ socket_dir: "'.'", unix_socket_directories: "'.'", pcp_socket_dir: "'.'" },
      ...{ backend_clustering_mode: "'streaming_replication'", sr_check_period: 0 },
      ...{ allow_clear_text_frontend_auth: 'on', pool_passwd: "'passwords'" },
      ...{ backend_hostname0: "'127.0.0.1'", backend_port0: new URL(primary).port, backend_weight0: 0 },
      ...{ backend_hostname1: "'127.0.0.1'", backend_port1: new URL(standby).port, backend_weight1: 1 },
      ...{ backend_flag0: "'ALWAYS_PRIMARY|DISALLOW_TO_FAILOVER'", backend_flag1: "'DISALLOW_TO_FAILOVER'" },
      ...settings,
    };
    const lines = Object.entries(all).map(([key, value]) => `${key} = ${value}`);
    const files = { 'pgpool.conf': lines, passwords: [`${username}:TEXT${decodeURIComponent(password)}`], empty: [] };
    return { files, args: ['-n', '-f', 'pgpool.conf', '-F', 'empty', '-a', 'empty'] };
  });
}

type Written = { readonly files: Readonly<Record<string, readonly string[]>>; readonly args: readonly string[] };

async function startPooler(
  program: string,
  database: string,
  write: (port: number, another: number) => Written,
): Promise<Pooler> {
  // Both refuse to run as root.
  const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const outer = await fs.mkdtemp(path.join(os.tmpdir(), `pushbutton-test-${process.pid}-`));
  if (account.uid !== undefined) await fs.chown(outer, account.uid, account.gid);
  const port = await freePort();
  const { files, args } = write(port, await freePort());
  for (const [name, lines] of Object.entries(files)) {
    await fs.writeFile(path.join(outer, name), `${lines.join('\n')}\n`, { mode: 0o644 });
  }
  const child = spawn(program, args, { ...account, cwd: outer, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let ended = '';
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code) => {
    ended ||= `exit code ${code}`;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => {
      said += text.toString();
    });
  }
  const url = new URL(database);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  await until(
    `${program} answers`,
    async () => {
      if (ended) throw new Error(`${program}: ${ended} ${said}`);
      const client = new pg.Client({ connectionString: url.href });
      client.on('error', () => {});
      await client.connect();
      await client.end();
      return true;
    },
    10_000,
  );
  return {
    url: url.href,
    stop: async () => {
      const gone = once(child, 'exit');
      // Pgpool has children that end with it only if it is asked to end.
      child.kill(program === 'pgpool' ? 'SIGINT' : 'SIGKILL');
      await gone;
      await fs.rm(outer, { recursive: true, force: true });
    },
  };
}
