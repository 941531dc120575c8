import { passChange } from './changes.js';
import type { Database } from './database.js';
import type { LoadResult } from './load-client.js';
import type { RequestKind } from './payloads.js';
import { atLeast, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';
import { SECRETS } from './team.js';
import { discard } from './until.js';

const CONCURRENCIES = [1, 16, 64];
const WHAT = '@octokit/webhooks + INSERT';

/** A delivery about a known staging run, as the stand-in made it, each time with its own GUID. */
export async function deliveryOf(stage: Stage, database: Database): Promise<RequestKind> {
  await passChange(stage, database);
  const made = stage.github.deliveries.findLast((one) => one.event === 'workflow_run' && one.action === 'completed');
  if (!made) throw new Error('the stand-in has delivered no workflow_run');
  return {
    kind: 'webhook',
    path: '/github/webhooks',
    secret: SECRETS.webhookSecret,
    event: 'workflow_run',
    bodies: [made.body],
  };
}

/** Deliveries accepted: verified, parsed and committed before the answer, on both sides. */
export async function measureWebhook(stage: Stage): Promise<Row[]> {
  const { quick, rounds, log } = stage;
  const database = await stage.database();
  const product = await stage.product(database);
  const baseline = await stage.baseline('octokit-insert', database);
  const requests = await deliveryOf(stage, database);
  const results = CONCURRENCIES.map((concurrency) => ({
    concurrency,
    own: [] as LoadResult[],
    other: [] as LoadResult[],
  }));

  for (const own of [true, false]) await turn(own, 16, quick ? 1 : 2_000);
  for (let round = 0; round < rounds; round += 1) {
    for (const { concurrency, own, other } of results) {
      for (const first of round % 2 === 0 ? [true, false] : [false, true]) {
        (first ? own : other).push(await turn(first, concurrency, quick ? concurrency : 20_000));
      }
    }
    log(`webhook: round ${round + 1} of ${rounds}`);
  }
  await Promise.all([product.stop(), baseline.stop()]);

  async function turn(own: boolean, concurrency: number, most: number): Promise<LoadResult> {
    const origin = own ? product.url : baseline.origin;
    const warmUp = quick ? 1 : concurrency * 10;
    const result = await stage.load({ origin, requests, concurrency, most, forMs: 1_500, warmUp });
    if (own) await discard(database);
    return result;
  }

  return results.map(({ concurrency, own, other }) =>
    rowOf({
      measurement: `webhook accepted, ${concurrency} at once: throughput`,
      unit: '/s',
      product: own.map((one) => one.perSecond),
      against: { what: WHAT, values: other.map((one) => one.perSecond) },
      target: atLeast('ratio', 0.9),
    }),
  );
}
