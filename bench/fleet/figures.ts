import { atMost, never, quantile, type Row, rowOf } from '../rows.js';
import type { Books } from '../soak/figures.js';
import type { FleetBooks } from './books.js';
import type { Called } from './calls.js';
import type { Cost } from './cost.js';
import type { Dispatched, Lags } from './lags.js';
import type { News } from './news.js';

export interface FleetFigures {
  /** How the rows begin. */
  readonly what: string;
  readonly news: readonly News[];
  readonly counted: { readonly answered: number; readonly refused: number };
  readonly lags: Lags;
  /** Milliseconds from the moment of the digest to each of its posts. */
  readonly digests: readonly number[];
  readonly dispatched: Dispatched;
  readonly slack: readonly Called[];
  readonly github: readonly Called[];
  readonly cost: Cost;
  readonly books: FleetBooks;
  readonly left: Books;
  /** From the end of the day until nothing waited any more. */
  readonly drainedMs: number;
  /** Warnings and errors in the logs. */
  readonly complaints: number;
}

const QUANTILES = [
  ['p50', 0.5],
  ['p99', 0.99],
  ['worst', 1],
] as const;
const LIMIT = "Slack's limit alone";
const BUDGET = 'allowed in a minute';

/** The lines of the table. */
export function rowsOf(figures: FleetFigures): Row[] {
  const { what, lags, dispatched, cost, books, left } = figures;
  const row = (measurement: string, value: number, unit: Row['unit'], more: Partial<Compared> = {}): Row =>
    rowOf({
      ...{ measurement: `${what}: ${measurement}`, unit, product: [value], target: more.target },
      against: more.against && { what: more.against[0], values: [more.against[1]] },
    });
  const seconds = (words: string, measured: readonly number[], best?: readonly number[]): Row[] =>
    QUANTILES.map(([name, q]) =>
      row(`${words}, ${name}`, quantile(measured, q) / 1_000, 's', {
        ...(best && { against: [LIMIT, quantile(best, q) / 1_000] }),
      }),
    );
  const worst = (values: readonly number[]) => Math.max(0, ...values) / 1_000;
  const calls = (whose: string, all: readonly Called[]): Row[] =>
    all.flatMap((one) => [
      row(`${whose}, ${one.what}: calls`, one.total, ''),
      ...(one.budget === null
        ? []
        : [
            row(`${whose}, ${one.what}: in the busiest minute`, one.busiestMinute, '', {
              against: [BUDGET, one.budget],
            }),
          ]),
      ...(one.limited > 0 ? [row(`${whose}, ${one.what}: refused for the limit`, one.limited, '')] : []),
    ]);
  const each = <T>(values: readonly T[], of: (value: T, name: string) => Row[]): Row[] =>
    values.flatMap((value, n) => of(value, `replica ${n + 1}`));

  return [
    row('results of staging', figures.news.filter((one) => one.what === 'result').length, ''),
    row('deliveries answered', figures.counted.answered, ''),
    row('deliveries not answered with 2xx', figures.counted.refused, '', { target: never }),
    row('presses', dispatched.presses, ''),
    row('deployments', books.deployments, ''),
    ...seconds('result to its card', lags.posted.measured, lags.posted.best),
    row('a card posted later than at best, by', worst(lags.posted.behind), 's', { target: atMost('value', 5) }),
    ...seconds('news to the redrawn card', lags.redrawn.measured, lags.redrawn.best),
    ...seconds('of these, a run has begun', lags.started),
    ...seconds('of these, a run has ended', lags.ended),
    ...seconds('of these, a newer change passed', lags.overtaken),
    row('a card redrawn later than at best, by', worst(lags.redrawn.behind), 's', { target: atMost('value', 10) }),
    ...(figures.digests.length > 0
      ? [
          row('channels with the digest', figures.digests.length, ''),
          row('digest to the last channel', worst(figures.digests), 's'),
        ]
      : []),
    ...seconds('press to dispatch request', dispatched.fromLast),
    ...seconds('first press to dispatch request', dispatched.fromFirst),
    row('presses told to try again', dispatched.repeated, ''),
    row('people whose presses started nothing', dispatched.without, ''),
    ...calls('Slack', figures.slack),
    ...calls('GitHub', figures.github),
    row('SQL statements a second', cost.statements.mean, '/s'),
    row('SQL statements a second, busiest five seconds', cost.statements.most, '/s'),
    row('connections to PostgreSQL, both replicas', cost.connections, ''),
    ...each(cost.resident, ({ first, most, last }, name) => [
      row(`resident memory of ${name}, most`, most, 'MB', { against: ['before the day', first] }),
      row(`resident memory of ${name}, at the end of the day`, last, 'MB', { against: ['before the day', first] }),
    ]),
    ...each(cost.processor, ({ mean, most }, name) => [
      row(`processor time in a second, ${name}`, mean, 'ms'),
      row(`processor time in a second, ${name}, busiest five seconds`, most, 'ms'),
    ]),
    ...(cost.database
      ? [
          row('processor time in a second, PostgreSQL', cost.database.mean, 'ms'),
          row('processor time in a second, PostgreSQL, busiest five seconds', cost.database.most, 'ms'),
        ]
      : []),
    ...each(cost.blockedMs, (ms, name) => [row(`longest block of the event loop, ${name}`, ms, 'ms')]),
    row('warnings and errors in the logs', figures.complaints, ''),
    row('everything is done after the end of the day', figures.drainedMs / 1_000, 's'),
    row('runs with the id of another', books.doubled, '', { target: never }),
    row('deployments without an end', left.unended, '', { target: never }),
    row('received and not handled', left.inboxWaiting, '', { target: never }),
    row('jobs due and not done', left.jobsDue, '', { target: never }),
    row('cards to be drawn', left.cardsToDraw, '', { target: never }),
    row('changes without a card in Slack', books.missing, '', { target: never }),
    row('cards that show another state than the database', books.untrue.length, '', { target: never }),
    row('news that no card shows', lags.unshown, '', { target: never }),
  ];
}

interface Compared {
  readonly against: readonly [what: string, value: number];
  readonly target: Row['target'] & object;
}
