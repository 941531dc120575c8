import { pressKind } from './asking.js';
import { passChange, postedCard } from './changes.js';
import type { LoadResult } from './load-client.js';
import { atLeast, atMost, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';
import { discard, untilIdle } from './until.js';

const CONCURRENCIES = [1, 16, 64];
const WHAT = 'Bolt + INSERT';

/**
 * Presses on Deploy of a card whose deployment is under way: each is saved, answered and handled (looked up, decided,
 * put on the ledger, told to the person) while the next ones come. The baselines do nothing after their answer.
 */
export async function measurePress(stage: Stage): Promise<Row[]> {
  const { quick, rounds, log } = stage;
  const database = await stage.database();
  const product = await stage.product(database);
  const acks = await stage.baseline('bolt', database);
  const inserts = await stage.baseline('bolt-insert', database);
  const change = await passChange(stage, database);
  const requests = pressKind(stage, { key: change.key, ts: await postedCard(database, change.sha) });
  const origins = { product: product.url, acks: acks.origin, inserts: inserts.origin };
  const all = ['product', 'acks', 'inserts'] as const;
  type Of = Record<(typeof all)[number], LoadResult[]>;
  const results = new Map<number, Of>(CONCURRENCIES.map((one) => [one, { product: [], acks: [], inserts: [] }]));

  const bursts: number[] = [];

  for (const name of all) await turn(name, 16, quick ? 1 : 2_000);
  for (let round = 0; round < rounds; round += 1) {
    for (const [concurrency, result] of results) {
      for (let place = 0; place < all.length; place += 1) {
        const name = all[(place + round) % all.length] as (typeof all)[number];
        result[name].push(await turn(name, concurrency, quick ? concurrency : 20_000));
      }
    }
    bursts.push(await burst());
    log(`press: round ${round + 1} of ${rounds}`);
  }
  await Promise.all([product.stop(), acks.stop(), inserts.stop()]);

  /** 64 people at once: milliseconds until the last of them is told the result. */
  async function burst(): Promise<number> {
    const began = performance.now();
    const how = { concurrency: 64, most: 64, forMs: 10_000, warmUp: 0 };
    await stage.load({ origin: product.url, requests, ...how });
    await untilIdle(database);
    return performance.now() - began;
  }

  async function turn(name: (typeof all)[number], concurrency: number, most: number): Promise<LoadResult> {
    const origin = origins[name];
    const warmUp = quick ? 1 : concurrency * 10;
    const result = await stage.load({ origin, requests, concurrency, most, forMs: 1_500, warmUp });
    if (name === 'product') await discard(database);
    return result;
  }

  const answered = [...results].flatMap(([concurrency, { product: own, acks: bare, inserts: insert }]) => {
    const line = (what: string, of: 'p50' | 'p99' | 'perSecond', target: Row['target']): Row => {
      const values = (from: LoadResult[]) => from.map((one) => one[of]);
      return rowOf({
        measurement: `press answered, ${concurrency} at once: ${what}`,
        unit: of === 'perSecond' ? '/s' : 'ms',
        product: values(own),
        against: { what: WHAT, values: values(insert) },
        floor: values(bare),
        target: target ?? undefined,
      });
    };
    return [
      line('p50', 'p50', atMost('ratio', 1.5)),
      line('p99', 'p99', atMost('ratio', 2)),
      line('throughput', 'perSecond', concurrency >= 16 ? atLeast('ratio', 1) : null),
    ];
  });
  const told = '64 people press at once: all were answered, decided and told';
  return [...answered, rowOf({ measurement: told, unit: 'ms', product: bursts })];
}
