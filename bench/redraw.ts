import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { Pool } from 'pg';
import type { TestFailure, TestReport } from '../src/core/change/change.js';
import { cardModel, type ShownService } from '../src/slack/card-model.js';
import { cardMessage } from '../src/slack/views/card.js';
import type { Build } from './against.js';
import { programOf } from './children.js';
import { atMost, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';

const TIMES = 200;
const own = { cardModel, cardMessage };
const SHA = '6df976f7c0db15d9c738549ea82b6a2f8d5b1c33';

const SHOWN: ShownService = {
  ...{ name: 'shop', repository: 'acme/shop', deployers: ['U0ALICE'], approvers: ['U0ALICE'], fourEyes: true },
  ...{ escalate: [], timezone: 'Europe/Berlin', mode: 'button', holdMs: 600_000, timeoutMs: 1_800_000, freezes: [] },
  notify: {
    ...{ stagingFailed: 'mention', approvalNeeded: 'mention', continueNeeded: 'mention', productionFailed: 'mention' },
    ...{ live: 'thread', steps: 'thread' },
  },
  ...{ cards: 'every', stages: [], asks: null },
};

const failure = (n: number): TestFailure => ({
  ...{ name: `rounds price ${n} up`, suite: 'Basket', file: 'test/basket.test.ts' },
  ...{ message: `expected ${n}.05, received ${n}.00`, failedBefore: n > 2 },
});
const TESTS: TestReport = {
  ...{ total: 4_120, failed: 500, skipped: 2, outside: 1, unreadable: 0, newFailures: 2, flaky: 3 },
  failures: [1, 2, 3, 4, 5].map(failure),
  flakyTests: [6, 7, 8].map(failure),
  slowest: { name: 'buys everything', suite: 'Shop', ms: 41_000 },
};

const jobs = Array.from({ length: 12 }, (_, n) => ({
  ...{ name: `test ${n}`, status: 'completed', conclusion: 'failure', url: 'https://github.com/acme/shop' },
  failedSteps: ['Run the tests', 'Upload the report'],
}));
const tickets = Array.from({ length: 10 }, (_, n) => ({ id: `SHOP-${n}`, url: `https://acme.test/browse/SHOP-${n}` }));

/** A row of `changes`, by the names of its columns. */
const failedChange = () => ({
  ...{ service: 'shop', sha: SHA, run_number: 1, title: 'Round prices to five cents', author: 'octocat' },
  ...{ staging_status: 'failed', staging_run_id: 1, staging_attempt: 1, staging_conclusion: 'failure' },
  ...{ staging_url: 'https://github.com/acme/shop/actions/runs/1', staging_usual_ms: 480_000 },
  ...{ staging_started_at: new Date(Date.now() - 1_800_000), staging_finished_at: new Date() },
  ...{ staging_jobs: jobs, tests: TESTS, tickets },
});

/**
 * The processor time of one redraw of the fullest card: a change that failed staging, with its jobs, tests and tickets, read
 * from the database, drawn and compared with what Slack has. Another build draws of it what it knows.
 */
export async function measureRedraw(stage: Stage): Promise<Row[]> {
  const { quick, rounds, log, builds } = stage;
  const sides = [];
  for (const build of builds) sides.push({ redraw: await drawnBy(stage, build), took: [] as number[] });
  const times = quick ? 1 : TIMES;
  // Code that has not been compiled yet takes several times as long.
  for (const { redraw } of sides) await repeat(redraw, times);
  for (let round = 0; round < rounds; round += 1) {
    for (const { redraw, took } of round % 2 === 0 ? sides : [...sides].reverse()) {
      const before = process.cpuUsage();
      await repeat(redraw, times);
      const { user, system } = process.cpuUsage(before);
      took.push((user + system) / 1_000 / times);
    }
    log(`redraw: round ${round + 1} of ${rounds}`);
  }
  const [own, other] = sides;
  return [
    rowOf({
      measurement: 'a redraw of a failed change with its tests, jobs and tickets: processor time',
      unit: 'ms',
      product: own?.took ?? [],
      against: other && { what: builds[1]?.name ?? '', values: other.took },
      target: atMost('value', 5),
    }),
  ];
}

async function repeat(work: () => Promise<unknown>, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await work();
}

/** How a build redraws the card, on a database of its own. */
async function drawnBy(stage: Stage, build: Build): Promise<() => Promise<string>> {
  const { pool } = await stage.database(build);
  const id = await saveFailed(pool);
  const { cardModel, cardMessage } = await viewsOf(build);
  const none = async () => null;
  return async () => {
    const card = await cardModel(pool, id, () => SHOWN, none, none);
    if (!card) throw new Error('there is no card');
    return createHash('sha256')
      .update(JSON.stringify(cardMessage(card)))
      .digest('hex');
  };
}

/** Saves as much of the change as this schema has columns for. Resolves to its id. */
async function saveFailed(pool: Pool): Promise<number> {
  const change = failedChange();
  await pool.query("insert into services (name) values ('shop')");
  const columns = await pool.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = current_schema() and table_name = 'changes' and column_name = any($1)`,
    [Object.keys(change)],
  );
  const names = columns.rows.map(({ name }) => name).join(', ');
  const { rows } = await pool.query<{ id: number }>(
    `insert into changes (${names}) select ${names} from jsonb_populate_record(null::changes, $1) returning id`,
    [change],
  );
  return Number(rows[0]?.id);
}

/** What reads and draws a card in a build. The signatures have grown in ways that an older one does not mind. */
async function viewsOf({ root }: Build): Promise<Pick<typeof own, 'cardModel' | 'cardMessage'>> {
  if (root === null) return own;
  const part = (name: string) => import(pathToFileURL(programOf(name, root)).href);
  return { ...(await part('src/slack/card-model')), ...(await part('src/slack/views/card')) };
}
