import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startLocalPostgres } from '../../src/db/local-postgres.js';

/** For 127.0.0.1 only, self-signed, until 2126: `openssl req -x509 -newkey ec -nodes -days 36500`. */
export const CERTIFICATE = path.resolve('test/support/tls/server.crt');
const KEY = path.resolve('test/support/tls/server.key');

/** Its own server, as platforms run it. */
export interface TlsPostgres {
  /** Says nothing about TLS, like the address that a platform hands out. */
  url: string;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL that accepts only TLS, with a certificate that nobody trusts. */
export async function startTlsPostgres(): Promise<TlsPostgres> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), `pushbutton-test-${process.pid}-`));
  // As root the server runs as another user, who must reach its data below.
  await fs.chmod(folder, 0o711);
  const plain = await startLocalPostgres(folder);
  await plain.stop();
  const data = path.join(plain.folder, 'data');
  const { uid, gid } = await fs.stat(data);
  for (const [from, name] of [
    [CERTIFICATE, 'server.crt'],
    [KEY, 'server.key'],
  ] as const) {
    const to = path.join(data, name);
    await fs.copyFile(from, to);
    await fs.chown(to, uid, gid);
    await fs.chmod(to, 0o600);
  }
  await fs.appendFile(path.join(data, 'postgresql.conf'), '\nssl = on\n');
  await fs.writeFile(path.join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
  const server = await startLocalPostgres(folder);
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await fs.rm(server.folder, { recursive: true, force: true });
      await fs.rm(folder, { recursive: true, force: true });
    },
  };
}
