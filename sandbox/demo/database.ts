import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { startLocalPostgres } from '../../src/db/local-postgres.js';
import type { LedgerLine } from './shown.js';

/** What the bot remembers and the page shows. */
export interface Remembered {
  /** Newest first. */
  ledger: LedgerLine[];
  /** The live SHA by service, if known. */
  live: ReadonlyMap<string, string>;
}

/** Any fixed number will do; it is only used in the embedded database. */
const lock = 7_585_743;
const name = 'demo';
/** A server that another demo is stopping: refused, or cut off. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const stopping = new Set(['ECONNREFUSED', 'ECONNRESET', '57P01', '57P03']);
const patienceMs = 10_000;

/**
 * An empty database on the embedded server below `folder`. Throws a sentence if another demo has it already, which
 * holds a session lock for as long as its process lives, however that ends. `ended` is called when the server goes away
 * before `stop`.
 */
export async function openDatabase(folder: string, log: (line: string) => void, ended: (why: string) => void) {
  const { server, holder, url } = await hold(folder, log);
  let stopped = false;
  holder.on('end', () => {
    if (!stopped) ended(`the database has ended; its log is in ${server.folder}`);
  });
  await holder.query(`drop database if exists ${name} with (force)`);
  await holder.query(`create database ${name} template template0 encoding 'UTF8'`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: own.href, max: 2 });
  pool.on('error', () => {});
  return {
    url: own.href,
    /** The newest lines of the ledger, and what is live: of one moment, so that none is ahead of the other. */
    read: async (lines: number): Promise<Remembered> => {
      const { rows } = await pool.query<{ ledger: LedgerLine[]; live: { service: string; sha: string }[] }>(
        `select
           (select coalesce(json_agg(newest order by seq desc), '[]') from
             (select seq, at, actor, kind, service, sha, reason, hash from ledger order by seq desc limit $1) newest
           ) as ledger,
           (select coalesce(json_agg(json_build_object('service', s.name, 'sha', d.sha)), '[]') from services s
              join deployments d on d.id = s.live_deployment_id
            where s.outside_run_id is null
           ) as live`,
        [lines],
      );
      const [{ ledger, live } = { ledger: [], live: [] }] = rows;
      return {
        ledger: ledger.map((line) => ({ ...line, at: new Date(line.at).toISOString() })),
        live: new Map(live.map((row) => [row.service, row.sha])),
      };
    },
    /** Stops the server. The lock is held until then, so that no other demo gets a server that is about to stop. */
    stop: async () => {
      stopped = true;
      await pool.end();
      await server.stop();
      await holder.end().catch(() => {});
    },
  };
}

/** The running server and a session that holds the lock. */
async function hold(folder: string, log: (line: string) => void) {
  const until = Date.now() + patienceMs;
  for (;;) {
    const server = await startLocalPostgres(folder, log);
    // Settings such as PGSSLMODE are meant for another server.
    const url = new URL(server.url);
    url.searchParams.set('sslmode', 'disable');
    const holder = new pg.Client({ connectionString: url.href });
    // A broken connection is reported by its end, or by the next query.
    holder.on('error', () => {});
    try {
      await holder.connect();
      const locked = await holder.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [lock]);
      if (locked.rows[0]?.mine) return { server, holder, url };
    } catch (error) {
      if (Date.now() > until || !stopping.has(String((error as { code?: unknown }).code))) throw error;
      await wait(200);
      continue;
    }
    await holder.end();
    throw new Error(`another demo runs in ${folder}; end that one, or set PUSHBUTTON_DATA to another folder`);
  }
}
