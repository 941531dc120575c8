import pg from 'pg';
import { asideAfter, carriedFrom, forgetAsides, setAside } from '../../src/db/asides.js';
import { savedTouches, saveTouches } from '../../src/db/commit-paths.js';
import { leadTime } from '../../src/db/measures.js';
import type { Queryable } from '../../src/db/pool.js';
import { readService } from '../../src/db/service-state.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

/** A monorepo of years: of twenty thousand changes of one service, every five-hundredth touches its paths. */

const COUNT = 20_000;
const OFTEN = 500;
let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await pool.query("insert into services (name) values ('mono'), ('few')");
  await pool.query(
    `insert into changes (service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_url,
       staging_started_at, title, author, aside)
     select 'mono', lpad(to_hex(n), 40, '0'), n, 'passed', n, 1, 'u', now(), 'Change ' || n, 'octocat',
       case when n % $2 <> 0 then 'touches nothing' end
     from generate_series(1, $1::int - 1) n`,
    [COUNT, OFTEN],
  );
  await pool.query('analyze');
}, 60_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

let inVain: string[] = [];
interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}
const wasteIn = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' && plan['Relation Name'] === 'changes' ? ['scan of changes'] : []),
  ...((plan['Rows Removed by Filter'] ?? 0) > 100 ? [`${plan['Node Type']} of ${plan['Relation Name']}`] : []),
  ...(plan.Plans ?? []).flatMap(wasteIn),
];
/** Runs what it is given, and notes what its plan reads in vain. */
const explaining: Queryable = {
  query: async <Row extends pg.QueryResultRow>(query: string | pg.QueryConfig, given: unknown[] = []) => {
    const { text, values = given } = typeof query === 'string' ? { text: query } : query;
    const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (analyze, format json) ${text}`,
      values,
    );
    if (rows[0]) inVain.push(...wasteIn(rows[0]['QUERY PLAN'][0].Plan));
    return pool.query<Row>(text, values);
  },
};
beforeEach(() => {
  inVain = [];
});

test('the newest change that counts is found by index, however many stand aside after it', async () => {
  const state = await readService(explaining, 'mono');
  expect(state.newestPassed?.runNumber).toBe(COUNT - OFTEN);
  expect(await carriedFrom(explaining, COUNT - 1)).toHaveLength(40);
  expect(await asideAfter(explaining, COUNT - 10)).toHaveLength(40);
  expect(inVain).toEqual([]);
});

const shaOf = (n: number) => String(n).padStart(40, '0');
/** Which of the changes of `few` a SHA is of. */
const placeOf = (sha: string | null) => sha && String(Number(sha));

/** Changes of `few` in the order of their runs: how staging went, and whether they stand aside. */
async function few(...changes: ('passed' | 'failed' | 'running' | 'aside')[]): Promise<number[]> {
  await pool.query("delete from changes where service = 'few'");
  const ids: number[] = [];
  for (const [n, how] of changes.entries()) {
    const { rows } = await pool.query<{ id: number }>(
      `insert into changes (service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_url,
         staging_started_at, title, author, aside)
       values ('few', $1, $2, $3, $2, 1, 'u', now(), 'Title', 'octocat', $4) returning id::int`,
      [shaOf(n), n + 1, how === 'aside' ? 'passed' : how, how === 'aside' ? 'touches nothing' : null],
    );
    ids.push(rows[0]?.id ?? 0);
  }
  return ids;
}

test.each<[Parameters<typeof few>, string | null]>([
  [['passed'], null],
  [['passed', 'passed'], '0'],
  [['passed', 'aside', 'passed'], '1'],
  [['passed', 'failed', 'failed', 'passed'], '0'],
  [['passed', 'running', 'passed'], '1'],
  [['passed', 'failed', 'failed'], '1'],
  [['failed', 'passed'], null],
])('of %j, the last carries the commits after %s', async (changes, after) => {
  expect(placeOf(await carriedFrom(pool, (await few(...changes)).at(-1) ?? 0))).toBe(after);
});

test.each<[Parameters<typeof few>, string | null]>([
  [['failed', 'aside', 'aside'], '1'],
  [['failed', 'failed', 'aside'], '2'],
  [['failed', 'passed', 'aside'], null],
  [['failed', 'running'], null],
])('of %j, the first may be carried by %s', async (changes, by) => {
  expect(placeOf(await asideAfter(pool, (await few(...changes))[0] ?? 0))).toBe(by);
});

test('without paths nothing stands aside, and the newest is described anew', async () => {
  const ids = await few('passed', 'aside', 'aside', 'failed');
  await forgetAsides(pool, ['few']);
  const { rows } = await pool.query('select aside, to_describe from changes where id = any($1) order by id', [ids]);
  expect(rows.map(({ aside, to_describe }) => [aside, to_describe])).toEqual([
    [null, false],
    [null, false],
    [null, true],
    [null, false],
  ]);
});

test('what stands aside has no lead time', async () => {
  const ids = await few('passed', 'aside', 'passed');
  await pool.query("update changes set committed_at = now() - interval '1 hour' where id = any($1)", [ids]);
  for (const n of [0, 2])
    await pool.query(
      `insert into deployments (deploy_id, service, change_id, sha, run_number, kind, status, requested_by, requested_at, queued_at, ended_at)
       values ($1, 'few', $2, $3, $4, 'deploy', 'live', 'U0ALICE', now(), now(), now() - $5::int * interval '1 minute')`,
      [`pb-${n}`, ids[n], shaOf(n), n + 1, 10 - n],
    );
  const spans = [{ since: new Date(Date.now() - 3_600_000), until: new Date(Date.now() + 3_600_000) }];
  const [of] = await leadTime(pool, ['few'], spans);
  expect(of?.changes).toBe(2);
  await setAside(pool, ids[1] ?? 0, null);
  expect((await leadTime(pool, ['few'], spans))[0]?.changes).toBe(3);
  await pool.query("delete from deployments where service = 'few'");
});

test('whether a commit touches paths is kept for each list of patterns, once', async () => {
  await saveTouches(
    pool,
    'acme/mono',
    'a',
    new Map([
      ['shop', true],
      ['till', false],
    ]),
  );
  await saveTouches(
    pool,
    'acme/mono',
    'a',
    new Map([
      ['shop', false],
      ['docs', true],
    ]),
  );
  await saveTouches(pool, 'acme/mono', 'b', new Map([['shop', false]]));
  expect(await savedTouches(pool, 'acme/mono', 'shop', ['a', 'b', 'c'])).toEqual(
    new Map([
      ['a', true],
      ['b', false],
    ]),
  );
  expect(await savedTouches(pool, 'acme/mono', 'docs', ['a', 'b'])).toEqual(new Map([['a', true]]));
});
