import path from 'node:path';
import { startLocalPostgres } from '../src/db/local-postgres.js';
import { atMost, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';

/** From the start of the process until /readyz answers 200, on a database that already has its tables. */
export async function measureStart(stage: Stage): Promise<Row[]> {
  const { rounds, log, folder } = stage;
  const database = await stage.database();
  const embedded = path.join(folder, 'embedded');
  const onServer: number[] = [];
  const onEmbedded: number[] = [];
  const bolt: number[] = [];
  const once = async (where: Parameters<Stage['product']>[0]): Promise<number> => {
    const product = await stage.product(where);
    await product.stop();
    return product.readyMs;
  };
  // The database server keeps running when the bot stops; stopped here, its next start is a warm one.
  const endEmbedded = async () => (await startLocalPostgres(path.join(embedded, 'postgres'))).stop();
  try {
    await once({ folder: embedded });
    await once(database);
    for (let round = 0; round < rounds; round += 1) {
      await endEmbedded();
      onEmbedded.push(await once({ folder: embedded }));
      onServer.push(await once(database));
      const began = performance.now();
      const baseline = await stage.baseline('bolt', database);
      bolt.push(performance.now() - began);
      await baseline.stop();
      log(`start: round ${round + 1} of ${rounds}`);
    }
  } finally {
    await endEmbedded();
  }
  return [
    rowOf({
      measurement: 'start to ready on PostgreSQL',
      unit: 'ms',
      product: onServer,
      floor: bolt,
      target: atMost('value', 1_000),
    }),
    rowOf({
      measurement: 'start to ready, embedded database, warm',
      unit: 'ms',
      product: onEmbedded,
      floor: bolt,
      target: atMost('value', 2_000),
    }),
  ];
}
