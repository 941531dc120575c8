import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type Account, run } from '../../src/db/local-process.js';
import { migrate } from '../../src/db/migrate.js';
import { freePort } from './free-port.js';
import { until } from './until.js';
import { wayTo } from './way.js';

const PASSWORD = 'of-a-pair-on-loopback';

/**
 * A migrated database on a primary, with a standby that follows it: a commit is answered once both have it. Uses the
 * programs of a PostgreSQL server that are on the PATH.
 */
export async function startPair() {
  const outer = await fs.mkdtemp(path.join(os.tmpdir(), `pushbutton-test-${process.pid}-`));
  // As root the servers run as another user, who must reach their data below.
  await fs.chmod(outer, 0o711);
  const folder = path.join(outer, 'pair');
  await fs.mkdir(folder, { mode: 0o700 });
  const account: Account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  if (account.uid !== undefined && account.gid !== undefined) await fs.chown(folder, account.uid, account.gid);
  await fs.writeFile(path.join(folder, 'password'), PASSWORD, { mode: 0o644 });

  const program = async (name: string, ...args: string[]): Promise<void> => {
    const environment = { PGPASSWORD: PASSWORD };
    const { ok, output } = await run(name, args, { account, cwd: folder, seconds: 60, environment });
    if (!ok) throw new Error(`${name} ${args.join(' ')}: ${output}`);
  };
  const serve = async (data: string) => {
    const port = await freePort();
    const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
    await program('pg_ctl', 'start', '-w', '-D', data, '-l', `${data}.log`, '-o', options);
    return `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/pushbutton`;
  };
  const end = async (data: string): Promise<void> => {
    const file = await fs.readFile(path.join(folder, data, 'postmaster.pid'), 'utf8').catch(() => null);
    if (file !== null) await program('pg_ctl', 'stop', '-w', '-D', data, '-m', 'immediate');
  };

  await program('initdb', '-D', 'primary', '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile=password', '-E', 'UTF8');
  const primary = await serve('primary');
  const maintenance = new URL(primary);
  maintenance.pathname = '/postgres';
  await ask(maintenance.href, 'create database pushbutton');
  await migrate(primary);
  const replication = await wayTo(primary);
  const { port } = new URL(replication.url);
  await program(
    'pg_basebackup',
    ...['-h', '127.0.0.1', '-p', port, '-U', 'postgres', '-D', 'standby', '-R', '-c', 'fast'],
  );
  const standby = await serve('standby');
  await ask(primary, "alter system set synchronous_standby_names = '*'");
  await ask(primary, 'select pg_reload_conf()');
  await until('the standby follows', async () => {
    const [one] = await ask(primary, 'select sync_state from pg_stat_replication');
    return one?.sync_state === 'sync';
  });
  return {
    primary,
    standby,
    /** Nothing reaches the standby any more, so no commit on the primary is answered. */
    part: () => replication.set('cut'),
    /** The primary ends at once, whatever it is doing. */
    crash: () => end('primary'),
    promote: () => program('pg_ctl', 'promote', '-w', '-D', 'standby'),
    stop: async () => {
      await Promise.all(['primary', 'standby'].map(end));
      await replication.stop();
      await fs.rm(outer, { recursive: true, force: true });
    },
  };
}

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
