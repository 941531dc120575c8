import { OF_ITS_OWN, Unfit } from './obstacles.js';
import { tlsMend } from './tls-fault.js';

const REACHABLE = 'a PostgreSQL server, version 14 or later, that can be reached';

/**
 * What DATABASE_URL needs where the address itself is at fault: TLS, files of keys and certificates, or a parameter
 * that PgBouncer does not take. null for every other fault.
 */
export function addressMend(error: unknown): string | null {
  return tlsMend(error) ?? parameterMend(error);
}

/** PgBouncer's words: pgbouncer.org/config.html, ignore_startup_parameters. */
function parameterMend(error: unknown): string | null {
  const name = /unsupported startup parameter(?: in options)?: (\w+)/.exec(String(error))?.[1];
  if (name === undefined) return null;
  const variable = name === 'options' ? ' and without PGOPTIONS' : '';
  return `an address without the parameter ${name}${variable}; or have PgBouncer pass it over: ignore_startup_parameters = ${name}`;
}

/**
 * The line of a start or a migration that failed on the database: what was found and what is expected, by its cause.
 * Codes: postgresql.org/docs/current/errcodes-appendix.html.
 */
export function lineOfFault(error: unknown): string {
  if (error instanceof Unfit) return error.message;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return `${wordsOf(error)}; expected ${addressMend(cause) ?? expectedBy(cause)}`;
}

/** What a database that answered with this error would have to have, by its code. */
export function expectedBy(error: unknown): string {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  switch (String(code)) {
    case '28P01':
    case '28000':
      return 'a user and password that the server accepts, special characters percent-encoded';
    case '3D000':
      return 'a database that is there';
    case '53300':
      return 'more connections, or fewer in DATABASE_CONNECTIONS (at least 5)';
    case '42501':
      return 'a user with that right, such as the owner of the database and of its tables';
    case '42P07':
    case '42710':
    case '42723':
      return OF_ITS_OWN;
    case '25P03':
    case '40P01':
    case '55P03':
    case '57014':
    case '57P01':
      return 'that nothing ends its statements or sessions and nobody holds locks on its tables; start it again';
  }
  return severity === undefined || String(code) === '57P03'
    ? REACHABLE
    : 'a statement that succeeds; the log of the server says more';
}

/** The words of an error, also of one that is several. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(wordsOf))].join(', ');
  return error instanceof Error ? error.message : String(error);
}
