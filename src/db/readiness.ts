import { withTimeout } from '../waits/timeout.js';
import { allFaults } from './fault-news.js';
import type { Queryable } from './pool.js';
import type { Pools } from './pools.js';
import { timeNow } from './time.js';

/** PostgreSQL's codes for a server that accepts no writes or no logins (Appendix A of its manual). */
const TAKES_NOTHING: Readonly<Record<string, string>> = {
  '25006': 'is read-only',
  '28000': 'refuses the login',
  '28P01': 'refuses the password',
  '3D000': 'is not there',
  '53100': 'has no room left on its disk',
  '53300': 'takes no more connections',
  '57P03': 'is starting, stopping or recovering',
};

/**
 * null: the database can save. A database that only answers is not enough, and one working connection does not prove
 * that others can be had: each pool is asked, because each opens its own.
 */
export async function databaseProblem({ pool, intake, claims }: Omit<Pools, 'close'>): Promise<string | null> {
  // A busy pool does not answer in time, but is no problem: whether presses are saved is asked of their own pool.
  const heard = (asked: Promise<string | null>) => withTimeout(asked, BUSY_MS, null);
  const found = await Promise.all([
    problemOf(intake, WRITES).then((problem) => problem ?? problemOf(intake, FINDS_ROOM)),
    heard(problemOf(pool, ANSWERS)),
    heard(problemOf(claims, ANSWERS)),
  ]);
  const problems = found.filter((one) => one !== null);
  // Prefer a problem with a specific reason.
  return problems.find((one) => one !== NO_ANSWER) ?? problems[0] ?? null;
}

const BUSY_MS = 1_200;
/** Committed like a press: a server can answer and yet never commit, while a standby that it waits for is gone. */
const WRITES = `insert into turns (name, next_at) values ('readiness', clock_timestamp())
  on conflict (name) do update set next_at = excluded.next_at`;
/**
 * On a full disk, small changes still find room in existing pages, while a press may find none. A result that does not
 * fit into memory needs new pages on the database's disk, and leaves no trace there.
 */
const FINDS_ROOM = `set local work_mem = '64kB'; set local temp_tablespaces = '';
  select count(*) from generate_series(1, 4000)`;
const ANSWERS = 'select 1';

const NO_ANSWER = 'does not answer';

async function problemOf(db: Queryable, statement: string): Promise<string | null> {
  try {
    await db.query(statement);
    return null;
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    return code === TEMPORARY_FILES_ARE_LIMITED ? null : (TAKES_NOTHING[code] ?? NO_ANSWER);
  }
}

/** PostgreSQL's configuration_limit_exceeded: with temp_file_limit, it is not known whether there is room. */
const TEMPORARY_FILES_ARE_LIMITED = '53400';

/** Slack's signatures, and ours to GitHub as an App, are valid only for minutes. */
const CLOCK_MS = 120_000;

/** Faults that stop no work elsewhere, each with the id of what it is about; a wrong clock on this replica is one. */
export async function warningsOf(db: Queryable): Promise<string[]> {
  const faults = (await allFaults(db)).map(({ name, fault }) => `${name}: ${fault}`);
  const aheadMs = Date.now() - (await timeNow(db)).getTime();
  if (Math.abs(aheadMs) < CLOCK_MS) return faults;
  const off = `${Math.round(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the database's`;
  return [...faults, `replica: its clock is ${off}; five minutes off, every press is refused as a replay`];
}
