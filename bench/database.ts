import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { startLocalPostgres } from '../src/db/local-postgres.js';
import { migrate } from '../src/db/migrate.js';
import { type Build, THIS_TREE } from './against.js';
import { programOf } from './children.js';

/** The one PostgreSQL server of the product and its baselines. */
export interface Server {
  /** Its version and origin, for the table. */
  readonly about: string;
  /** Creates a database with the baselines' table, and with the migrations of this tree or those of another build. */
  readonly database: (build?: Build) => Promise<Database>;
  /** Drops every database that was created, and stops the server if it was started here. */
  readonly stop: () => Promise<void>;
}

export interface Database {
  readonly url: string;
  readonly pool: pg.Pool;
}

/** How the connections of the bench itself are named. */
const BENCH = 'bench';

/** What a baseline saves: enough to act on what it received, unique by key. */
const BASELINE = `create table baseline (
  id bigint generated always as identity primary key,
  key text not null constraint one_baseline_row_per_key unique,
  taken jsonb not null,
  received_at timestamptz not null default now()
)`;

/** `url`: a server whose user may create databases; without it the embedded server, below `folder`. */
export async function openServer(url: string | undefined, folder: string): Promise<Server> {
  const embedded = url ? null : await startLocalPostgres(folder);
  const server = new URL(url ?? (embedded?.url as string));
  const pools: pg.Pool[] = [];
  const names: string[] = [];
  const on = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: server.href });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  const version = await on((client) => client.query<{ server_version: string }>('show server_version'));
  return {
    about: `PostgreSQL ${version.rows[0]?.server_version}, ${embedded ? 'the embedded one' : 'the server of TEST_DATABASE_URL or DATABASE_URL'}`,
    database: async ({ root } = THIS_TREE) => {
      const name = `pushbutton_bench_${randomBytes(6).toString('hex')}`;
      await on((client) => client.query(`create database ${name} template template0 encoding 'UTF8'`));
      names.push(name);
      const own = new URL(server);
      own.pathname = `/${name}`;
      if (root === null) await migrate(own.href);
      else await migrateWith(root, own.href);
      const pool = new pg.Pool({ connectionString: own.href, max: 2, application_name: BENCH });
      pool.on('error', () => {});
      pools.push(pool);
      await pool.query(BASELINE);
      return { url: own.href, pool };
    },
    stop: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
      if (!embedded) for (const name of names) await on((client) => client.query(`drop database ${name} with (force)`));
      await embedded?.stop();
    },
  };
}

/** Another build has migrations of its own, and knows where they are. */
async function migrateWith(root: string, url: string): Promise<void> {
  const other = (await import(pathToFileURL(programOf('src/db/migrate', root)).href)) as { migrate: typeof migrate };
  await other.migrate(url);
}

/** How many connections others than the bench have to a database. */
export async function connectionsTo({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity
     where datname = current_database() and backend_type = 'client backend' and application_name <> $1`,
    [BENCH],
  );
  return rows[0]?.n ?? 0;
}
