import type pg from 'pg';
import { PAUSES, type Pauses } from '../../src/core/pauses.js';
import { type InboxRow, takeIn } from '../../src/db/inbox.js';
import { createPool } from '../../src/db/pool.js';
import { saveOutcome } from '../../src/db/save-outcome.js';
import { createInboxLoop, type InboxLoop } from '../../src/jobs/inbox.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

/** The service that a row of `put` names. */
export const nameOf = ({ command }: InboxRow): string => ('service' in command ? command.service : '');

/** For each test of a file, a database and loops over its inbox, which are stopped after it. */
export function inboxLoops() {
  let database: TestDatabase;
  const inbox = {
    pool: undefined as unknown as pg.Pool,
    loops: [] as InboxLoop[],
    /** What the loops warned of. */
    warned: [] as object[],
  };
  beforeEach(async () => {
    database = await freshDatabase();
    Object.assign(inbox, { pool: createPool(database.url), loops: [], warned: [] });
  });
  afterEach(async () => {
    await Promise.all(inbox.loops.map((loop) => loop.stop()));
    await inbox.pool.end();
    await database.drop();
  });
  return Object.assign(inbox, {
    /** Starts a loop with the real pauses, but these. `through` is the pool that it uses. */
    loop: (
      handle: (row: InboxRow) => Promise<unknown>,
      pauses: Partial<Pauses['jobs']> = {},
      through = inbox.pool,
    ): InboxLoop => {
      const made = createInboxLoop({
        pool: through,
        handle,
        handled: () => {},
        pauses: { ...PAUSES.jobs, ...pauses },
        warn: (details) => void inbox.warned.push(details),
        traced: false,
      });
      inbox.loops.push(made);
      made.start();
      return made;
    },
    /** Takes in a row for each key, about a service of that name. */
    put: (...keys: string[]) =>
      takeIn(
        inbox.pool,
        keys.map((key) => ({ key, command: { type: 'start next', service: key }, reply: null })),
      ),
    done: ({ id }: InboxRow) => saveOutcome(inbox.pool, null, { handled: [{ id, outcome: { kind: 'nothing' } }] }),
    left: async () => {
      const text = 'select count(*)::int as n from inbox where handled_at is null';
      return (await inbox.pool.query<{ n: number }>(text)).rows[0]?.n;
    },
  });
}
