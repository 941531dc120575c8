/** Notices a connection pooler that shares sessions, in which nothing that Pushbutton rests on holds. */

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
  if (await during(url, (one) => during(url, (other) => sharesServers(one, other)))) {
    return {
      found: 'the address leads to a connection pooler in transaction mode, such as PgBouncer, which shares sessions',
      expected: DIRECT,
    };
  }
  if (!(await handsOnSettings(url))) return null;
  return {
    found: 'the address leads to a connection pooler that hands on the settings of one client to the next',
    expected: DIRECT,
  };
}

/** Whether two clients are given one session of the server in turn. */
async function sharesServers(one: pg.Client, other: pg.Client): Promise<boolean> {
  const rounds = isDirect(one, await sessionOf(one)) ? 1 : ROUNDS;
  for (let round = 0; round < rounds; round += 1) {
    const before = await sessionOf(one);
    try {
      await other.query('begin');
      // What `one` had is held by `other` now; else `one` may get another.
      if ((await sessionOf(other)) === before || (await sessionOf(one)) !== before) return true;
    } catch (error) {
      // PgBouncer in statement mode accepts no transactions.
      if (/statement pooling/.test(String(error))) return true;
      throw error;
    } finally {
      await other.query('rollback').catch(() => {});
    }
  }
  return false;
}

/** Whether a new client finds what another one has set in its session and left behind. */
async function handsOnSettings(url: string): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const mark = randomUUID();
    const [left, direct] = await during(url, async (client) => {
      await client.query(`select set_config('pushbutton.session', $1, false)`, [mark]);
      return [await sessionOf(client), isDirect(client, await sessionOf(client))] as const;
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

async function sessionOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return (rows[0] as { pid: number }).pid;
}

/** Without Pushbutton's settings: in a shared session they would be others' settings, too. */
const during = <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withOneClient(url, work, { answerMs: ANSWER_MS });
