import type { Socket } from 'node:net';
import pg from 'pg';
import { sessionStatement } from './session.js';

/** What a statement needs: a pool, or the one connection of a transaction. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(
    query: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

/**
 * A pool for `url` (read as node-postgres reads it) of at most `max` connections, 10 by default, whose sessions have
 * Pushbutton's own settings (session.ts). A broken connection is reported to `log` and never ends the process. Waiting
 * for a connection fails after `connectMs`, 2 s by default. The server cancels a statement after `statementTimeoutMs`; a
 * server silent for a second longer counts as gone, and its connection is closed. `forgetful`: a commit does not wait
 * for the disk, so a crash of the server may lose the last moments of what was committed here. Only for leases and locks,
 * which expire by themselves. int8 becomes a number, and throws if a number cannot hold it; timestamptz becomes a Date.
 */
export function createPool(
  url: string,
  options: {
    max?: number;
    connectMs?: number;
    statementTimeoutMs?: number;
    forgetful?: boolean;
    log?: (message: string, error: Error) => void;
  } = {},
): pg.Pool {
  const log = options.log ?? (() => {});
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    connectionTimeoutMillis: options.connectMs ?? 2000,
    application_name: 'pushbutton',
    keepAlive: true,
    keepAliveInitialDelayMillis: IDLE_BEFORE_ASKED_MS,
    types: { getTypeParser: parserOf },
    // The connection is handed out after this.
    onConnect: async (client) => {
      if (options.statementTimeoutMs !== undefined) endWhenSilent(client, options.statementTimeoutMs + SILENCE_MS);
      await client.query(sessionStatement(options));
    },
  });
  pool.on('error', (error) => log('an idle database connection broke', error));
  // The pool does not listen to a connection in use; without a listener, its error would end the process.
  pool.on('connect', (client) => client.on('error', (error) => log('a database connection broke', error)));
  return pool;
}

const IDLE_BEFORE_ASKED_MS = 10_000;
const SILENCE_MS = 1_000;

/**
 * When the server's machine is gone, nothing reports that the connection has ended. A statement would wait until the
 * system gives up sending, a quarter of an hour on Linux (tcp_retries2).
 */
function endWhenSilent(client: pg.ClientBase, ms: number): void {
  // Not in the types: the socket, and whether the last statement was answered.
  const own = client as unknown as {
    readonly connection: { readonly stream: Socket };
    readonly readyForQuery: boolean;
  };
  const { stream } = own.connection;
  stream.setTimeout(ms, () => {
    if (!own.readyForQuery) stream.destroy(new Error(`The database has not answered for ${ms} ms`));
  });
}

/**
 * Runs `work` in one transaction and commits it. Rethrows whatever `work` throws, after a rollback. Also throws if the
 * server rolled back at commit, which it does without an error after a failed statement that `work` swallowed.
 */
export async function transaction<T>(pool: pg.Pool, work: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    await tx.query('begin');
    const result = await work(tx);
    const ended = await tx.query('commit');
    if (ended.command !== 'COMMIT')
      throw new Error('The database rolled the transaction back instead of committing it');
    return result;
  } catch (error) {
    await tx.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    // After a failover this connection may lead to a standby. It is closed, and the next one finds what accepts writes.
    if ((error as { code?: unknown }).code === READ_ONLY) broken ??= error as Error;
    throw error;
  } finally {
    tx.release(broken);
  }
}

/** PostgreSQL's read_only_sql_transaction. */
const READ_ONLY = '25006';

const int8 = pg.types.builtins.INT8;

function parserOf(oid: number, format?: 'text' | 'binary') {
  if (oid === int8 && format !== 'binary') return parseInt8;
  return pg.types.getTypeParser(oid, format);
}

function parseInt8(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`int8 ${text} does not fit into a number`);
  return number;
}
