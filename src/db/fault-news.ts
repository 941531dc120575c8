import { cardFaults } from './cards.js';
import { type Fault, faultsNow } from './faults.js';
import type { Queryable } from './pool.js';

/** Faults that stop no work elsewhere, each named after what it is about. */
export async function allFaults(db: Queryable): Promise<Fault[]> {
  const cards = await cardFaults(db);
  return [...cards.map(({ channel, fault }) => ({ name: `channel ${channel}`, fault })), ...(await faultsNow(db))];
}

/** A fault that is reported, and since when it has lasted. */
export interface News extends Fault {
  readonly since: Date;
}

/**
 * Takes the faults that have lasted for `lastsMs` and were not reported yet, each once until it has been gone for ten
 * minutes. Takes none for ten minutes after a report, so that the rest of an outage that emerges bit by bit is one
 * message. Runs in the transaction of the caller, who reports them.
 */
export async function takeNews(tx: Queryable, faults: readonly Fault[], lastsMs: number): Promise<string[]> {
  const byName = new Map(faults.map((one) => [one.name, one.fault]));
  await tx.query(
    `insert into fault_news (name, fault, since, seen_at)
     select name, fault, clock_timestamp(), clock_timestamp() from unnest($1::text[], $2::text[]) as now (name, fault)
     on conflict (name) do update set fault = excluded.fault, seen_at = excluded.seen_at,
       since = case when fault_news.seen_at < clock_timestamp() - interval '1 minute' then excluded.since else fault_news.since end`,
    [[...byName.keys()], [...byName.values()]],
  );
  await tx.query("delete from fault_news where seen_at < clock_timestamp() - interval '10 minutes'");
  const { rows } = await tx.query<{ name: string }>(
    `update fault_news set told_at = clock_timestamp()
     where told_at is null and name = any($1) and since <= clock_timestamp() - $2 * interval '1 ms'
       and not exists (select 1 from fault_news where told_at > clock_timestamp() - interval '10 minutes')
     returning name`,
    [[...byName.keys()], lastsMs],
  );
  return rows.map(({ name }) => name).sort();
}

/** Which of these faults still exist. */
export async function newsOf(db: Queryable, names: readonly string[]): Promise<News[]> {
  const now = new Set((await allFaults(db)).map(({ name }) => name));
  const { rows } = await db.query<News>(
    'select name, fault, since from fault_news where name = any($1) order by name',
    [names],
  );
  return rows.filter(({ name }) => now.has(name));
}
