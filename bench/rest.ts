import { setTimeout as sleep } from 'node:timers/promises';
import type { Build } from './against.js';
import { pressKind } from './asking.js';
import { passChange, postedCard } from './changes.js';
import { connectionsTo, type Database } from './database.js';
import { companyOf } from './many.js';
import type { Product } from './product.js';
import { atMost, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';
import { discard } from './until.js';
import { openWire, type Wire } from './wire.js';

/** After a start: the first poll is over, and what it brought is worked off. */
const CALM_MS = 60_000;
/** Whole rounds of the poll, so that its statements are spread as they are in a day. */
const COUNTED_MS = 60_000;
/** As in a config that says nothing of it. */
const POLL = '60s';
const LOOK_MS = 100;
/** Presses a second, and for how long. */
const RATE = 500;
const SECONDS = 5;

interface AtRest {
  readonly build: Build;
  readonly services: number;
  readonly product: Product;
  readonly database: Database;
  readonly wire: Wire;
}

/** What one replica asks of the database while nobody does anything, with one service and with a thousand. */
export async function measureRest(stage: Stage): Promise<Row[]> {
  const { quick, log, builds } = stage;
  const sizes = [1, quick ? 20 : 1_000];
  const sides: AtRest[] = [];
  for (const build of builds) {
    for (const services of sizes) {
      const { settings } = await companyOf(stage, services, POLL);
      const database = await stage.database(build);
      const wire = await openWire(database.url);
      const product = await stage.product(wire, settings, build);
      sides.push({ build, services, product, database, wire });
    }
  }
  try {
    await sleep(quick ? 200 : CALM_MS);
    const before = sides.map(({ wire }) => wire.statements());
    const began = performance.now();
    await sleep(quick ? 1_500 : COUNTED_MS);
    const seconds = (performance.now() - began) / 1_000;
    const perSecond = sides.map(({ wire }, n) => (wire.statements() - (before[n] ?? 0)) / seconds);
    for (const [n, { build, services }] of sides.entries()) {
      log(`rest: ${build.name}, ${services} services: ${perSecond[n]?.toFixed(1)} statements a second`);
    }
    const connections: { rest: number; most: number }[] = [];
    for (const side of sides.filter(({ services }) => services === 1)) {
      const rest = await connectionsTo(side.database);
      connections.push({ rest, most: await mostUnderLoad(stage, side) });
    }
    const [own, other] = connections;
    const row = (measurement: string, unit: Row['unit'], values: readonly (number | undefined)[], most: number): Row =>
      rowOf({
        measurement,
        unit,
        product: [values[0] ?? Number.NaN],
        against: values[1] === undefined ? undefined : { what: builds[1]?.name ?? '', values: [values[1]] },
        target: atMost('value', most),
      });
    return [
      row('at rest, 1 service: SQL statements a second', '/s', [perSecond[0], perSecond[2]], 4),
      row(
        `at rest, ${sizes[1]?.toLocaleString('en')} services: SQL statements a second`,
        '/s',
        [perSecond[1], perSecond[3]],
        6,
      ),
      row('connections to PostgreSQL of one replica, at rest', '', [own?.rest, other?.rest], 10),
      row('connections to PostgreSQL of one replica, most under presses', '', [own?.most, other?.most], 10),
    ];
  } finally {
    await Promise.all(sides.map(({ product }) => product.stop()));
    await Promise.all(sides.map(({ wire }) => wire.stop()));
  }
}

/** Presses arrive over 64 connections for some seconds, as fast as one replica handles them or faster. */
async function mostUnderLoad(stage: Stage, { product, database }: AtRest): Promise<number> {
  const { quick } = stage;
  stage.sendTo(product);
  const { sha, key } = await passChange(stage, database);
  const requests = pressKind(stage, { key, ts: await postedCard(database, sha) });
  const rate = quick ? 10 : RATE;
  const order = { origin: product.url, requests, concurrency: quick ? 4 : 64, rate, warmUp: 0 };
  let going = true;
  async function look(): Promise<number> {
    let most = 0;
    for (; going; await sleep(LOOK_MS)) most = Math.max(most, await connectionsTo(database));
    return most;
  }
  const press = stage.load({ ...order, most: quick ? 10 : RATE * SECONDS, forMs: 60_000 }).finally(() => {
    going = false;
  });
  // More presses than can be answered are welcome here.
  const [most] = await Promise.all([look(), press]);
  await discard(database);
  return most;
}
