import type pg from 'pg';
import type { DatabaseZone } from '../core/time/same-zone.js';
import { transaction } from './pool.js';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const INVALID_PARAMETER_VALUE = '22023';

/**
 * What the database says of a time zone at some instants. It is asked through the session's TimeZone, which takes names of
 * zones only: after AT TIME ZONE, PostgreSQL reads CET as an abbreviation.
 * https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-TIMEZONES
 */
export async function databaseZone(pool: pg.Pool, timezone: string, at: readonly Date[]): Promise<DatabaseZone> {
  const { rows } = await pool.query<{ server: string }>("select current_setting('server_version') as server");
  // Debian adds its own revision: 15.18 (Debian 15.18-0+deb12u1).
  const [server = ''] = rows[0]?.server.split(' ') ?? [];
  try {
    const offsets = await transaction(pool, async (tx) => {
      await tx.query("select set_config('TimeZone', $1, true)", [timezone]);
      const found = await tx.query<{ seconds: number }>(
        `select date_part('timezone', at)::float8 as seconds
         from unnest($1::timestamptz[]) with ordinality as asked (at, place) order by place`,
        [at.map((instant) => instant.toISOString())],
      );
      return found.rows.map(({ seconds }) => seconds);
    });
    return { offsets, server };
  } catch (error) {
    if ((error as { code?: unknown }).code !== INVALID_PARAMETER_VALUE) throw error;
    return { offsets: null, server };
  }
}
