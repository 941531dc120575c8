import { setTimeout as sleep } from 'node:timers/promises';
import type { Build } from './against.js';
import type { Database } from './database.js';
import { companyOf } from './many.js';
import type { Product } from './product.js';
import { atMost, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';
import { discard } from './until.js';
import { deliveryOf } from './webhook.js';

const WEBHOOKS = 100_000;
const AT_A_TIME = 10_000;

interface Resident {
  /** Of each idle process, in MB. */
  readonly idle: readonly number[];
  /** One of them, before and after the deliveries. */
  readonly before: number;
  readonly after: number;
  /** A process with many services, after as many deliveries. */
  readonly many: number;
}

/** Resident memory of five idle processes, then of one of them after 100,000 deliveries, then the same with 1,000 services. */
export async function measureMemory(stage: Stage): Promise<Row[]> {
  const { quick, builds } = stage;
  const total = quick ? 100 : WEBHOOKS;
  const services = quick ? 20 : 1_000;
  const sides: Resident[] = [];
  for (const build of builds) sides.push(await residentOf(stage, build, total, services));
  const [own, other] = sides as [Resident, Resident?];
  const name = builds[1]?.name ?? '';
  const than = (of: (side: Resident) => readonly number[]) => other && { what: name, values: of(other) };
  const deliveries = total.toLocaleString('en');
  return [
    rowOf({
      measurement: 'resident memory, idle',
      unit: 'MB',
      product: own.idle,
      against: than((side) => side.idle),
      target: atMost('value', 90),
    }),
    rowOf({
      measurement: `resident memory, after ${deliveries} webhooks`,
      unit: 'MB',
      product: [own.after],
      against: { what: 'the same process before', values: [own.before] },
      target: atMost('ratio', 1.1),
    }),
    rowOf({
      measurement: `resident memory, ${services.toLocaleString('en')} services, after ${deliveries} webhooks`,
      unit: 'MB',
      product: [own.many],
      against: than((side) => [side.many]),
      target: atMost('value', 160),
    }),
  ];
}

async function residentOf(stage: Stage, build: Build, total: number, services: number): Promise<Resident> {
  const { quick } = stage;
  const settle = () => sleep(quick ? 500 : 10_000);
  const database = await stage.database(build);
  const started = Array.from({ length: quick ? 1 : 5 }, () => stage.product(database, {}, build));
  const [product, ...others] = await Promise.all(started);
  if (!product) throw new Error('no product was started');
  await settle();
  const before = await product.residentMb();
  const idle = [before, ...(await Promise.all(others.map((one) => one.residentMb())))];
  await Promise.all(others.map((one) => one.stop()));
  await deliver(stage, product, database, total);
  await settle();
  const after = await product.residentMb();
  await product.stop();

  const large = await stage.database(build);
  const { settings } = await companyOf(stage, services);
  const one = await stage.product(large, settings, build);
  await deliver(stage, one, large, total);
  await settle();
  const many = await one.residentMb();
  await one.stop();
  return { idle, before, after, many };
}

async function deliver(stage: Stage, product: Product, database: Database, total: number): Promise<void> {
  stage.sendTo(product);
  const requests = await deliveryOf(stage, database);
  const order = { origin: product.url, requests, concurrency: 16, forMs: 120_000, warmUp: 0 };
  for (let sent = 0; sent < total; ) {
    sent += (await stage.load({ ...order, most: Math.min(AT_A_TIME, total) })).sent;
    stage.log(`memory: ${sent} of ${total} deliveries, ${Math.round(await product.residentMb())} MB`);
  }
  await discard(database);
}
