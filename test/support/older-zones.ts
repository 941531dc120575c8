import pg from 'pg';

/**
 * From now on a database answers as one whose time zone data is older: half a year from now, every zone is still an hour
 * behind. A function of the same name that is found before the server's own says so, to later connections.
 */
export async function withOlderZones(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`
      create schema older_zones;
      create function older_zones.date_part(text, timestamptz) returns double precision language sql stable as
        'select pg_catalog.date_part($1, $2)
           - case when $1 = ''timezone'' and $2 > pg_catalog.now() + interval ''180 days'' then 3600 else 0 end';
      do $$ begin
        execute format('alter database %I set search_path = public, older_zones, pg_catalog', current_database());
      end $$;
    `);
  } finally {
    await client.end();
  }
}
