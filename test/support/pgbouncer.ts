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

/**
 * A real PgBouncer in front of a database, with its defaults but for `settings`. Uses the program of that name on the
 * PATH. It logs in to the server as the user of `databaseUrl`, whoever logs in to it.
 */
export async function startPgBouncer(databaseUrl: string, settings: Readonly<Record<string, string>>): Promise<Pooler> {
  const outer = await fs.mkdtemp(path.join(os.tmpdir(), `pushbutton-test-${process.pid}-`));
  await fs.chmod(outer, 0o755);
  const { hostname, port: to, username, password, pathname } = new URL(databaseUrl);
  const port = await freePort();
  const name = pathname.slice(1);
  const all = { listen_addr: '127.0.0.1', listen_port: port, unix_socket_dir: '', auth_type: 'any', ...settings };
  const lines = [
    '[databases]',
    `${name} = host=${hostname} port=${to} dbname=${name} user=${username} password='${decodeURIComponent(password)}'`,
    '[pgbouncer]',
    ...Object.entries(all).map(([key, value]) => `${key} = ${value}`),
  ];
  const file = path.join(outer, 'pgbouncer.ini');
  await fs.writeFile(file, `${lines.join('\n')}\n`, { mode: 0o644 });
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const child = spawn('pgbouncer', [file], { ...account, cwd: outer, stdio: ['ignore', 'pipe', 'pipe'] });
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
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  await until(
    'PgBouncer answers',
    async () => {
      if (ended) throw new Error(`pgbouncer: ${ended} ${said}`);
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
      child.kill('SIGKILL');
      await gone;
      await fs.rm(outer, { recursive: true, force: true });
    },
  };
}
