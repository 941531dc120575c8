import { pressKind } from './asking.js';
import { passChange, postedCard } from './changes.js';
import type { PressableCard } from './payloads.js';
import { type Row, rowOf } from './rows.js';
import type { Stage } from './stage.js';
import { SERVICES } from './team.js';
import { discard, untilIdle } from './until.js';

const ANSWERED_MS = 100;
const HANDLED_MS = 2_000;
/** Rates to try, in presses a second: four steps up double the rate. */
const RUNGS = Array.from({ length: 27 }, (_, rung) => Math.round(50 * 2 ** (rung / 4)));
const DOUBLED = 4;
const MANY_SENDERS = 64;

interface Trial {
  /** Every press was committed and answered 2xx, 99 of 100 of them within `ANSWERED_MS`. */
  readonly answered: boolean;
  /** The same, and within `HANDLED_MS` after the last press all were decided and the people told. */
  readonly handled: boolean;
}

/**
 * How many presses a second one replica sustains. They arrive at a fixed rate, whatever the answers do; each is timed
 * from the moment it was due, so that a stall is not hidden.
 */
export async function measureHeld(stage: Stage): Promise<Row[]> {
  const { quick, log } = stage;
  const [shortMs, longMs] = quick ? [300, 600] : [3_000, 10_000];
  // A quick run tries only what holds on any machine.
  const patience = quick ? 100 : 1;
  const most = quick ? 1 : RUNGS.length - 1;
  const senders = quick ? 4 : MANY_SENDERS;
  const database = await stage.database();
  const product = await stage.product(database);
  const cards: PressableCard[] = [];
  for (const service of SERVICES) {
    const { sha, key } = await passChange(stage, database, service);
    cards.push({ key, ts: await postedCard(database, sha) });
  }
  const requests = pressKind(stage, ...cards);
  await trial(RUNGS[0] as number, shortMs);

  async function trial(rate: number, forMs: number): Promise<Trial> {
    const known = await countPresses();
    const order = { origin: product.url, requests, concurrency: senders, warmUp: senders, forMs };
    const result = await stage.load({ ...order, most: Math.round((rate * forMs) / 1_000), rate });
    const committed = (await countPresses()) - known;
    const answered = result.bad === 0 && committed === result.sent + senders && result.p99 <= ANSWERED_MS * patience;
    const began = performance.now();
    const handled = await untilIdle(database, HANDLED_MS * patience).then(
      () => true,
      () => false,
    );
    const ended = handled ? `all handled after ${Math.round(performance.now() - began)} ms` : 'not all handled';
    log(`held: ${rate} /s for ${forMs / 1_000} s: p99 ${result.p99.toFixed(1)} ms, ${ended}`);
    await discard(database);
    return { answered, handled: answered && handled };
  }

  async function countPresses(): Promise<number> {
    const { rows } = await database.pool.query<{ n: number }>(
      'select count(*)::int as n from inbox where reply is not null',
    );
    return rows[0]?.n ?? 0;
  }

  /** The highest rate that holds for long: short tries find roughly where, then neighbours are tried. */
  async function highest(holds: (trial: Trial) => boolean, from: number): Promise<number> {
    const holding = async (rung: number, forMs: number) => holds(await trial(RUNGS[rung] as number, forMs));
    let rung = from;
    while (rung + DOUBLED <= most && (await holding(rung + DOUBLED, shortMs))) rung += DOUBLED;
    // The next may be up to a doubling away: start in the middle.
    rung = Math.min(most, rung + DOUBLED / 2);
    if (await holding(rung, longMs)) {
      while (rung < most && (await holding(rung + 1, longMs))) rung += 1;
      return rung;
    }
    do rung -= 1;
    while (rung >= 0 && !(await holding(rung, longMs)));
    if (rung < 0) throw new Error(`not even ${RUNGS[0]} presses a second are held`);
    return rung;
  }

  const handled = await highest((one) => one.handled, 0);
  const answered = await highest((one) => one.answered, handled);
  await product.stop();
  const row = (measurement: string, rung: number) =>
    rowOf({ measurement, unit: '/s', product: [RUNGS[rung] as number] });
  return [
    row(`presses held, each answered: p99 within ${ANSWERED_MS} ms`, answered),
    row(`presses held, each answered so, all handled ${HANDLED_MS / 1_000} s after the last`, handled),
  ];
}
