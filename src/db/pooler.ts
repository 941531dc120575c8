/** Notices a connection pooler that shares sessions or spreads statements, so that nothing that Pushbutton rests on holds. */

import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Obstacle } from './obstacles.js';
import { withOneClient } from './one-client.js';

const DIRECT =
  'the address of the server itself, or a pool with pool_mode = session and server_reset_query = DISCARD ALL';
const ANSWER_MS = 5_000;
/** A busy pooler may give a client the same server connection again by chance. */
const ROUNDS = 5;

/**
 * What a pooler between this machine and the server does to sessions; null: nothing, or there is none. In transaction
 * mode, and without a reset between clients, the settings, locks and prepared statements of one client reach another:
 * a press would be acknowledged under a commit that waits for no disk. Sets nothing that others could notice. Throws
 * when the database cannot be reached.
 */
export async function poolerObstacle(url: string): Promise<Obstacle | null> {
  const found = await during(url, (one) => during(url, (other) => howTheyShare(one, other)));
  if (found !== null) return found;
  if (!(await handsOnSettings(url))) return null;
  return {
    found: 'the address leads to a connection pooler that hands on the settings of one client to the next',
    expected: DIRECT,
  };
}

const SHARED: Obstacle = {
  found: 'the address leads to a connection pooler in transaction mode, such as PgBouncer, which shares sessions',
  expected: DIRECT,
};
const SPREAD: Obstacle = {
  found: 'the address leads to something that sends reads to another server, such as Pgpool-II with load_balance_mode',
  expected: 'the address of the primary',
};
const NO_ROOM: Obstacle = {
  found: `the address leads to a connection pooler that has no room for a second connection within ${ANSWER_MS / 1_000} s`,
  expected: 'a pool with room for all DATABASE_CONNECTIONS of each replica, 10 by default',
};

/** Whether two clients are given one session of the server in turn, the second none, or one of them two servers. */
async function howTheyShare(one: pg.Client, other: pg.Client): Promise<Obstacle | null> {
  const direct = isDirect(one, await sessionOf(one));
  for (let round = 0; round < (direct ? 1 : ROUNDS); round += 1) {
    const before = await sessionOf(one);
    try {
      // In one message: the role may give a transaction no time between two.
      const held = await sessionOf(other, `begin; set local idle_in_transaction_session_timeout = 0; ${SESSION}`);
      // What `one` had is held by `other` now; else `one` may get another.
      const shared = held === before || (await sessionOf(one)) !== before;
      await other.query('rollback');
      if (shared) return SHARED;
    } catch (error) {
      // PgBouncer in statement mode accepts no transactions.
      if (/statement pooling/.test(String(error))) return SHARED;
      // node-postgres has given up waiting, while the first client was answered.
      if (!direct && /Query read timeout/.test(String(error))) return NO_ROOM;
      throw error;
    }
  }
  return (await isSpread(one)) || (await isSpread(other)) ? SPREAD : null;
}

/**
 * Whether what only reads is answered by another server than what may write. Pgpool-II gives a client the primary for both
 * now and then. What was just written would not be found: a migration, the tasks of the queue, a decision.
 */
async function isSpread(client: pg.Client): Promise<boolean> {
  const reads = await sessionOf(client);
  const writes = await sessionOf(client, `${SESSION}, random()`);
  return writes !== reads && (await sessionOf(client)) === reads;
}

/** Whether a new client finds what another one has set in its session and left behind. */
async function handsOnSettings(url: string): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const mark = randomUUID();
    const [left, direct] = await during(url, async (client) => {
      await client.query(`select set_config('pushbutton.session', $1, false)`, [mark]);
      const session = await sessionOf(client);
      return [session, isDirect(client, session)] as const;
    });
    const [taken, found] = await during(url, async (client) => {
      const { rows } = await client.query<{ mark: string | null }>(
        `select current_setting('pushbutton.session', true) as mark`,
      );
      const isMarked = rows[0]?.mark === mark;
      if (isMarked) await client.query(`select set_config('pushbutton.session', '', false)`);
      return [await sessionOf(client), isMarked] as const;
    });
    if (found) return true;
    if (direct || taken === left) return false;
  }
  return false;
}

/** At the login the server says which process it is; PgBouncer says a random number in its place. */
const isDirect = (client: pg.Client, process: number): boolean =>
  (client as unknown as { readonly processID: number }).processID === process;

const SESSION = 'select pg_backend_pid() as pid';

/** The process of the server that answers; it may be the last of several statements. */
async function sessionOf(client: pg.Client, statements = SESSION): Promise<number> {
  const answers: pg.QueryResult<{ pid: number }> | pg.QueryResult<{ pid: number }>[] = await client.query(statements);
  const rows = [answers].flat().flatMap((one) => one.rows);
  return (rows.at(-1) as { pid: number }).pid;
}

/** Without Pushbutton's settings: in a shared session they would be others' settings, too. */
const during = <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withOneClient(url, work, { answerMs: ANSWER_MS });
