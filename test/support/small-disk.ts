import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startLocalPostgres } from '../../src/db/local-postgres.js';
import { migrate } from '../../src/db/migrate.js';

const SIZE = '64m';
const DISK_FULL = '53100';

/** A migrated database on its own disk, which can be filled, or the reason why this machine has none. */
export async function databaseOnSmallDisk() {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), `pushbutton-test-${process.pid}-`));
  // As root the server runs as another user, who must reach the disk below.
  await fs.chmod(folder, 0o711);
  const disk = path.join(folder, 'disk');
  await fs.mkdir(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', disk], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    await fs.rm(folder, { recursive: true });
    return { why: mounted.stderr?.trim() || String(mounted.error) };
  }
  const server = await startLocalPostgres(folder);
  const { uid, gid } = await fs.stat(path.join(server.folder, 'data'));
  await fs.chown(disk, uid, gid);
  await fs.chmod(disk, 0o700);
  const url = new URL(server.url);
  url.pathname = '/small';
  await onDatabase(server.url, async (client) => {
    await client.query(`create tablespace small location '${disk}'`);
    await client.query('create database small template template0 tablespace small');
  });
  await migrate(url.href);
  const junk = path.join(disk, 'junk');
  /** Rows that fill the inbox; a press may find room once more, and then it is filled again. */
  let filled = 0;
  return {
    url: url.href,
    /** Something else takes the rest of the disk. */
    fill: async () => {
      const file = await fs.open(junk, 'w');
      const page = Buffer.alloc(4_096, 'x');
      while ((await file.write(page).catch(fullOrThrow)) !== null);
      await file.close();
    },
    /** Also uses up the space in the inbox's existing pages, with handled rows. */
    fillInbox: () =>
      onDatabase(url.href, async (client) => {
        // One by one: a rollback would leave room behind.
        const one = "insert into inbox (key, command, handled_at) values ('full ' || $1, '{}', clock_timestamp())";
        while ((await client.query(one, [filled]).catch(fullOrThrow)) !== null) filled += 1;
      }),
    free: () => fs.rm(junk),
    drop: async () => {
      await server.stop();
      spawnSync('umount', [disk]);
      await fs.rm(server.folder, { recursive: true, force: true });
      await fs.rm(folder, { recursive: true, force: true });
    },
  };
}

function fullOrThrow(error: { code?: string }): null {
  if (error.code !== 'ENOSPC' && error.code !== DISK_FULL) throw error;
  return null;
}

async function onDatabase(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
