import type { Database } from '../../bench/database.js';
import type { LoadOrder } from '../../bench/load-client.js';
import type { RequestKind } from '../../bench/payloads.js';
import type { Stage } from '../../bench/stage.js';
import { takeTurns } from '../../bench/turns.js';

test('programs change their order from round to round, and a turn ends when each request has its row', async () => {
  const loaded: string[] = [];
  let saved = 0;
  let lacking = 0;
  const load = async ({ origin, warmUp, concurrency, most }: LoadOrder) => {
    loaded.push(`${origin} ${concurrency}`);
    expect(lacking).toBe(0);
    if (origin === 'saves') lacking = warmUp + most;
    return { sent: most, bad: 0, perSecond: loaded.length, p50: 1, p99: 1 };
  };
  /** A program that saves after its answer: each look finds one row more. */
  const query = async () => {
    if (lacking > 0) {
      lacking -= 1;
      saved += 1;
    }
    return { rows: [{ n: saved }] };
  };
  const rounds: number[] = [];
  const measured = await takeTurns(
    { quick: true, rounds: 2, load } as unknown as Stage,
    { pool: { query } } as unknown as Database,
    {} as RequestKind,
    { saves: { origin: 'saves', leaves: 'row' }, bare: { origin: 'bare', leaves: 'nothing' } },
    (round) => void rounds.push(round),
  );
  expect(loaded).toEqual([
    ...['saves 16', 'bare 16'],
    ...['saves 1', 'bare 1', 'saves 16', 'bare 16', 'saves 64', 'bare 64'],
    ...['bare 1', 'saves 1', 'bare 16', 'saves 16', 'bare 64', 'saves 64'],
  ]);
  expect(rounds).toEqual([0, 1]);
  expect(measured('saves', 1).map((one) => one.perSecond)).toEqual([3, 10]);
  expect(measured('bare', 64).map((one) => one.perSecond)).toEqual([8, 13]);
});
