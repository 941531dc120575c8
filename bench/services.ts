import type { Build } from './against.js';
import { askOnce, openHomeOnce } from './asking.js';
import { companyOf } from './many.js';
import type { Product } from './product.js';
import { atMost, median, type Row, rowOf } from './rows.js';
import { seed } from './seed.js';
import type { Stage } from './stage.js';

const FEW = 10;
/** Each service has deployed this often. */
const DEPLOYMENTS = 10;

interface Side {
  readonly build: Build;
  readonly many: boolean;
  readonly startOnce: () => Promise<Product>;
  readonly starts: number[];
  readonly status: number[];
  readonly home: number[];
}

/** The same questions, and the start, with ten services and with a thousand. */
export async function measureServices(stage: Stage): Promise<Row[]> {
  const { quick, rounds, log, builds } = stage;
  const count = quick ? 2 * FEW : 1_000;
  const sides: Side[] = [];
  for (const build of builds) {
    for (const many of [false, true]) {
      const { services, firstCommits, settings } = await companyOf(stage, many ? count : FEW);
      const database = await stage.database(build);
      await seed(database, services.length * DEPLOYMENTS, services, firstCommits);
      const startOnce = () => stage.product(database, settings, build);
      sides.push({ build, many, startOnce, starts: [], status: [], home: [] });
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
      const product = await side.startOnce();
      side.starts.push(product.readyMs);
      const times = quick ? 1 : 10;
      // The first are slower: code that has not run yet.
      for (let time = 0; time < (quick ? 0 : 3); time += 1) {
        await askOnce(stage, product, 'status');
        await openHomeOnce(stage, product);
      }
      const status: number[] = [];
      const home: number[] = [];
      for (let time = 0; time < times; time += 1) {
        status.push(await askOnce(stage, product, 'status'));
        home.push(await openHomeOnce(stage, product));
      }
      side.status.push(median(status));
      side.home.push(median(home));
      await product.stop();
    }
    log(`services: round ${round + 1} of ${rounds}`);
  }

  const [fewOwn, own, , other] = sides as [Side, Side, Side?, Side?];
  const name = `with ${count.toLocaleString('en')} services`;
  const compared = (what: string, of: 'status' | 'home'): Row[] => [
    rowOf({
      measurement: `${name}: ${what}`,
      unit: 'ms',
      product: own[of],
      against: { what: `the same with ${FEW}`, values: fewOwn[of] },
      target: atMost('ratio', 1.5),
    }),
    ...(other
      ? [
          rowOf({
            measurement: `${name}: ${what}`,
            unit: 'ms',
            product: own[of],
            against: { what: other.build.name, values: other[of] },
          }),
        ]
      : []),
  ];
  return [
    rowOf({
      measurement: `${name}: start to ready`,
      unit: 'ms',
      product: own.starts,
      against: other && { what: other.build.name, values: other.starts },
      target: atMost('value', 2_000),
    }),
    ...compared('/release status answered, p50', 'status'),
    ...compared('Home tab drawn, p50', 'home'),
  ];
}
