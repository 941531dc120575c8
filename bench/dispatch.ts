import { pressOnce } from './asking.js';
import { atMost, median, quantile, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';

/** From the press to the request that starts the run; the product is idle, and Slack and GitHub answer at once. */
export async function measureDispatch(stage: Stage): Promise<Row[]> {
  const { quick, rounds, log } = stage;
  const database = await stage.database();
  const product = await stage.product(database);
  const middle: number[] = [];
  const slowest: number[] = [];
  const answered: number[] = [];
  // The first few are slower: code that has not run yet, connections that are not open yet.
  for (let press = 0; press < (quick ? 0 : 5); press += 1) await pressOnce(stage, product, database);
  for (let round = 0; round < rounds; round += 1) {
    const presses = [];
    for (let press = 0; press < (quick ? 1 : 8); press += 1) presses.push(await pressOnce(stage, product, database));
    middle.push(median(presses.map((one) => one.dispatched)));
    slowest.push(
      quantile(
        presses.map((one) => one.dispatched),
        1,
      ),
    );
    answered.push(median(presses.map((one) => one.answered)));
    log(`dispatch: round ${round + 1} of ${rounds}`);
  }
  await product.stop();
  return [
    rowOf({ measurement: 'idle: press answered, p50', unit: 'ms', product: answered }),
    rowOf({
      measurement: 'idle: press to dispatch request at GitHub, p50',
      unit: 'ms',
      product: middle,
      target: atMost('value', 25),
    }),
    rowOf({ measurement: 'idle: press to dispatch request at GitHub, slowest', unit: 'ms', product: slowest }),
  ];
}
