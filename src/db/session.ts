/** What every session of Pushbutton is set to, whatever the server, the database or the role has as its defaults. */

export interface SessionOptions {
  /** The server cancels a longer statement, and ends a transaction that waits longer between two. Default: never. */
  readonly statementTimeoutMs?: number | undefined;
  /** A commit does not wait for the disk. */
  readonly forgetful?: boolean | undefined;
}

/**
 * The statement that each new session runs first, before anything else uses it. Not startup parameters: PgBouncer
 * refuses those that it does not know, and one of the same name in DATABASE_URL would win.
 */
export function sessionStatement({ statementTimeoutMs = 0, forgetful = false }: SessionOptions): string {
  const settings = [
    ...Object.entries(READ_AS_WRITTEN),
    // Its statements are short; compiling one would take longer than it does.
    ['jit', "'off'"],
    // Planning most of them takes longer than carrying them out, and no plan depends on the values: one for each session.
    ['plan_cache_mode', "'force_generic_plan'"],
    ['lock_timeout', "'0'"],
    ['idle_session_timeout', "'0'"],
    ['statement_timeout', `'${statementTimeoutMs}'`],
    ['idle_in_transaction_session_timeout', `'${statementTimeoutMs}'`],
    ['search_path', OUR_TABLES_FIRST],
    ['synchronous_commit', forgetful ? "'off'" : DURABLE],
  ].map(([name, value]) => `set_config('${name}', ${value}, false)`);
  return `select ${[...settings, NO_TRANSACTION_TIMEOUT].join(', ')}`;
}

/** node-postgres reads dates in ISO form alone; statements and their parameters are written for these values. */
const READ_AS_WRITTEN = {
  DateStyle: "'ISO, MDY'",
  IntervalStyle: "'postgres'",
  TimeZone: "'UTC'",
  bytea_output: "'hex'",
  extra_float_digits: "'1'",
  array_nulls: "'on'",
  standard_conforming_strings: "'on'",
  default_transaction_isolation: "'read committed'",
  default_transaction_deferrable: "'off'",
};

/** Migrations create tables in `public`. The rest of the path stays, for installations that have tables elsewhere. */
const OUR_TABLES_FIRST = `case when current_setting('search_path') ~ '^public(,|$)' then current_setting('search_path')
  else concat_ws(', ', 'public', nullif(current_setting('search_path'), '')) end`;

/** What is acknowledged is on the disk. Whether a standby has it as well is the administrator's choice. */
const DURABLE = `case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end`;

/** A setting that PostgreSQL has since version 17. */
const NO_TRANSACTION_TIMEOUT = `case when current_setting('server_version_num')::int >= 170000
  then set_config('transaction_timeout', '0', false) end`;
