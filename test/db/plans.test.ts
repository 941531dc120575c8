import { createRequire } from 'node:module';
import pg from 'pg';
import { changeOfMessage } from '../../src/db/card-of-message.js';
import { adoptTwin, nextCard } from '../../src/db/cards.js';
import { claimNews, readNews, receiversNow, servicesWithNews } from '../../src/db/change-tickets.js';
import {
  changeByKey,
  changeBySha,
  changesById,
  changesByPrefix,
  newestChanges,
  refsOf,
  ticketsOfCommits,
} from '../../src/db/changes.js';
import {
  claimSend,
  deploymentByKey,
  deploymentOfRun,
  deploymentsOfCard,
  deploymentsOfRuns,
  isRunOf,
  servicesOfRun,
  underWayOf,
  unendedDeployments,
} from '../../src/db/deployments.js';
import { digestOf } from '../../src/db/digest-of.js';
import { hasCardsToPost } from '../../src/db/dirty-cards.js';
import { endFailure, noteFailure, untoldFailure, untoldFailures } from '../../src/db/failures.js';
import { shutByPeople } from '../../src/db/gates.js';
import { claimInbox, inboxOutcomes, takeIn, takeInClaimed } from '../../src/db/inbox.js';
import { ledgerHead, ledgerOfSha } from '../../src/db/ledger.js';
import { approvalWaits, changeFailures, deploymentFrequency, leadTime, timeToRestore } from '../../src/db/measures.js';
import { changesOfPerson, requestsWaiting } from '../../src/db/mine.js';
import { outsideRun, outsideSince, rerunOf } from '../../src/db/outside-runs.js';
import { leaveChannel } from '../../src/db/pace.js';
import { keysInInbox } from '../../src/db/polls.js';
import { createPool, type Queryable, transaction } from '../../src/db/pool.js';
import { historyOf, statusesOf } from '../../src/db/reports.js';
import { enqueueEffects, saveForAll, saveOutcome } from '../../src/db/save-outcome.js';
import { readNamed, readService } from '../../src/db/service-state.js';
import { underWayIn } from '../../src/db/under-way.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { resultStatements } from './result-statements.js';

const BUTTON = { mode: 'button', freezes: [], stages: [], timezone: 'UTC' } as const;
let database: TestDatabase;
let pool: pg.Pool;
let planned: string[] = [];

/** Runs what it is given, and first asks Postgres how it would: every sequential scan of a table that grows is kept. */
const explaining: Queryable = {
  query: async <Row extends pg.QueryResultRow>(query: string | pg.QueryConfig, values?: unknown[]) => {
    const text = typeof query === 'string' ? query : query.text;
    const given = values ?? (typeof query === 'string' ? [] : (query.values ?? []));
    const scans = await scansIn(pool, text, given);
    planned.push(...scans.map((table) => `${table}: ${text.replace(/\s+/g, ' ')}`));
    asked += 1;
    return pool.query<Row>(text, given);
  },
};

/**
 * Where the plan that a session makes once for all values reads a table that grows: from end to end, or much of it in vain.
 * Nothing that the statement changes stays.
 */
