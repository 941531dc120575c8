import { cardFaults } from './cards.js';
import { faultsNow } from './faults.js';
import type { Queryable } from './pool.js';

/** null: the database answers. */
export async function databaseProblem(db: Queryable): Promise<string | null> {
  try {
    await db.query('select 1');
    return null;
  } catch {
    return 'does not answer';
  }
}

/** Faults that stop no work elsewhere, each with the id of what it is about. */
export async function warningsOf(db: Queryable): Promise<string[]> {
  const cards = await cardFaults(db);
  return [...cards.map(({ channel, fault }) => `channel ${channel}: ${fault}`), ...(await faultsNow(db))];
}
