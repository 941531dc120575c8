import pg from 'pg';
import { partsOf, periodOf } from '../src/core/measures.js';
import { digestOf } from '../src/db/digest-of.js';
import { shutByPeople } from '../src/db/gates.js';
import { ledgerHead } from '../src/db/ledger.js';
import { measured } from '../src/db/measured.js';
import { deploymentFrequency } from '../src/db/measures.js';
import { namesOf } from '../src/db/people.js';
import type { Queryable } from '../src/db/pool.js';
import { askOnce, pressOnce } from './asking.js';
import type { Database } from './database.js';
import type { Product } from './product.js';
import { atMost, median, type Row, rowOf } from './rows.js';
import { seed } from './seed.js';
import type { Stage } from './stage.js';
import { DEPLOYERS, SERVICES } from './team.js';

const SIZES = { few: 1_000, many: 1_000_000 };
const QUICK = { few: 100, many: 1_000 };
/** What `/release digest` covers. */
const DIGEST_DAYS = 7;

interface Side {
  readonly product: Product;
  readonly database: Database;
}

/** The same work with a short and a long history, in turn. */
export async function measureHistory(stage: Stage): Promise<Row[]> {
  const { quick, rounds, log } = stage;
  const sizes = quick ? QUICK : SIZES;
  const sideOf = async (count: number): Promise<Side> => {
    const database = await stage.database();
    const began = performance.now();
    await seed(database, count, SERVICES, stage.firstCommits);
    log(`history: ${count} deployments seeded in ${Math.round((performance.now() - began) / 1_000)} s`);
    return { product: await stage.product(database), database };
  };
  const few = await sideOf(sizes.few);
  const many = await sideOf(sizes.many);
  const bare = new pg.Pool({ connectionString: many.database.url, max: 10 });
  const statements = await digestStatements(many.database);
  const press =
    ({ product, database }: Side) =>
    async () =>
      (await pressOnce(stage, product, database)).dispatched;
  const status =
    ({ product }: Side) =>
    () =>
      askOnce(stage, product, 'status');
  const digest =
    ({ product }: Side) =>
    () =>
      askOnce(stage, product, 'digest');
  const work = [
    { of: press(few), times: 4, took: [] as number[] },
    { of: press(many), times: 4, took: [] as number[] },
    { of: status(few), times: 15, took: [] as number[] },
    { of: status(many), times: 15, took: [] as number[] },
    { of: digest(few), times: 15, took: [] as number[] },
    { of: digest(many), times: 15, took: [] as number[] },
    { of: () => timed(bare, statements), times: 15, took: [] as number[] },
  ];
  for (const { of } of work) for (let time = 0; time < (quick ? 0 : 3); time += 1) await of();
  for (let round = 0; round < rounds; round += 1) {
    for (const { of, times, took } of round % 2 === 0 ? work : [...work].reverse()) {
      const each: number[] = [];
      for (let time = 0; time < (quick ? 1 : times); time += 1) each.push(await of());
      took.push(median(each));
    }
    log(`history: round ${round + 1} of ${rounds}`);
  }
  await bare.end();
  await Promise.all([few.product.stop(), many.product.stop()]);

  const [pressFew, pressMany, statusFew, statusMany, digestFew, digestMany, sql] = work.map((one) => one.took);
  const than = (values: number[] | undefined) => ({
    what: `the same with ${sizes.few.toLocaleString('en')}`,
    values: values ?? [],
  });
  const withMany = `with ${sizes.many.toLocaleString('en')} deployments`;
  return [
    rowOf({
      measurement: `${withMany}: press to dispatch request at GitHub, p50`,
      unit: 'ms',
      product: pressMany ?? [],
      against: than(pressFew),
      target: atMost('ratio', 1.2),
    }),
    rowOf({
      measurement: `${withMany}: /release status answered, p50`,
      unit: 'ms',
      product: statusMany ?? [],
      against: than(statusFew),
      target: atMost('ratio', 1.2),
    }),
    rowOf({
      measurement: `${withMany}: /release digest answered, p50`,
      unit: 'ms',
      product: digestMany ?? [],
      against: { what: 'its SQL alone', values: sql ?? [] },
      target: atMost('ratio', 2),
    }),
    rowOf({
      measurement: `${withMany}: /release digest answered, p50`,
      unit: 'ms',
      product: digestMany ?? [],
      against: than(digestFew),
    }),
  ];
}

type Statement = Parameters<Queryable['query']>;

/** The statements of a digest: what happened, the measures beside it, and what follows, each in order on one connection. */
async function digestStatements({ pool }: Database): Promise<Statement[][]> {
  const until = new Date();
  const recorded = async (work: (db: Queryable) => Promise<unknown>): Promise<Statement[]> => {
    const seen: Statement[] = [];
    const query: Queryable['query'] = (text, values) => {
      seen.push([text, values]);
      return pool.query(text as string, values);
    };
    await work({ query });
    return seen;
  };
  const period = periodOf(DIGEST_DAYS, until, 'UTC');
  return Promise.all([
    recorded((db) => digestOf(db, SERVICES, period.now.since, until, 1)),
    recorded((db) => measured(db, SERVICES, [period], 1)),
    recorded(async (db) => [
      await shutByPeople(db, SERVICES),
      await deploymentFrequency(db, SERVICES, partsOf(period, 'UTC')),
      await ledgerHead(db),
      await namesOf(db, DEPLOYERS),
    ]),
  ]);
}

async function timed(pool: pg.Pool, statements: readonly Statement[][]): Promise<number> {
  const began = performance.now();
  const one = async (list: readonly Statement[]) => {
    for (const [text, values] of list) await pool.query(text as string, values);
  };
  await Promise.all(statements.slice(0, -1).map(one));
  await one(statements.at(-1) ?? []);
  return performance.now() - began;
}
