import { type Check, inWords, ok, skipped, type Verdict, wrong } from '../core/check.js';
import { type DatabaseZone, yearAhead } from '../core/time/same-zone.js';
import { compareMigrations } from './migrate.js';
import { createPool } from './pool.js';
import { countReplicas } from './replicas.js';
import { tlsMend } from './tls-fault.js';
import { databaseZone } from './zone.js';

/**
 * The checks of a database, how many replicas use it (null: unknown), how far its clock is ahead of ours, and what it says
 * of a time zone in the year ahead (null: unknown).
 */
export interface DatabaseLook {
  readonly checks: readonly Check[];
  readonly replicas: number | null;
  readonly aheadMs: number | null;
  readonly zone: { readonly at: readonly Date[]; readonly of: DatabaseZone } | null;
}

const OLDEST = 14;
const NAMES = { server: 'server', migrations: 'migrations', replicas: 'replicas' } as const;

/**
 * Checks a database without changing anything. `place` says where it is, without the password; `timezone` is the one to
 * ask it about.
 */
export async function lookAtDatabase(url: string, place: string, timezone: string): Promise<DatabaseLook> {
  const pool = createPool(url, { max: 2, connectMs: 5_000, statementTimeoutMs: 5_000 });
  try {
    const asked = Date.now();
    const { rows } = await pool.query<{ version: number; now: Date; standby: boolean; may_create: boolean }>(
      `select current_setting('server_version_num')::int as version, clock_timestamp() as now, pg_is_in_recovery() as standby,
         has_database_privilege(current_database(), 'create') and has_schema_privilege('public', 'create') as may_create`,
    );
    const told = rows[0] as (typeof rows)[number];
    const aheadMs = told.now.getTime() - (asked + Date.now()) / 2;
    const migrations = await compareMigrations(url).then(
      (compared) => migrationVerdict(compared, told.may_create),
      (error: unknown) => skipped(`the migrations could not be read: ${whyNot(error)}`),
    );
    const replicas = await countReplicas(pool).catch(() => null);
    const at = yearAhead(new Date(asked));
    const zone = await databaseZone(pool, timezone, at).catch(() => null);
    return {
      checks: checksOf(serverVerdict(told, place), migrations, replicaVerdict(replicas)),
      replicas,
      aheadMs,
      zone: zone && { at, of: zone },
    };
  } catch (error) {
    return { ...noDatabase('the database cannot be reached'), ...failed(error, place) };
  } finally {
    await pool.end();
  }
}

/** Every check of the database as skipped, with the reason. */
export function noDatabase(why: string): DatabaseLook {
  const none = skipped(why);
  return { checks: checksOf(none, none, none), replicas: null, aheadMs: null, zone: null };
}

function failed(error: unknown, place: string): Pick<DatabaseLook, 'checks'> {
  const later = skipped('the database cannot be reached');
  return { checks: checksOf(wrong(`${place}: ${whyNot(error)}`, mendOf(error)), later, later) };
}

function checksOf(server: Verdict, migrations: Verdict, replicas: Verdict): Check[] {
  const verdicts = { server, migrations, replicas };
  return (['server', 'migrations', 'replicas'] as const).map((key) => ({
    id: `database.${key}`,
    group: 'Database',
    name: NAMES[key],
    verdict: verdicts[key],
  }));
}

/** `version` is server_version_num: 140005 is 14.5. */
export function serverVerdict({ version, standby }: { version: number; standby: boolean }, place: string): Verdict {
  const major = Math.floor(version / 10_000);
  if (major < OLDEST) return wrong(`${place} is PostgreSQL ${major}`, `Use PostgreSQL ${OLDEST} or later.`);
  if (standby)
    return wrong(`${place} is a standby, which accepts no writes`, 'Set DATABASE_URL to the address of the primary.');
  return ok(`PostgreSQL ${major}, ${place}`);
}

function migrationVerdict(
  { pending, newer, isNew }: { pending: string[]; newer: string[]; isNew: boolean },
  mayCreate: boolean,
): Verdict {
  if (newer.length > 0) {
    return wrong(
      `a newer Pushbutton has migrated this database: ${inWords(newer)}`,
      'Run that version, or restore a backup from before these migrations.',
    );
  }
  if (pending.length === 0) return ok('none pending');
  if (isNew && mayCreate) return ok('the database has no tables yet: npm start creates them');
  const found = `${pending.length} pending: ${inWords(pending)}`;
  if (mayCreate) return wrong(found, 'Apply them (npm start does so too):', 'npm run migrate');
  return wrong(
    `${found}; the user of DATABASE_URL may not create tables`,
    'Have the owner grant that user CREATE on the database and on the schema public, then run:',
    'npm run migrate',
  );
}

function replicaVerdict(count: number | null): Verdict {
  if (count === null) return skipped('the database has no tables yet (see migrations)');
  if (count === 0) return ok('none is running; to start one: npm start');
  return ok(count === 1 ? 'one is running' : `${count} are running`);
}

function whyNot(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(whyNot))].join(', ');
  return error instanceof Error ? error.message : String(error);
}

/** The fix, by Postgres's codes (postgresql.org/docs/current/errcodes-appendix.html) and those of Node's sockets. */
function mendOf(error: unknown): string {
  const code = String((error as { code?: unknown }).code ?? '');
  const words = whyNot(error);
  if (code === '28P01' || /password/i.test(words))
    return 'Put the right user and password into DATABASE_URL, with special characters percent-encoded.';
  if (code === '3D000') return 'Create the database, or put the right database name into DATABASE_URL.';
  const tls = tlsMend(error);
  if (tls !== null) return `DATABASE_URL needs ${tls}.`;
  if (code === '53300') return 'Allow more connections: a replica uses up to 20.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'Put a host that this machine can resolve into DATABASE_URL.';
  return 'Start the PostgreSQL server, put its host and port into DATABASE_URL, and make sure that this machine can reach it.';
}
