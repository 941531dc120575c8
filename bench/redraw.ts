import { createHash } from 'node:crypto';
import type { TestFailure, TestReport } from '../src/core/change/change.js';
import { cardModel, type ShownService } from '../src/slack/card-model.js';
import { cardMessage } from '../src/slack/views/card.js';
import { atMost, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';

const TIMES = 200;
const SHA = '6df976f7c0db15d9c738549ea82b6a2f8d5b1c33';

const SHOWN: ShownService = {
  ...{ name: 'shop', repository: 'acme/shop', deployers: ['U0ALICE'], approvers: ['U0ALICE'], fourEyes: true },
  ...{ escalate: [], timezone: 'Europe/Berlin', mode: 'button', holdMs: 600_000, timeoutMs: 1_800_000, freezes: [] },
  notify: {
    ...{ stagingFailed: 'mention', approvalNeeded: 'mention', productionFailed: 'mention' },
    ...{ live: 'thread', steps: 'thread' },
  },
  ...{ cards: 'every', stages: [] },
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

/**
 * The processor time of one redraw of the fullest card: a change that failed staging, with its jobs, tests and tickets, read
 * from the database, drawn and compared with what Slack has.
 */
export async function measureRedraw(stage: Stage): Promise<Row[]> {
  const { quick, rounds, log } = stage;
  const { pool } = await stage.database();
  await pool.query("insert into services (name) values ('shop')");
  const jobs = Array.from({ length: 12 }, (_, n) => ({
    ...{ name: `test ${n}`, status: 'completed', conclusion: 'failure', url: 'https://github.com/acme/shop' },
    failedSteps: ['Run the tests', 'Upload the report'],
  }));
  const tickets = Array.from({ length: 10 }, (_, n) => ({
    id: `SHOP-${n}`,
    url: `https://acme.test/browse/SHOP-${n}`,
  }));
  const { rows } = await pool.query<{ id: number }>(
    `insert into changes (service, sha, run_number, staging_status, staging_run_id, staging_attempt, staging_conclusion,
       staging_url, staging_started_at, staging_finished_at, staging_usual_ms, title, author, staging_jobs, tests, tickets)
     values ('shop', $1, 1, 'failed', 1, 1, 'failure', 'https://github.com/acme/shop/actions/runs/1',
       now() - interval '30 minutes', now(), 480000, 'Round prices to five cents', 'octocat', $2, $3, $4) returning id`,
    [SHA, JSON.stringify(jobs), JSON.stringify(TESTS), JSON.stringify(tickets)],
  );
  const id = Number(rows[0]?.id);
  const none = async () => null;
  const redraw = async (): Promise<string> => {
    const card = await cardModel(pool, id, () => SHOWN, none, none);
    if (!card) throw new Error('there is no card');
    return createHash('sha256')
      .update(JSON.stringify(cardMessage(card)))
      .digest('hex');
  };
  const took: number[] = [];
  for (let time = 0; time < (quick ? 1 : 50); time += 1) await redraw();
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    for (let time = 0; time < (quick ? 1 : TIMES); time += 1) await redraw();
    const { user, system } = process.cpuUsage(before);
    took.push((user + system) / 1_000 / (quick ? 1 : TIMES));
    log(`redraw: round ${round + 1} of ${rounds}`);
  }
  return [
    rowOf({
      measurement: 'a redraw of a failed change with its tests, jobs and tickets: processor time',
      unit: 'ms',
      product: took,
      target: atMost('value', 5),
    }),
  ];
}
