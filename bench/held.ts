import type { Build } from './against.js';
import { pressKind } from './asking.js';
import { passChange, postedCard } from './changes.js';
import type { Database } from './database.js';
import { createLadder } from './ladder.js';
import type { PressableCard, RequestKind } from './payloads.js';
import type { Product } from './product.js';
import { atLeast, type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';
import { DEPLOYERS, SECRETS, SERVICES } from './team.js';
import { discard, until, untilIdle, untilReceivedIsHandled } from './until.js';

const ANSWERED_MS = 100;
const HANDLED_MS = 2_000;
const MANY_SENDERS = 64;

/** The highest rates, in requests a second. */
interface Held {
  /** Every request was committed and answered 2xx, 99 of 100 of them within `ANSWERED_MS`. */
  readonly answered: number;
  /** The same, and within `HANDLED_MS` after the last request all were handled. */
  readonly handled: number;
}

/** What arrives, and how to see in the database of a build what became of it. */
interface Arrivals {
  readonly name: string;
  readonly requests: RequestKind;
  /** How many were committed so far, where each is a row of its own. */
  readonly committed?: () => Promise<number>;
  /** Resolves when all is handled; throws after so long. */
  readonly handled: (withinMs: number) => Promise<void>;
}

/**
 * How many presses a second one replica sustains, and how many deliveries. They arrive at a fixed rate, whatever the
 * answers do; each is timed from the moment it was due, so that a stall is not hidden.
 */
export async function measureHeld(stage: Stage): Promise<Row[]> {
  const presses: Held[] = [];
  const deliveries: Held[] = [];
  for (const build of stage.builds) {
    const database = await stage.database(build);
    const product = await stage.product(database, {}, build);
    const ofPresses = await pressesOf(stage, product, database);
    presses.push(await climb(stage, build, product, database, ofPresses));
    deliveries.push(await climb(stage, build, product, database, await deliveriesOf(stage, database)));
    await product.stop();
  }
  const row = (measurement: string, held: readonly Held[], of: keyof Held, least?: number): Row => {
    const [own, other] = held.map((one) => [one[of]]);
    return rowOf({
      measurement,
      unit: '/s',
      product: own ?? [],
      against: other && { what: stage.builds[1]?.name ?? '', values: other },
      target: least === undefined ? undefined : atLeast('ratio', least),
    });
  };
  const within = `p99 within ${ANSWERED_MS} ms`;
  return [
    row(`presses held, each answered: ${within}`, presses, 'answered'),
    row('presses handled as they come, one replica', presses, 'handled', 4),
    row(`deliveries of workflow_job held, each answered: ${within}`, deliveries, 'answered'),
    row('deliveries of workflow_job handled as they come', deliveries, 'handled', 4),
  ];
}

async function climb(
  { quick, log, load }: Stage,
  build: Build,
  { url }: Product,
  database: Database,
  { name, requests, committed, handled: untilHandled }: Arrivals,
): Promise<Held> {
  const patience = quick ? 100 : 1;
  const senders = quick ? 4 : MANY_SENDERS;
  const ladder = createLadder(quick);

  async function trial(rate: number, forMs: number): Promise<{ answered: boolean; handled: boolean }> {
    const known = (await committed?.()) ?? 0;
    const order = { origin: url, requests, concurrency: senders, warmUp: senders, forMs };
    const result = await load({ ...order, most: Math.round((rate * forMs) / 1_000), rate });
    const saved = committed ? (await committed()) - known - senders : result.sent;
    const answered = result.bad === 0 && saved === result.sent && result.p99 <= ANSWERED_MS * patience;
    const began = performance.now();
    const handled = await untilHandled(HANDLED_MS * patience).then(
      () => true,
      () => false,
    );
    const ended = handled ? `all handled after ${Math.round(performance.now() - began)} ms` : 'not all handled';
    log(`held: ${build.name}, ${rate} ${name}/s for ${forMs / 1_000} s: p99 ${result.p99.toFixed(1)} ms, ${ended}`);
    await discard(database);
    return { answered, handled: answered && handled };
  }

  await trial(ladder.first, quick ? 300 : 3_000);
  const handled = await ladder.highest(async (rate, forMs) => (await trial(rate, forMs)).handled);
  const answered = await ladder.highest(async (rate, forMs) => (await trial(rate, forMs)).answered, handled);
  return { answered, handled };
}

/** Slack takes one card a second. */
const servicesOf = ({ quick }: Stage): readonly string[] => (quick ? SERVICES.slice(0, 2) : SERVICES);

async function pressesOf(stage: Stage, product: Product, database: Database): Promise<Arrivals> {
  const cards: PressableCard[] = [];
  for (const service of servicesOf(stage)) {
    const { sha, key } = await passChange(stage, database, service);
    cards.push({ key, ts: await postedCard(database, sha) });
  }
  const requests = pressKind(stage, ...cards);
  // Everybody on every card.
  const each = { requests, concurrency: 4, most: cards.length * DEPLOYERS.length, forMs: 60_000, warmUp: 0 };
  await stage.load({ origin: product.url, ...each });
  const underWay = "select 1 from deployments where status = 'deploying'";
  await until('a run of each service', async () => (await database.pool.query(underWay)).rowCount === cards.length);
  return {
    name: 'presses',
    requests,
    committed: () => presses(database),
    handled: (withinMs) => untilIdle(database, withinMs),
  };
}

/**
 * Jobs of the production runs that are under way, each delivery as the stand-in makes it, with its
 * own GUID. They are handled when the database knows them; that cards are drawn at the pace of Slack is not waited for.
 */
async function deliveriesOf(stage: Stage, database: Database): Promise<Arrivals> {
  const { github } = stage;
  const bodies: string[] = [];
  for (const service of servicesOf(stage)) {
    const run = github.runs(`acme/${service}`, 'production.yml').at(-1);
    if (!run) throw new Error(`the presses started no run of ${service}`);
    const from = github.deliveries.length;
    for (const status of ['queued', 'in_progress'] as const) await github.advance(run.id, { job: 'deploy', status });
    for (const { event, body } of github.deliveries.slice(from)) if (event === 'workflow_job') bodies.push(body);
  }
  if (bodies.length === 0) throw new Error('the stand-in has delivered no workflow_job');
  await untilReceivedIsHandled(database, 60_000);
  return {
    name: 'deliveries',
    requests: {
      ...{ kind: 'webhook', path: '/github/webhooks', secret: SECRETS.webhookSecret, event: 'workflow_job' },
      bodies,
    },
    handled: (withinMs) => untilReceivedIsHandled(database, withinMs),
  };
}

async function presses({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from inbox where reply is not null');
  return rows[0]?.n ?? 0;
}
