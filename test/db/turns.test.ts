import pg from 'pg';
import { inTurn } from '../../src/db/turns.js';

/** Never connected: what is held is the turn. */
const pool = new pg.Pool();
const other = new pg.Pool();

type Work<Item, Result> = (items: readonly Item[]) => Promise<Result>;

/** Done alone: what `work` returns is the result of each of them. */
const turn = <Result>(of: pg.Pool, name: string, work: () => Promise<Result>): Promise<Result> =>
  inTurn<null, Result>(of, name, null, async (items) => {
    const value = await work();
    return items.map(() => ({ status: 'fulfilled', value }));
  });

function held() {
  let end = () => {};
  const work = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => work, end: () => end() };
}

test('the decisions of one service come one after the other, those of others beside them', async () => {
  const order: string[] = [];
  const first = held();
  const one = turn(pool, 'shop', async () => {
    order.push('shop begins');
    await first.work();
    order.push('shop ends');
  });
  const two = turn(pool, 'shop', async () => void order.push('shop again'));
  await turn(pool, 'search', async () => void order.push('search'));
  await turn(other, 'shop', async () => void order.push('shop of another replica'));
  expect(order).toEqual(['shop begins', 'search', 'shop of another replica']);
  first.end();
  await Promise.all([one, two]);
  expect(order.slice(3)).toEqual(['shop ends', 'shop again']);
});

test('no more services are decided at once than there are connections; who comes meanwhile shares the turn that waits', async () => {
  const two = new pg.Pool({ max: 2 });
  const begun: string[] = [];
  const first = held();
  const blocking = ['shop', 'search'].map((name) =>
    turn(two, name, () => {
      begun.push(name);
      return first.work();
    }),
  );
  const work: Work<number, PromiseSettledResult<number>[]> = async (items) => {
    begun.push(`pay ${items.join(' ')}`);
    return items.map((value) => ({ status: 'fulfilled', value }));
  };
  const third = [1, 2, 3].map((item) => inTurn(two, 'pay', item, work));
  await turn(pool, 'shop', async () => void begun.push('of another replica'));
  expect(begun).toEqual(['shop', 'search', 'of another replica']);
  first.end();
  await Promise.all([...blocking, ...third]);
  expect(begun.slice(3)).toEqual(['pay 1 2 3']);
});

test('when one fails, the next comes', async () => {
  const broken = turn(pool, 'shop', () => Promise.reject(new Error('the database went away')));
  await expect(broken).rejects.toThrow('the database went away');
  expect(await turn(pool, 'shop', async () => 'decided')).toBe('decided');
});

test('those who wait share the next turn, in their order and at most fifty at once, each with a result of its own', async () => {
  const turns: number[][] = [];
  const first = held();
  const work: Work<number, PromiseSettledResult<string>[]> = async (items) => {
    turns.push([...items]);
    if (turns.length === 1) await first.work();
    return items.map((item) =>
      item === 7 ? { status: 'rejected', reason: new Error('no') } : { status: 'fulfilled', value: `done ${item}` },
    );
  };
  const all = Array.from({ length: 60 }, (_, item) => inTurn(pool, 'shop', item, work));
  first.end();
  const ended = await Promise.allSettled(all);
  expect(turns.map((one) => one.length)).toEqual([1, 50, 9]);
  expect(turns.flat()).toEqual(Array.from({ length: 60 }, (_, item) => item));
  expect(ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))).toEqual(
    Array.from({ length: 60 }, (_, item) => `done ${item}`).filter((one) => one !== 'done 7'),
  );
});

test('who comes in the moment in which the line ends has a turn, too', async () => {
  await turn(pool, 'shop', async () => 'first');
  const after = Promise.resolve().then(() => turn(pool, 'shop', async () => 'second'));
  expect(await after).toBe('second');
});
