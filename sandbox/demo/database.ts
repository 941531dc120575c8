import pg from 'pg';
import { startLocalPostgres } from '../../src/db/local-postgres.js';

/** A line of the ledger as the page shows it. */
export interface LedgerLine {
  seq: number;
  at: Date;
  actor: string;
  kind: string;
  service: string | null;
  sha: string | null;
  reason: string | null;
}

/** Any fixed number does; it is taken in the embedded database alone. */
const lock = 7_585_743;
const name = 'demo';

/**
 * An empty database on the embedded server below `folder`. Throws a sentence when a demo in this folder has it already:
 * who has it is known by a lock of a session, which ends with its process, however that ends.
 */
export async function openDatabase(folder: string, log: (line: string) => void) {
  const server = await startLocalPostgres(folder, log);
  // Settings such as PGSSLMODE are meant for another server.
  const own = new URL(server.url);
  own.searchParams.set('sslmode', 'disable');
  const holder = new pg.Client({ connectionString: own.href });
  // A connection that breaks is told by the next query.
  holder.on('error', () => {});
  await holder.connect();
  const locked = await holder.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [lock]);
  if (!locked.rows[0]?.mine) {
    await holder.end();
    throw new Error(`another demo runs in ${folder}; end that one, or set PUSHBUTTON_DATA to another folder`);
  }
  await holder.query(`drop database if exists ${name} with (force)`);
  await holder.query(`create database ${name} template template0 encoding 'UTF8'`);
  own.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: own.href, max: 2 });
  pool.on('error', () => {});
  return {
    url: own.href,
    /** The newest lines, newest first. */
    ledger: async (count: number): Promise<LedgerLine[]> => {
      const found = await pool.query<Omit<LedgerLine, 'seq'> & { seq: string }>(
        'select seq, at, actor, kind, service, sha, reason from ledger order by seq desc limit $1',
        [count],
      );
      return found.rows.map((row) => ({ ...row, seq: Number(row.seq) }));
    },
    stop: async () => {
      await Promise.allSettled([pool.end(), holder.end()]);
      await server.stop();
    },
  };
}
