import { LEAST_CONNECTIONS } from '../core/connections.js';
import type { Queryable } from './pool.js';

/** Why a database cannot be used. `sql` is the statement that mends it. */
export interface Obstacle {
  readonly found: string;
  /** What is expected instead, without an article in front of a verb: it follows "expected" and "Use". */
  readonly expected: string;
  readonly sql?: string;
}

/** Ends the start and the migrations; its message is one line. */
export class Unfit extends Error {
  override readonly name = 'Unfit';
  readonly obstacle: Obstacle;
  constructor(obstacle: Obstacle) {
    const { found, expected, sql } = obstacle;
    super(`${found}; expected ${expected}${sql ? `: ${sql}` : ''}`);
    this.obstacle = obstacle;
  }
}

const OLDEST = 14;
export const OF_ITS_OWN = 'a database of its own';

export interface ServerFacts {
  /** server_version_num: 140005 is 14.5. */
  readonly version: number;
  readonly standby: boolean;
  readonly encoding: string;
  /** Where the default of being read-only comes from (pg_settings.source); null: sessions may write. */
  readonly read_only: string | null;
  readonly role: string;
  readonly database: string;
  /** How many connections the role may have at once, by its own limit, the database's and the server's. */
  readonly room: number;
}

/** Of the user who logged in. A superuser is bound by the server's limit alone. */
const ROOM = `(select least(
    case when not rolsuper and rolconnlimit >= 0 then rolconnlimit end,
    case when not rolsuper and datconnlimit >= 0 then datconnlimit end,
    current_setting('max_connections')::int - case when rolsuper then 0
      else current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true), '0')::int end)
  from pg_roles, pg_database where rolname = session_user and datname = current_database())`;

export async function readServer(db: Queryable): Promise<ServerFacts> {
  const { rows } = await db.query<ServerFacts & { [column: string]: unknown }>(
    `select current_setting('server_version_num')::int as version, pg_is_in_recovery() as standby,
       current_setting('server_encoding') as encoding, quote_ident(current_user) as role,
       quote_ident(current_database()) as database, (select source from pg_settings where name = 'default_transaction_read_only' and setting = 'on') as read_only,
       ${ROOM} as room`,
  );
  return rows[0] as ServerFacts;
}

/**
 * What of the server, or of the defaults of its sessions, keeps a replica from working that opens up to `connections`
 * connections.
 */
export function serverObstacle(
  { version, standby, encoding, read_only, role, database, room }: ServerFacts,
  connections: number,
): Obstacle | null {
  const major = Math.floor(version / 10_000);
  if (major < OLDEST) return { found: `PostgreSQL ${major}`, expected: `PostgreSQL ${OLDEST} or later` };
  if (standby) return { found: 'a standby, which accepts no writes', expected: 'the address of the primary' };
  // Titles of changes contain every character there is.
  if (encoding !== 'UTF8') {
    return {
      found: `the encoding of the database is ${encoding}, which cannot store every title`,
      expected: 'a database in UTF8',
      sql: `create database pushbutton owner ${role} encoding 'UTF8' template template0`,
    };
  }
  if (room < connections) {
    const found = `${role} may open ${room} connections at once, by its own limit, the database's or the server's`;
    const fewer = room < LEAST_CONNECTIONS ? '' : `, or DATABASE_CONNECTIONS=${room}`;
    return { found, expected: `room for the ${connections} connections of each replica${fewer}` };
  }
  if (read_only === null) return null;
  const found = 'its sessions are read-only (default_transaction_read_only is on)';
  // Not overruled: hosts lock a full disk in this way.
  if (!/^(user|database|database user)$/.test(read_only))
    return { found, expected: 'a server that accepts writes; some hosts set this when the disk is full' };
  return {
    found,
    expected: 'a user whose sessions may write',
    sql: `alter role ${role} in database ${database} set default_transaction_read_only = off`,
  };
}

/** How far a database is migrated. */
export interface Migrated {
  readonly isNew: boolean;
  /** The tables and indexes that the pending migrations create. */
  readonly toCreate: readonly string[];
  /** Those that the others have created. */
  readonly created: readonly string[];
}

