import type { Build } from './against.js';
import { pressKind } from './asking.js';
import { passChange, postedCard } from './changes.js';
import type { Database } from './database.js';
import type { RequestKind } from './payloads.js';
import type { Product } from './product.js';
import { atMost, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';
import { untilIdle } from './until.js';

const replicasOf = ({ quick }: Stage): readonly number[] => (quick ? [1, 2] : [1, 2, 4]);
/** Far below what one replica sustains, so that the same work is done whatever their number. */
const RATE = 200;
const FOR_MS = 5_000;
/** Code that has not been compiled yet takes several times as long. */
const WARM_UP = 500;

/** What a press costs when its work is spread over several replicas on one database. */
export async function measureReplicas(stage: Stage): Promise<Row[]> {
  const { rounds, log, builds } = stage;
  const counts = replicasOf(stage);
  const sides = [];
  for (const build of builds) {
    const database = await stage.database(build);
    const first = await stage.product(database, {}, build);
    const { sha, key } = await passChange(stage, database);
    const requests = pressKind(stage, { key, ts: await postedCard(database, sha) });
    await first.stop();
    sides.push({ build, database, requests, perPress: counts.map(() => [] as number[]) });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
      const costs = await roundOf(stage, side.build, side.database, side.requests);
      for (const [n, cost] of costs.entries()) side.perPress[n]?.push(cost);
    }
    log(`replicas: round ${round + 1} of ${rounds}`);
  }
  const [own, other] = sides;
  const row = (n: number, against: { what: string; values: readonly number[] } | undefined, most?: number): Row =>
    rowOf({
      measurement: `processor time per handled press, ${counts[n]} replica${n === 0 ? '' : 's'}`,
      unit: 'ms',
      product: own?.perPress[n] ?? [],
      against,
      target: most === undefined ? undefined : atMost('ratio', most),
    });
  return counts.flatMap((_, n) => [
    ...(n === 0 ? [] : [row(n, { what: 'one replica', values: own?.perPress[0] ?? [] }, 1.1)]),
    ...(n === 0 || other ? [row(n, other && { what: other.build.name, values: other.perPress[n] ?? [] })] : []),
  ]);
}

/** Milliseconds of processor time per press, with one replica, then two, then four. */
async function roundOf(stage: Stage, build: Build, database: Database, requests: RequestKind): Promise<number[]> {
  const { quick } = stage;
  const replicas: Product[] = [];
  const costs: number[] = [];
  const rate = quick ? 20 : RATE;
  const press = async (most: number): Promise<number> => {
    const order = { requests, concurrency: 16, most, rate, forMs: 60_000, warmUp: 0 };
    const { bad } = await stage.load({ origin: replicas.map(({ url }) => url), ...order });
    await untilIdle(database);
    return bad;
  };
  const used = async () =>
    (await Promise.all(replicas.map((one) => one.processorMs()))).reduce((sum, ms) => sum + ms, 0);
  for (const count of replicasOf(stage)) {
    while (replicas.length < count) replicas.push(await stage.product(database, {}, build));
    // A replica that has just started may be too slow for a press; that says nothing of what is measured.
    await press(quick ? 4 : WARM_UP * count);
    const most = quick ? 20 : (RATE * FOR_MS) / 1_000;
    const before = await used();
    const bad = await press(most);
    if (bad > 0) throw new Error(`${bad} of ${most} presses to ${count} replicas were not answered 2xx`);
    costs.push(((await used()) - before) / most);
  }
  await Promise.all(replicas.map((one) => one.stop()));
  return costs;
}
