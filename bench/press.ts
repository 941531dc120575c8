import { pressKind } from './asking.js';
import { passChange, postedCard } from './changes.js';
import { atLeast, atMost, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';
import { aheadRows, CONCURRENCIES, contestantsOf, takeTurns, turnRow } from './turns.js';
import { untilIdle } from './until.js';

const WHAT = 'Bolt + INSERT';

/**
 * Presses on Deploy of a card whose deployment is under way: each is saved, answered and handled (looked up, decided,
 * put on the ledger, told to the person) while the next ones come. The baselines and the peers only save it.
 */
export async function measurePress(stage: Stage): Promise<Row[]> {
  const { rounds, log } = stage;
  const database = await stage.database();
  const product = await stage.product(database);
  const acks = await stage.baseline('bolt', database);
  const inserts = await stage.baseline('bolt-insert', database);
  const peers = await stage.peers(['chat-sdk-before', 'chat-sdk-after'], database);
  const change = await passChange(stage, database);
  const requests = pressKind(stage, { key: change.key, ts: await postedCard(database, change.sha) });
  const bursts: number[] = [];

  const measured = await takeTurns(
    stage,
    database,
    requests,
    {
      product: { origin: product.url, leaves: 'work' },
      acks: { origin: acks.origin, leaves: 'nothing' },
      inserts: { origin: inserts.origin, leaves: 'row' },
      ...contestantsOf(peers),
    },
    async (round) => {
      bursts.push(await burst());
      log(`press: round ${round + 1} of ${rounds}`);
    },
  );
  await Promise.all([product, acks, inserts, ...peers].map((one) => one.stop()));

  /** 64 people at once: milliseconds until the last of them is told the result. */
  async function burst(): Promise<number> {
    const began = performance.now();
    const how = { concurrency: 64, most: 64, forMs: 10_000, warmUp: 0 };
    await stage.load({ origin: product.url, requests, ...how });
    await untilIdle(database);
    return performance.now() - began;
  }

  const answered = CONCURRENCIES.flatMap((concurrency) => {
    const what = `press answered, ${concurrency} at once`;
    const own = measured('product', concurrency);
    const against = { what: WHAT, results: measured('inserts', concurrency) };
    const floor = measured('acks', concurrency);
    return [
      turnRow(what, 'p50', own, against, { floor, target: atMost('ratio', 1.5) }),
      turnRow(what, 'p99', own, against, { floor, target: atMost('ratio', 2) }),
      turnRow(what, 'perSecond', own, against, {
        floor,
        target: concurrency >= 16 ? atLeast('ratio', 1) : undefined,
      }),
      ...aheadRows(what, own, peers, (name) => measured(name, concurrency)),
    ];
  });
  const told = '64 people press at once: all were answered, decided and told';
  return [...answered, rowOf({ measurement: told, unit: 'ms', product: bursts })];
}