/** What in the database, or which missing right, keeps the migrations or the work after them from succeeding. */
export async function tablesObstacle(db: Queryable, { isNew, toCreate, created }: Migrated): Promise<Obstacle | null> {
  const { rows } = await db.query<Found>(FOUND, [toCreate]);
  const { role, database, queue, taken, may_create_schema, may_create_tables } = rows[0] as Found;
  const own = { expected: OF_ITS_OWN, sql: `create database pushbutton owner ${role}` };
  if (toCreate.length > 0) {
    if (taken !== null) return { found: `the schema public has a table ${taken} that is not Pushbutton's`, ...own };
    if (isNew && queue) return { found: 'the schema graphile_worker belongs to another program', ...own };
    if (may_create_tables === null) {
      const sql = `create schema public authorization ${role}`;
      return { found: 'the schema public is not there', expected: 'a database that has it', sql };
    }
    if (!may_create_tables) {
      const found = `${role} may not create tables in the schema public`;
      return { found, expected: 'a user with that right', sql: `grant usage, create on schema public to ${role}` };
    }
  }
  if (!queue && !may_create_schema) {
    const found = `${role} may not create a schema in the database ${database}`;
    return { found, expected: 'a user with that right', sql: `grant create on database ${database} to ${role}` };
  }
  return isNew ? null : rightsObstacle(db, role, created);
}

interface Found {
  readonly role: string;
  readonly database: string;
  /** The schema of the job queue is there. */
  readonly queue: boolean;
  readonly taken: string | null;
  readonly may_create_schema: boolean;
  /** null: there is no schema for them. */
  readonly may_create_tables: boolean | null;
  readonly [column: string]: unknown;
}

/** From the catalogue alone: looking a table up by its name needs the right to use its schema. */
const FOUND = `select quote_ident(current_user) as role, quote_ident(current_database()) as database,
    exists (select from pg_namespace where nspname = 'graphile_worker') as queue,
    (select quote_ident(relname) from pg_class where relnamespace = (select oid from pg_namespace where nspname = 'public')
       and relname = any($1) order by relkind <> 'r', relname limit 1) as taken,
    has_database_privilege(current_database(), 'create') as may_create_schema,
    (select has_schema_privilege(oid, 'usage') and has_schema_privilege(oid, 'create')
       from pg_namespace where nspname = 'public') as may_create_tables`;

/**
 * The queue's tables have row security without a policy: to all but their owner and its members they are empty, and
 * accept nothing. Ours need rights to read, add and change; nothing is ever changed in the ledger.
 */
async function rightsObstacle(db: Queryable, role: string, created: readonly string[]): Promise<Obstacle | null> {
  const { rows } = await db.query<{ name: string; owner: string; verb: string }>(
    `select name, quote_ident(pg_get_userbyid(relowner)) as owner, verb from (
       select 1 as nth, c.oid, format('%I.%I', nspname, relname) as name, relowner, 'use' as verb
         from pg_class c join pg_namespace n on n.oid = relnamespace
         where nspname = 'graphile_worker' and relkind = 'r' and row_security_active(c.oid)
       union all
       select 2, c.oid, quote_ident(relname), relowner, verb
         from pg_class c join pg_namespace n on n.oid = relnamespace
         cross join unnest(array['select', 'insert', 'update']) as verb
         where nspname = 'public' and relname = any($1) and relkind = 'r'
           and not has_table_privilege(c.oid, verb) and (relname <> 'ledger' or verb <> 'update')
     ) as missing order by nth, name, verb limit 1`,
    [created],
  );
  const [missing] = rows;
  if (!missing) return null;
  return lacks({ ...missing, role });
}

interface Lacking {
  readonly role: string;
  readonly name: string;
  readonly owner: string;
  /** What cannot be done with its rows; `use`: nothing can. */
  readonly verb: string;
}

function lacks({ role, name, owner, verb }: Lacking): Obstacle {
  return {
    found: `${role} may not ${verb === 'use' ? 'use' : `${verb} rows of`} the table ${name}, which belongs to ${owner}`,
    expected: 'a user with the rights of its owner',
    sql: `grant ${owner} to ${role}`,
  };
}

/**
 * Whether a table is there, which nobody needs a right to know. Throws `Unfit` if it is and may not be read. From the
 * catalogue: a name with its schema is refused to who may not use that schema.
 */
export async function isThere(db: Queryable, name: string): Promise<boolean> {
  const { rows } = await db.query<{ role: string; owner: string; readable: boolean }>(
    `select quote_ident(current_user) as role, quote_ident(pg_get_userbyid(relowner)) as owner,
       has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as readable
     from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = 'public' and relname = $1`,
    [name],
  );
  const [found] = rows;
  if (found && !found.readable) throw new Unfit(lacks({ ...found, name, verb: 'select' }));
  return found !== undefined;
}
