import fs from 'node:fs/promises';
import path from 'node:path';
import { Logger, runMigrations } from 'graphile-worker';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { reached } from '../crash-points.js';
import { packageRoot } from '../package-root.js';
import { createPool } from './pool.js';
import { sessionStatement } from './session.js';

const table = 'pushbutton_migrations';
/** Any fixed number that nothing else in this database uses. */
const lock = 7_585_742;

/**
 * Migrates the database to this version: first the job queue's own tables, then migrations/*.sql in order, all or none.
 * Concurrent calls are safe: one works, the others wait. Needs its own session: a pooler in transaction mode does not
 * work. Returns the names of our migrations that it applied. Throws the database's error with the name of the file.
 */
export async function migrate(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    await client.query('select pg_advisory_lock($1)', [lock]);
    const pool = createPool(url, { max: 2 });
    try {
      await runMigrations({ pgPool: pool, logger: new Logger(() => () => {}) });
      reached('migrate: queue ready');
      const applied = await applyFiles(client);
      reached('migrate: done');
      return applied;
    } finally {
      await pool.end();
    }
  });
}

/**
 * Compares our migrations with those of a database. `pending`: `migrate` would apply them; `newer`: applied by a newer
 * version; `isNew`: none was ever applied. Changes nothing.
 */
export async function compareMigrations(url: string): Promise<{ pending: string[]; newer: string[]; isNew: boolean }> {
  const names = (await fs.readdir(folder())).filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -4));
  return withClient(url, async (client) => {
    const found = await client.query('select to_regclass($1) is not null as there', [`public.${table}`]);
    if (!found.rows[0].there) return { pending: names.sort(), newer: [], isNew: true };
    const { rows } = await client.query<{ name: string }>(`select name from public.${table}`);
    const done = rows.map((row) => row.name);
    return {
      pending: names.filter((name) => !done.includes(name)).sort(),
      newer: done.filter((name) => !names.includes(name)).sort(),
      isNew: done.length === 0,
    };
  });
}

async function applyFiles(client: pg.Client): Promise<string[]> {
  let current = '';
  const heard = (line: unknown) => {
    current = /^### MIGRATION (\S+)/.exec(String(line))?.[1] ?? current;
  };
  try {
    const applied = await runner({
      dbClient: client,
      dir: folder(),
      direction: 'up',
      migrationsTable: table,
      checkOrder: true,
      singleTransaction: true,
      advisoryLockMode: 'wait',
      logger: { debug: () => {}, info: heard, warn: () => {}, error: () => {} },
    });
    return applied.map((migration) => migration.name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Migration ${current || 'of the database'} failed and was rolled back: ${reason}`, {
      cause: error,
    });
  }
}

/** Closing the session releases the lock, however the work ended. */
async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    application_name: 'pushbutton migrate',
  });
  // The query under way reports a broken connection.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(sessionStatement({}));
    return await work(client);
  } finally {
    await client.end();
  }
}

const folder = (): string => path.join(packageRoot(), 'migrations');
