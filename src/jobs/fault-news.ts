import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import { addJob } from '../db/add-jobs.js';
import { allFaults, takeNews } from '../db/fault-news.js';
import { takeTurn } from '../db/pace.js';
import { transaction } from '../db/pool.js';
import { faultsKey } from '../db/queue.js';

/** A fault that ends sooner needs nobody to fix it. */
const LASTS_MS = 120_000;

/** Reports lasting faults to the operators once, on one replica at a time by the database's clock; true if this one. */
export async function tellLastingFaults(pool: pg.Pool, operators: readonly string[], pauses: Pauses): Promise<boolean> {
  if (operators.length === 0 || !(await takeTurn(pool, 'faults', pauses.turns.faults))) return false;
  const faults = await allFaults(pool);
  await transaction(pool, async (tx) => {
    const names = await takeNews(tx, faults, LASTS_MS);
    if (names.length === 0) return;
    for (const operator of operators)
      await addJob(tx, 'tell faults', { operator, names, tries: 0 }, { key: faultsKey({ operator, names }) });
  });
  return true;
}
