import type { Queryable } from './pool.js';

/** Notes a fault that stops no other work, or clears one that began at least `agoMs` ago. True if that is news. */
export async function noteFaultOf(db: Queryable, name: string, fault: string | null, agoMs = 0): Promise<boolean> {
  const { rowCount } =
    fault === null
      ? await db.query({
          name: 'mend-fault',
          text: `delete from faults where name = $1 and since <= clock_timestamp() - $2 * interval '1 ms'`,
          values: [name, agoMs],
        })
      : await db.query(
          `insert into faults (name, fault) values ($1, $2)
           on conflict (name) do update set fault = excluded.fault, since = now() where faults.fault <> excluded.fault`,
          [name, fault],
        );
  return rowCount === 1;
}

/** Whether there is a fault with that name now. */
export async function hasFault(db: Queryable, name: string): Promise<boolean> {
  return (await db.query('select 1 from faults where name = $1', [name])).rowCount === 1;
}

/** Clears the faults of everything that is no longer watched; `names` still are. */
export async function forgetFaultsBut(db: Queryable, names: readonly string[]): Promise<void> {
  await db.query('delete from faults where not (name = any($1))', [names]);
}

/** What is wrong, and with what. */
export interface Fault {
  readonly name: string;
  readonly fault: string;
}

/** The current faults. */
export async function faultsNow(db: Queryable): Promise<Fault[]> {
  const { rows } = await db.query<Fault>('select name, fault from faults order by name limit 100');
  return rows;
}
