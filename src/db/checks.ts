import { type Check, inWords, ok, skipped, type Verdict, wrong } from '../core/check.js';
import { type DatabaseZone, yearAhead } from '../core/time/same-zone.js';
import { type ReceiverState, receiversNow } from './change-tickets.js';
import { addressMend, expectedBy, wordsOf } from './fault-mend.js';
import { type Compared, lookAtTables } from './migrate.js';
import { type Obstacle, readServer, type ServerFacts, serverObstacle, Unfit } from './obstacles.js';
import { createPool } from './pool.js';
import { poolerObstacle } from './pooler.js';
import { countReplicas } from './replicas.js';
import { timeNow } from './time.js';
import { databaseZone } from './zone.js';

/**
 * The checks of a database, how many replicas use it (null: unknown), how far its clock is ahead of ours, and what it says
 * of a time zone in the year ahead and of the receivers of services (null: unknown).
 */
export interface DatabaseLook {
  readonly checks: readonly Check[];
  readonly replicas: number | null;
  readonly aheadMs: number | null;
  readonly zone: { readonly at: readonly Date[]; readonly of: DatabaseZone } | null;
  readonly receivers: ReadonlyMap<string, ReceiverState> | null;
}

const NAMES = { server: 'server', migrations: 'migrations', replicas: 'replicas' } as const;

/**
 * Checks a database without changing anything. `place` says where it is, without the password; `timezone` is the one to
 * ask it about; `connections` are those that a replica may open; `receivers` are the services that have one, each with the
 * name of its fault.
 */
export async function lookAtDatabase(
  url: string,
  place: string,
  timezone: string,
  connections: number,
  receivers: readonly { readonly service: string; readonly fault: string }[] = [],
): Promise<DatabaseLook> {
  const pool = createPool(url, { max: 2, connectMs: 5_000, statementTimeoutMs: 5_000 });
  try {
    // First: in a shared session, the settings of the pool would reach others.
    const pooler = await poolerObstacle(url);
    if (pooler) {
      const { checks, ...rest } = noDatabase('first change the address of the database (see server)');
      return { checks: [serverCheck(obstacleVerdict(pooler, place)), ...checks.slice(1)], ...rest };
    }
    const facts = await readServer(pool);
    const asked = Date.now();
    const aheadMs = (await timeNow(pool)).getTime() - (asked + Date.now()) / 2;
    const migrations = await lookAtTables(url).then(migrationVerdict, (error: unknown) =>
      error instanceof Unfit
        ? obstacleVerdict(error.obstacle)
        : skipped(`the migrations could not be read: ${wordsOf(error)}`),
    );
    const replicas = await countReplicas(pool).catch(() => null);
    const at = yearAhead(new Date(asked));
    const zone = await databaseZone(pool, timezone, at).catch(() => null);
    return {
      checks: checksOf(serverVerdict(facts, place, connections), migrations, replicaVerdict(replicas)),
      replicas,
      aheadMs,
      zone: zone && { at, of: zone },
      receivers: await receiversNow(pool, receivers).catch(() => null),
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
  return { checks: checksOf(none, none, none), replicas: null, aheadMs: null, zone: null, receivers: null };
}

function failed(error: unknown, place: string): Pick<DatabaseLook, 'checks'> {
  const later = skipped('the database cannot be reached');
  return { checks: checksOf(wrong(`${place}: ${wordsOf(error)}`, mendOf(error)), later, later) };
}

function checksOf(server: Verdict, migrations: Verdict, replicas: Verdict): Check[] {
  return [serverCheck(server), check('migrations', migrations), check('replicas', replicas)];
}

const serverCheck = (verdict: Verdict): Check => check('server', verdict);
const check = (key: keyof typeof NAMES, verdict: Verdict): Check => ({
  id: `database.${key}`,
  group: 'Database',
  name: NAMES[key],
  verdict,
});

/** `place`: where the server is, without the password. `connections`: those that a replica may open. */
export function serverVerdict(facts: ServerFacts, place: string, connections: number): Verdict {
  const obstacle = serverObstacle(facts, connections);
  if (obstacle) return obstacleVerdict(obstacle, place);
  const room = `up to ${connections} of ${facts.room} connections for each replica`;
  return ok(`PostgreSQL ${Math.floor(facts.version / 10_000)}, ${place}, ${room}`);
}

function obstacleVerdict(
  { found, expected, sql = null }: Omit<Obstacle, 'sql'> & { sql?: string | null },
  place?: string,
): Verdict {
  return wrong(place ? `${place}: ${found}` : found, sql ? `Use ${expected}, in psql:` : `Use ${expected}.`, sql);
}

function migrationVerdict({ pending, newer, isNew, obstacle }: Compared & { obstacle: Obstacle | null }): Verdict {
  if (newer.length > 0) {
    return wrong(
      `a newer Pushbutton has migrated this database: ${inWords(newer)}`,
      'Run that version, or restore a backup from before these migrations.',
    );
  }
  if (obstacle) return obstacleVerdict(obstacle);
  if (pending.length === 0) return ok('none pending');
  if (isNew) return ok('the database has no tables yet: npm start creates them');
  return wrong(
    `${pending.length} pending: ${inWords(pending)}`,
    'Apply them (npm start does so too):',
    'npm run migrate',
  );
}

function replicaVerdict(count: number | null): Verdict {
  if (count === null) return skipped('the database has no tables yet (see migrations)');
  if (count === 0) return ok('none is running; to start one: npm start');
  return ok(count === 1 ? 'one is running' : `${count} are running`);
}

/** The fix, by Postgres's codes (postgresql.org/docs/current/errcodes-appendix.html) and those of Node's sockets. */
function mendOf(error: unknown): string {
  const code = String((error as { code?: unknown }).code ?? '');
  const words = wordsOf(error);
  if (code === '28P01' || /password/i.test(words))
    return 'Put the right user and password into DATABASE_URL, with special characters percent-encoded.';
  if (code === '3D000') return 'Create the database, or put the right database name into DATABASE_URL.';
  const expected = addressMend(error);
  if (expected !== null) return `DATABASE_URL needs ${expected}.`;
  if (code === '53300') return 'Allow more connections, or set DATABASE_CONNECTIONS to fewer (at least 5).';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'Put a host that this machine can resolve into DATABASE_URL.';
  // The server has answered.
  if ('severity' in Object(error) && code !== '57P03') return `DATABASE_URL needs ${expectedBy(error)}.`;
  return 'Start the PostgreSQL server, put its host and port into DATABASE_URL, and make sure that this machine can reach it.';
}
