import { allFaults } from './fault-news.js';
import type { Queryable } from './pool.js';
import { timeNow } from './time.js';

/** PostgreSQL's codes for a server that answers and takes nothing (Appendix A of its manual). */
const TAKES_NOTHING: Readonly<Record<string, string>> = {
  '25006': 'is read-only',
  '53100': 'has no room left on its disk',
  '53300': 'takes no more connections',
};

/** null: the database takes what is to be saved. One that only answers is none to work with. */
export async function databaseProblem(db: Queryable): Promise<string | null> {
  try {
    await db.query(
      `insert into turns (name, next_at) values ('readiness', clock_timestamp())
       on conflict (name) do update set next_at = excluded.next_at`,
    );
    return null;
  } catch (error) {
    return TAKES_NOTHING[String((error as { code?: unknown }).code)] ?? 'does not answer';
  }
}

/** Slack's signatures, and ours to GitHub as an App, are good for minutes. */
const CLOCK_MS = 120_000;

/** Faults that stop no work elsewhere, each with the id of what it is about; this replica's clock among them. */
export async function warningsOf(db: Queryable): Promise<string[]> {
  const faults = (await allFaults(db)).map(({ name, fault }) => `${name}: ${fault}`);
  const aheadMs = Date.now() - (await timeNow(db)).getTime();
  if (Math.abs(aheadMs) < CLOCK_MS) return faults;
  const off = `${Math.round(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the database's`;
  return [...faults, `replica: its clock is ${off}; where it is five minutes off, every press is refused as a replay`];
}
