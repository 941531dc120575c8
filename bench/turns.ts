import type { Database } from './database.js';
import type { LoadResult } from './load-client.js';
import type { RequestKind } from './payloads.js';
import { WHAT } from './peers/peers.js';
import { atLeast, atMost, type Row, rowOf, type Target } from './rows.js';
import type { Stage, StartedPeer } from './stage.js';
import { discard, until } from './until.js';

export const CONCURRENCIES = [1, 16, 64];

/** A program that takes the same requests as the others. */
export interface Contestant {
  readonly origin: string;
  /** What it leaves of a request: the product works it off, a baseline has a row of it or nothing. */
  readonly leaves: 'work' | 'row' | 'nothing';
}

/** What one of them measured, round by round. */
export type Turns = (name: string, concurrency: number) => readonly LoadResult[];

/**
 * Sends the same load to one program after the other, in an order that changes from round to round. A turn ends when the
 * program has nothing left to do: what the product has received is discarded, and each request to a baseline has its row.
 */
export async function takeTurns(
  stage: Stage,
  database: Database,
  requests: RequestKind,
  contestants: Readonly<Record<string, Contestant>>,
  afterRound: (round: number) => Promise<void> | void,
): Promise<Turns> {
  const { quick, rounds } = stage;
  const all = Object.entries(contestants).map(([name, one]) => ({ name, ...one }));
  const results = new Map<string, LoadResult[]>();
  const resultsOf = (name: string, concurrency: number): LoadResult[] => {
    const found = results.get(`${name} ${concurrency}`) ?? [];
    results.set(`${name} ${concurrency}`, found);
    return found;
  };

  for (const one of all) await turn(one, 16, quick ? 1 : 2_000);
  for (let round = 0; round < rounds; round += 1) {
    const order = all.map((_, place) => all[(place + round) % all.length] as (typeof all)[number]);
    for (const concurrency of CONCURRENCIES) {
      for (const one of order) {
        resultsOf(one.name, concurrency).push(await turn(one, concurrency, quick ? concurrency : 20_000));
      }
    }
    await afterRound(round);
  }
  return resultsOf;

  async function turn({ name, origin, leaves }: (typeof all)[number], concurrency: number, most: number) {
    const warmUp = quick ? 1 : concurrency * 10;
    const before = leaves === 'row' ? await savedRows(database) : 0;
    const result = await stage.load({ origin, requests, concurrency, most, forMs: 1_500, warmUp });
    if (leaves === 'work') await discard(database);
    if (leaves === 'row') {
      const sent = warmUp + result.sent;
      await until(`a row of each request to ${name}`, async () => (await savedRows(database)) === before + sent);
    }
    return result;
  }
}

async function savedRows({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from baseline');
  return rows[0]?.n ?? 0;
}

type Figure = 'p50' | 'p99' | 'perSecond';

/** A line of the table: one figure of the product beside the same of another program. */
export function turnRow(
  measurement: string,
  of: Figure,
  product: readonly LoadResult[],
  against: { readonly what: string; readonly results: readonly LoadResult[] },
  { floor, target }: { floor?: readonly LoadResult[]; target?: Target | undefined },
): Row {
  const values = (results: readonly LoadResult[]) => results.map((one) => one[of]);
  return rowOf({
    measurement: `${measurement}: ${of === 'perSecond' ? 'throughput' : of}`,
    unit: of === 'perSecond' ? '/s' : 'ms',
    product: values(product),
    against: { what: against.what, values: values(against.results) },
    floor: floor && values(floor),
    target,
  });
}

export const contestantsOf = (peers: readonly StartedPeer[]): Record<string, Contestant> =>
  Object.fromEntries(peers.map(({ name, origin }) => [name, { origin, leaves: 'row' }]));

/** The product has to be ahead of each peer, in every figure. */
export const aheadRows = (
  measurement: string,
  product: readonly LoadResult[],
  peers: readonly StartedPeer[],
  resultsOf: (peer: string) => readonly LoadResult[],
): Row[] =>
  peers.flatMap(({ name }) => {
    const against = { what: WHAT[name], results: resultsOf(name) };
    return [
      turnRow(measurement, 'p50', product, against, { target: atMost('ratio', 1) }),
      turnRow(measurement, 'p99', product, against, { target: atMost('ratio', 1) }),
      turnRow(measurement, 'perSecond', product, against, { target: atLeast('ratio', 1) }),
    ];
  });
