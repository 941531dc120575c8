import pg from 'pg';

/** A clock that can be moved forward, for everything around one database. */
export interface MovableClock {
  /** The moved time by this process's clock, in milliseconds since 1970: for the stand-ins, outside the database. */
  now(): number;
  /** By how many milliseconds it was moved in total. */
  moved(): number;
  /** Moves the clock forward by so many milliseconds. Throws a sentence if it cannot, or if that is not forward. */
  moveClock(byMs: number): Promise<void>;
}

/**
 * Functions with the same names are found before the server's own, since `search_path` names their schema first: the
 * program's unqualified `now()` reads the moved clock without a change to the program. `public` stays first, since new
 * tables are created there. A default is bound to the server's function when its column is created, so it is bound
 * again. https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-CATALOG
 */
const INSTALL = `
create schema moved_clock;
create table moved_clock.moved (single boolean primary key default true check (single), by interval not null default '0');
insert into moved_clock.moved default values;
create function moved_clock.clock_timestamp() returns timestamptz language sql volatile
  as 'select pg_catalog.clock_timestamp() + by from moved_clock.moved';
create function moved_clock.statement_timestamp() returns timestamptz language sql stable
  as 'select pg_catalog.statement_timestamp() + by from moved_clock.moved';
create function moved_clock.transaction_timestamp() returns timestamptz language sql stable
  as 'select pg_catalog.transaction_timestamp() + by from moved_clock.moved';
create function moved_clock.now() returns timestamptz language sql stable
  as 'select pg_catalog.now() + by from moved_clock.moved';
do $$
declare bound record;
begin
  for bound in
    select d.adrelid::regclass as of, a.attname as name, pg_get_expr(d.adbin, d.adrelid) as says
    from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    where pg_get_expr(d.adbin, d.adrelid) in ('now()', 'clock_timestamp()', 'statement_timestamp()', 'transaction_timestamp()')
  loop
    execute format('alter table %s alter column %I set default moved_clock.%s', bound.of, bound.name, bound.says);
  end loop;
  execute format('alter database %I set search_path = public, moved_clock, pg_catalog', current_database());
end $$;
`;

/**
 * Gives the database at `url` its own clock, which `moveClock` moves forward. It applies to later connections only, so
 * install it before the program starts, before or after its migrations. Not for a database that anybody relies on.
 */
export async function installMovableClock(url: string): Promise<MovableClock> {
  await query(url, INSTALL);
  let moved = 0;
  return {
    now: () => Date.now() + moved,
    moved: () => moved,
    moveClock: async (byMs) => {
      if (!Number.isFinite(byMs) || byMs <= 0) throw new Error('the clock goes forward only');
      // The stand-ins first: a run that starts in between is young for the program, never an hour old.
      moved += byMs;
      try {
        await query(url, "update moved_clock.moved set by = by + $1::float8 * interval '1 ms'", [byMs]);
        // What is due now was not due yet when the queue was looked at.
        await query(url, 'notify "jobs:insert"');
      } catch (error) {
        moved -= byMs;
        throw error;
      }
    },
  };
}

/** On its own connection: a pooled one would keep the previous search path. */
async function query(url: string, text: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A broken connection is reported by the query.
  client.on('error', () => {});
  await client.connect();
  try {
    await (values.length > 0 ? client.query(text, values) : client.query(text));
  } finally {
    await client.end();
  }
}