async function scansIn(db: pg.Pool | pg.PoolClient, text: string, given: unknown[]): Promise<string[]> {
  const client = db instanceof pg.Pool ? await db.connect() : db;
  try {
    await client.query(client === db ? 'savepoint asked' : 'begin');
    await client.query(`prepare asked as ${text}`);
    const values = given.length > 0 ? `(${given.map(literal).join(', ')})` : '';
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (analyze, format json) execute asked${values}`,
    );
    await client.query(client === db ? 'rollback to asked' : 'rollback');
    await client.query('deallocate asked');
    return scansOf(rows[0]?.['QUERY PLAN'][0].Plan).filter((table) => GROWING.has(table));
  } finally {
    if (client !== db) (client as pg.PoolClient).release();
  }
}

/** As node-postgres writes parameters. */
const { prepareValue } = createRequire(import.meta.url)('pg/lib/utils.js') as {
  prepareValue: (value: unknown) => string;
};
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return pg.escapeLiteral(prepareValue(value));
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  /** For each time that the node ran. */
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}
const GROWING = new Set('changes deployments cards inbox ledger outside_runs approvals failures'.split(' '));
let asked = 0;
/** A few of what an index finds may not be what is wanted. */
const MOST_IN_VAIN = 100;

function scansOf(plan: Plan | undefined): string[] {
  if (!plan) return [];
  const inVain = (plan['Rows Removed by Filter'] ?? 0) > MOST_IN_VAIN;
  const own = plan['Node Type'] === 'Seq Scan' || inVain ? [plan['Relation Name'] ?? ''] : [];
  return [...own, ...(plan.Plans ?? []).flatMap(scansOf)];
}

const COUNT = 20_000;
const shaOf = (n: number) => n.toString(16).padStart(40, '0').split('').reverse().join('');

beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool(database.url, { max: 3 });
  await pool.query("insert into services (name) values ('shop'), ('site')");
  await pool.query(
    `insert into changes (service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_url,
       staging_started_at, staging_finished_at, title, author)
     select 'shop', reverse(lpad(to_hex(n), 40, '0')), n, case when n % 5 = 0 then 'failed' else 'passed' end, n, 1, 'u',
       now() - (20001 - n) * interval '1 minute', now() - (20000 - n) * interval '1 minute', 'Change ' || n, 'octocat'
     from generate_series(1, $1::int) n`,
    [COUNT],
  );
  await pool.query(
    `insert into deployments (deploy_id, service, change_id, sha, kind, status, requested_by, requested_at, sent_at, queued_at, run_number, required,
       run_id, run_url, run_attempt, run_started_at, ended_at, replaced, pressed_on)
     select 'pb-' || id, service, id, sha, 'deploy', case when id % 7 = 0 then 'failed' else 'live' end, 'U0ALICE',
       staging_finished_at, staging_finished_at, staging_finished_at, id, id % 3, 100000 + id, 'u', 1, staging_finished_at, staging_finished_at,
       nullif(id - 1, 0), case when id % 50 = 0 then id end
     from changes order by id`,
  );
  await pool.query(
    `insert into approvals (deployment_id, slack_user_id, decision) select id, 'U0ALICE', 'requested' from deployments`,
  );
  await pool.query(
    `insert into cards (change_id, service, channel, ts, open, dirty_at)
     select id, service, 'C0SHOP', id::text, id > 19990, case when id > 19998 then now() end from changes`,
  );
  await pool.query(
    `insert into inbox (key, command, handled_at, outcome)
     select 'k' || n, '{"type": "start next", "service": "shop"}', case when n <= 19997 then now() end, '{}'
     from generate_series(1, $1::int) n`,
    [COUNT],
  );
  await pool.query(
    `insert into outside_runs (service, run_id, attempt, deployment_id, status, conclusion, url, actor, started_at)
     select service, 900000 + id, 1, case when id % 9 = 0 then id end, 'completed', 'success', 'u', 'eve', staging_started_at
     from changes`,
  );
  await pool.query(
    `insert into ledger (actor, kind, service, sha, deployment_id)
     select 'U0ALICE', 'requested', service, sha, id from deployments order by id limit 10000`,
  );
  await pool.query(
    `insert into failures (change_id, run_id, attempt, found_at, ended_at)
     select id, id, 1, staging_finished_at, case when id <= 19990 then staging_finished_at end from changes`,
  );
  await pool.query(
    "insert into change_tickets (service, told, address) values ('shop', 9000, 'a'), ('site', 9000, 'a')",
  );
  await pool.query("update services set live_deployment_id = 20000, live_since = now() where name = 'shop'");
  await pool.query('analyze');
}, 120_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => {
  planned = [];
  asked = 0;
});

const at = new Date();
const DAY_MS = 86_400_000;
const days = [2, 1].map((ago) => ({
  since: new Date(at.getTime() - ago * DAY_MS),
  until: new Date(at.getTime() - (ago - 1) * DAY_MS),
}));
const key = async (table: 'changes' | 'deployments') =>
  (await pool.query<{ key: string }>(`select key from ${table} where id = 19000`)).rows[0]?.key ?? '';

test.each<[string, (db: Queryable) => Promise<unknown>]>([
  ['the state of a service', (db) => readService(db, 'shop')],
  ['its state and the change of a button', async (db) => readNamed(db, 'shop', { change: await key('changes') })],
  ['its state and a change', (db) => readNamed(db, 'shop', { change: 19_000 })],
  ['its state and the change of a commit', (db) => readNamed(db, 'shop', { sha: shaOf(19_000) })],
  ['its state and what is sent next', (db) => readNamed(db, 'shop', { head: true })],
  [
    'its state and the deployment of a button',
    async (db) => readNamed(db, 'shop', { deployment: await key('deployments') }),
  ],
  ['its state and a deployment', (db) => readNamed(db, 'shop', { deployment: 19_000 })],
  [
    'what a press names',
    async (db) => [await changeByKey(db, await key('changes')), await changeBySha(db, 'shop', shaOf(19_000))],
  ],
  ['the deployment of a button', async (db) => deploymentByKey(db, await key('deployments'))],
  ['what is under way of a SHA', (db) => underWayOf(db, 'shop', shaOf(19_000))],
  ['whose a run is, by its id', (db) => deploymentOfRun(db, 'shop', 119_000, [])],
  ['whose a run is, by its name', (db) => deploymentOfRun(db, 'shop', 5, ['pb-19000', 'eu'])],
  ['whose job moved', (db) => servicesOfRun(db, 119_000, ['shop', 'site'])],
  ['whose jobs moved', (db) => deploymentsOfRuns(db, [{ service: 'shop', runId: 119_000 }])],
  ['whether a run is of another service', (db) => isRunOf(db, ['site'], 5, ['pb-1', 'none'])],
  ['a run that was told before', (db) => outsideRun(db, 'shop', 919_000, 1)],
  ['what a card is about', (db) => deploymentsOfCard(db, 19_000)],
  ['a re-run of what shipped a change', (db) => rerunOf(db, 18_999)],
  ['the next card of a channel', (db) => nextCard(db, 'C0SHOP')],
  ['when the next card is due', (db) => leaveChannel(db, 'C0SHOP', 'nobody')],
  ['whose card a pressed message is', (db) => adoptTwin(db, 19_000, 'C0SHOP', '19001')],
  ['a short SHA', (db) => changesByPrefix(db, ['shop', 'site'], shaOf(19_000).slice(0, 7))],
  ['the newest changes', (db) => newestChanges(db, ['shop', 'site'], 50)],
  ['names of changes', (db) => refsOf(db, [1, 19_000, 20_000])],
  ['/release status', (db) => statusesOf(db, [{ ...BUTTON, name: 'shop', repository: 'acme/shop' }])],
  ['what waits for approval', (db) => requestsWaiting(db)],
  ['the changes of a person', (db) => changesOfPerson(db, ['octocat', 'octo-ada'], 'U0ALICE')],
  ['the changes of somebody who wrote none', (db) => changesOfPerson(db, ['nobody'], 'U0BOB')],
  ['changes by their ids', (db) => changesById(db, [1, 19_000])],
  ['which card a message is', (db) => changeOfMessage(db, 'C0SHOP', ['19001', 'none'])],
  ['in which services something goes on', (db) => underWayIn(db, ['shop', 'site'])],
  ['/release history', (db) => historyOf(db, 'shop', 20)],
  ['/release history of a SHA', (db) => ledgerOfSha(db, 'shop', shaOf(9_000))],
  [
    'the runs outside since a time',
    (db) => outsideSince(db, [{ service: 'shop', since: new Date(at.getTime() - 3_600_000) }], 5),
  ],
  ['a digest', (db) => digestOf(db, ['shop', 'site'], new Date(at.getTime() - 86_400_000), at, 1)],
  ['what keeps services shut', (db) => shutByPeople(db, ['shop', 'site'])],
  ['how often was deployed', (db) => deploymentFrequency(db, ['shop', 'site'], days)],
  ['how long changes took', (db) => leadTime(db, ['shop', 'site'], days)],
  ['how many failed', (db) => changeFailures(db, ['shop', 'site'], days)],
  ['how long it took to restore', (db) => timeToRestore(db, ['shop', 'site'], days)],
  ['how long approvals took', (db) => approvalWaits(db, ['shop', 'site'], days)],
  ['the tickets of what ships', (db) => ticketsOfCommits(db, 'shop', [shaOf(18_000), shaOf(19_000)])],
  ['of which services change management has not heard', (db) => servicesWithNews(db, ['shop', 'site'])],
  ['what the doctor reads of receivers', (db) => receiversNow(db, [{ service: 'shop', fault: 'none' }])],
  ['what it hears next', (db) => claimNews(db, 'shop', 0)],
  ['that there is nothing to hear', (db) => claimNews(db, 'site', 0)],
  ['what it is told of a line', (db) => readNews(db, 9_500)],
  ['the head of the ledger', (db) => ledgerHead(db)],
  ['what the sweep looks after', (db) => unendedDeployments(db)],
  ['taking in', (db) => takeIn(db, [{ key: 'k1', command: { type: 'start next', service: 'shop' }, reply: null }])],
  [
    'taking in and claiming',
    (db) => takeInClaimed(db, [{ key: 'k2', command: { type: 'start next', service: 'shop' }, reply: null }], 4_000),
  ],
  ['the claim to send', (db) => claimSend(db, 19_999, 10_000)],
  ['which keys were taken in', (db) => keysInInbox(db, ['k1', 'k2'])],
  ['claiming what was taken in', (db) => claimInbox(db, 8, 25_000)],
  ['marking it handled', (db) => saveOutcome(db, null, { handled: [{ id: 19_999, outcome: {} }] })],
  ['whether a failure was told', (db) => untoldFailure(db, { changeId: 19_995, runId: 19_995, attempt: 1 })],
  ['which failures were not told', (db) => untoldFailures(db)],
  ['a failure that is known', (db) => noteFailure(db, { changeId: 5, runId: 5, attempt: 1 }, null, null)],
  ['a failure that was told', (db) => endFailure(db, { changeId: 19_996, runId: 19_996, attempt: 1 }, { ts: '1.2' })],
  ...resultStatements,
  ['whether cards are to be posted', (db) => hasCardsToPost(db, 'C0SHOP')],
  ['what came of it', (db) => inboxOutcomes(db, [19_000])],
])('%s is found by index among %#', async (_, ask) => {
  await ask(explaining);
  expect(asked).toBeGreaterThan(0);
  expect(planned).toEqual([]);
});

test('a service with no history yet is read by index beside one that has much', async () => {
  await readService(explaining, 'site');
  await statusesOf(explaining, [{ ...BUTTON, name: 'site', repository: 'acme/site' }]);
  expect(planned).toEqual([]);
});

test.each<[string, (db: Queryable) => Promise<void>]>([
  ['a service', (db) => enqueueEffects(db, 'shop', [{ effect: 'redraw service' }, { effect: 'redraw', changeId: 5 }])],
  ['all services', (db) => saveForAll(db, { effects: [{ effect: 'redraw service' }] })],
])('drawing the cards of %s touches the open ones alone', async (_, draw) => {
  await transaction(pool, (tx) => draw({ query: (query, values) => explainedIn(tx, query, values) }));
  expect(planned).toEqual([]);
});

async function explainedIn<Row extends pg.QueryResultRow>(
  tx: pg.PoolClient,
  query: string | pg.QueryConfig,
  given: unknown[] = [],
) {
  const { text, values = given } = typeof query === 'string' ? { text: query } : query;
  const scans = await scansIn(tx, text, values);
  planned.push(...scans.map((table) => `${table}: ${text}`));
  return tx.query<Row>(text, values);
}

test('the oracle sees a scan where there is one', async () => {
  await explaining.query('select count(*) from deployments where requested_by = $1', ['U0ALICE']);
  expect(planned).toHaveLength(1);
});
