import type { Build } from './against.js';
import { type OnePress, pressOnce } from './asking.js';
import { atMost, median, quantile, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';
import { openWire } from './wire.js';

type Round = readonly OnePress[];

/** From the press to the request that starts the run; the product is idle, and Slack and GitHub answer at once. */
export async function measureDispatch(stage: Stage): Promise<Row[]> {
  const { quick, rounds, log, builds } = stage;
  const sides = [];
  for (const build of builds) {
    const database = await stage.database(build);
    sides.push({ database, product: await stage.product(database, {}, build), rounds: [] as Round[] });
  }
  // The first few are slower: code that has not run yet, connections that are not open yet.
  for (const { product, database } of sides) {
    for (let press = 0; press < (quick ? 0 : 5); press += 1) await pressOnce(stage, product, database);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
      const presses: OnePress[] = [];
      for (let press = 0; press < (quick ? 1 : 8); press += 1) {
        presses.push(await pressOnce(stage, side.product, side.database));
      }
      side.rounds.push(presses);
    }
    log(`dispatch: round ${round + 1} of ${rounds}`);
  }
  await Promise.all(sides.map(({ product }) => product.stop()));
  const statements: number[][] = [];
  for (const build of builds) statements.push(await countStatements(stage, build));

  const [own = [], other] = sides.map((side) => side.rounds);
  const row = (measurement: string, of: (round: Round) => number, target?: Row['target']): Row =>
    rowOf({
      measurement,
      unit: 'ms',
      product: own.map(of),
      against: other && { what: builds[1]?.name ?? '', values: other.map(of) },
      target: target ?? undefined,
    });
  const dispatched = (round: Round) => round.map((one) => one.dispatched);
  return [
    row('idle: press answered, p50', (round) => median(round.map((one) => one.answered))),
    row(
      'idle: press to dispatch request at GitHub, p50',
      (round) => median(dispatched(round)),
      other ? atMost('ratio', 0.5) : atMost('value', 25),
    ),
    row('idle: press to dispatch request at GitHub, slowest', (round) => quantile(dispatched(round), 1)),
    rowOf({
      measurement: 'idle: press to dispatch request at GitHub, SQL statements',
      unit: '',
      product: [median(statements[0] ?? [])],
      against: statements[1] && { what: builds[1]?.name ?? '', values: [median(statements[1])] },
    }),
  ];
}

/** The statements of some presses each, counted on their way, which takes time: these presses are not timed. */
async function countStatements(stage: Stage, build: Build): Promise<number[]> {
  const database = await stage.database(build);
  const wire = await openWire(database.url);
  try {
    const product = await stage.product(wire, {}, build);
    const counts: number[] = [];
    for (let press = 0; press < (stage.quick ? 1 : 9); press += 1) {
      counts.push((await pressOnce(stage, product, database, wire.statements)).statements);
    }
    await product.stop();
    return counts;
  } finally {
    await wire.stop();
  }
}
