import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';
import { discard } from './until.js';
import { deliveryOf } from './webhook.js';

const WEBHOOKS = 100_000;
const AT_A_TIME = 10_000;

/** Resident memory of five idle processes, then of one of them after 100,000 deliveries. */
export async function measureMemory(stage: Stage): Promise<Row[]> {
  const { quick, log } = stage;
  const settle = () => sleep(quick ? 500 : 10_000);
  const database = await stage.database();
  const [product, ...others] = await Promise.all(Array.from({ length: quick ? 1 : 5 }, () => stage.product(database)));
  if (!product) throw new Error('no product was started');
  await settle();
  const own = await product.residentMb();
  const idle = [own, ...(await Promise.all(others.map((one) => one.residentMb())))];
  await Promise.all(others.map((one) => one.stop()));

  stage.sendTo(product);
  const requests = await deliveryOf(stage, database);
  const most = quick ? 100 : AT_A_TIME;
  const total = quick ? most : WEBHOOKS;
  for (let sent = 0; sent < total; ) {
    const result = await stage.load({
      origin: product.url,
      requests,
      concurrency: 16,
      most,
      forMs: 120_000,
      warmUp: 0,
    });
    sent += result.sent;
    log(`memory: ${sent} of ${total} deliveries, ${Math.round(await product.residentMb())} MB`);
  }
  await discard(database);
  await settle();
  const after = await product.residentMb();
  await product.stop();
  return [
    rowOf({ measurement: 'resident memory, idle', unit: 'MB', product: idle, target: atMost('value', 120) }),
    rowOf({
      measurement: `resident memory, after ${total.toLocaleString('en')} webhooks`,
      unit: 'MB',
      product: [after],
      against: { what: 'the same process before', values: [own] },
      target: atMost('ratio', 1.1),
    }),
  ];
}
