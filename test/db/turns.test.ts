import pg from 'pg';
import { inTurn } from '../../src/db/turns.js';

/** Never connected: what is held is the turn. */
const pool = new pg.Pool();
const other = new pg.Pool();

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
  const one = inTurn(pool, 'shop', async () => {
    order.push('shop begins');
    await first.work();
    order.push('shop ends');
  });
  const two = inTurn(pool, 'shop', async () => void order.push('shop again'));
  await inTurn(pool, 'search', async () => void order.push('search'));
  await inTurn(other, 'shop', async () => void order.push('shop of another replica'));
  expect(order).toEqual(['shop begins', 'search', 'shop of another replica']);
  first.end();
  await Promise.all([one, two]);
  expect(order.slice(3)).toEqual(['shop ends', 'shop again']);
});

test('one that fails fails alone, and the next comes', async () => {
  const broken = inTurn(pool, 'shop', () => Promise.reject(new Error('the database went away')));
  const next = inTurn(pool, 'shop', async () => 'decided');
  await expect(broken).rejects.toThrow('the database went away');
  expect(await next).toBe('decided');
});
