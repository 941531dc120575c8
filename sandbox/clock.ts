import pg from 'pg';

/** A clock that can be put forward, for everything around one database. */
export interface MovableClock {
  /** The moved time by this process's clock, in milliseconds since 1970: for the stand-ins, which stand beside the database. */
  now(): number;
  /** By how many milliseconds it was moved in all. */
  moved(): number;
  /** Puts the clock forward by so many milliseconds. Throws a sentence for what is not forward, and when the database does not take it. */
  moveClock(byMs: number): Promise<void>;
}

/**
 * Functions of the same names are found before those of the server, since `search_path` names their schema first: the
 * program's unqualified `now()` reads the moved clock, and no line of it is changed. `public` stays first, for there new
 * tables are made. A default was bound to the server's function when its column was made, and is bound anew.
 * https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-CATALOG
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
 * Gives the database at `url` a clock of its own, which `moveClock` puts forward. Holds for connections that are opened afterwards, so
 * it is installed before the program starts; before or after its migrations. Not for a database that anybody relies on.
 */
export async function installMovableClock(url: string): Promise<MovableClock> {
  await query(url, INSTALL);
  let moved = 0;
  return {
    now: () => Date.now() + moved,
    moved: () => moved,
    moveClock: async (byMs) => {
      if (!Number.isFinite(byMs) || byMs <= 0) throw new Error('the clock goes forward only');
      // The stand-ins first: a run that starts in between is young for the program, and never an hour old.
      moved += byMs;
      try {
        await query(url, "update moved_clock.moved set by = by + $1::float8 * interval '1 ms'", [byMs]);
      } catch (error) {
        moved -= byMs;
        throw error;
      }
    },
  };
}

/** On a connection of its own: one of a pool would keep the search path of before. */
async function query(url: string, text: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A connection that breaks is told by the query.
  client.on('error', () => {});
  await client.connect();
  try {
    await (values.length > 0 ? client.query(text, values) : client.query(text));
  } finally {
    await client.end();
  }
}
