import fs from 'node:fs/promises';
import path from 'node:path';
import { Logger, runMigrations } from 'graphile-worker';
import { runner } from 'node-pg-migrate';
import type pg from 'pg';
import { USUAL_CONNECTIONS } from '../core/connections.js';
import { reached } from '../crash-points.js';
import { packageRoot } from '../package-root.js';
import {
  isThere,
  type Migrated,
  type Obstacle,
  readServer,
  serverObstacle,
  tablesObstacle,
  Unfit,
} from './obstacles.js';
import { withOneClient } from './one-client.js';
import { createPool } from './pool.js';
import { poolerObstacle } from './pooler.js';
import { sessionStatement } from './session.js';

const table = 'pushbutton_migrations';
/** Any fixed number that nothing else in this database uses. */
const lock = 7_585_742;

/**
 * Migrates the database to this version: first migrations/*.sql in order, all or none, then the job queue's own tables.
 * Concurrent calls are safe: one works, the others wait. Returns the names of our migrations that it applied. Throws
 * `Unfit` before anything is changed if the database cannot be used, by a replica that opens up to `connections`
 * connections; otherwise the database's error with the name of the file.
 */
export async function migrate(url: string, connections = USUAL_CONNECTIONS): Promise<string[]> {
  refuse(await poolerObstacle(url));
  return withClient(url, async (client) => {
    refuse(serverObstacle(await readServer(client), connections));
    await client.query('select pg_advisory_lock($1)', [lock]);
    // Only now: another replica may just have migrated.
    refuse(await tablesObstacle(client, await compareIn(client)));
    const applied = await applyFiles(client);
    // A schema of the queue in a database without our tables is another program's.
    reached('migrate: tables ready');
    const pool = createPool(url, { max: 2 });
    try {
      await runMigrations({ pgPool: pool, logger: new Logger(() => () => {}) });
      reached('migrate: done');
      return applied;
    } finally {
      await pool.end();
    }
  });
}

function refuse(obstacle: Obstacle | null): void {
  if (obstacle) throw new Unfit(obstacle);
}

/** `pending`: `migrate` would apply them; `newer`: applied by a newer version; `isNew`: none was ever applied. */
export interface Compared {
  readonly pending: string[];
  readonly newer: string[];
  readonly isNew: boolean;
}

/** Compares our migrations with those of a database. Changes nothing. */
export async function compareMigrations(url: string): Promise<Compared> {
  const { pending, newer, isNew } = await withClient(url, compareIn);
  return { pending, newer, isNew };
}

/** The same, and what in the way of tables and rights keeps them from being applied or used. */
export function lookAtTables(url: string): Promise<Compared & { readonly obstacle: Obstacle | null }> {
  return withClient(url, async (client) => {
    // As of one moment: a start may just be migrating.
    await client.query('begin transaction isolation level repeatable read read only');
    const compared = await compareIn(client);
    return { ...compared, obstacle: await tablesObstacle(client, compared) };
  });
}

async function compareIn(client: pg.Client): Promise<Compared & Migrated> {
  const files = (await fs.readdir(folder())).filter((file) => file.endsWith('.sql'));
  const names = files.map((file) => file.slice(0, -4)).sort();
  const done = await appliedIn(client);
  const pending = names.filter((name) => !done.includes(name));
  const createdBy = async (some: string[]) => (await Promise.all(some.map(createdIn))).flat();
  return {
    pending,
    newer: done.filter((name) => !names.includes(name)).sort(),
    isNew: done.length === 0,
    toCreate: await createdBy(pending),
    created: await createdBy(names.filter((name) => done.includes(name))),
  };
}

async function appliedIn(client: pg.Client): Promise<string[]> {
  if (!(await isThere(client, table))) return [];
  const { rows } = await client.query<{ name: string }>(`select name from public.${table}`);
  return rows.map((row) => row.name);
}

/** The tables and indexes that a migration creates. */
async function createdIn(name: string): Promise<string[]> {
  const sql = await fs.readFile(path.join(folder(), `${name}.sql`), 'utf8');
  return [...sql.matchAll(/^create (?:table|(?:unique )?index) (\w+)/gm)].map((match) => match[1] as string);
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
function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const session = async (client: pg.Client) => {
    await client.query(sessionStatement({}));
    return work(client);
  };
  return withOneClient(url, session, { name: 'pushbutton migrate' });
}

const folder = (): string => path.join(packageRoot(), 'migrations');
