import { claimInbox } from '../../src/db/inbox.js';
import { until } from '../support/until.js';
import { inboxLoops, nameOf } from './inbox-loops.js';

const inbox = inboxLoops();
const { done, left, loop, put } = inbox;

test('what was received before the start, and after it, is handled once over three loops', async () => {
  const handled: string[] = [];
  const keys = Array.from({ length: 40 }, (_, n) => `k${n}`);
  await put(...keys.slice(0, 20));
  const three = [1, 2, 3].map(() =>
    loop(async (row) => {
      handled.push(nameOf(row));
      await done(row);
    }),
  );
  await put(...keys.slice(20));
  for (const one of three) one.wake();
  await until('all are handled', async () => (await left()) === 0);
  expect(handled.sort()).toEqual(keys.sort());
  expect(inbox.warned).toEqual([]);
});

test('at most 96 at once, and a slow one holds nobody up', async () => {
  let now = 0;
  let most = 0;
  let free = () => {};
  const slow = new Promise<void>((resolve) => {
    free = resolve;
  });
  await put('slow', ...Array.from({ length: 160 }, (_, n) => `k${n}`));
  loop(async (row) => {
    now += 1;
    most = Math.max(most, now);
    if (nameOf(row) === 'slow') await slow;
    await done(row);
    now -= 1;
  });
  await until('all but the slow one are handled', async () => (await left()) === 1);
  expect(most).toBeLessThanOrEqual(96);
  free();
  await until('the slow one, too', async () => (await left()) === 0);
});

test('what fails is tried again, later and later, and is never dropped', async () => {
  const tries: number[] = [];
  await put('a');
  loop(async (row) => {
    tries.push(row.attempts);
    if (row.attempts < 3) throw new Error('Slack is away');
    await done(row);
  });
  await until('the third try', async () => (await left()) === 0, 10_000);
  expect(tries).toEqual([1, 2, 3]);
  expect(inbox.warned).toEqual([
    expect.objectContaining({ command: 'start next', attempts: 1 }),
    expect.objectContaining({ command: 'start next', attempts: 2 }),
  ]);
});

test.each([
  [1, 0.5],
  [2, 1],
  [5, 8],
  [7, 30],
  [400, 30],
])('after try %i the next comes in %d seconds', async (attempts, seconds) => {
  await put('a');
  await inbox.pool.query('update inbox set attempts = $1', [attempts - 1]);
  const only = loop(async () => {
    throw new Error('no');
  });
  await until('it has failed', () => inbox.warned.length > 0);
  await only.stop();
  const { rows } = await inbox.pool.query<{ due: number }>(
    'select extract(epoch from due_at - now())::float8 as due from inbox',
  );
  const due = rows[0]?.due;
  expect(due).toBeGreaterThan(seconds - 2);
  expect(due).toBeLessThanOrEqual(seconds);
});

test('a row whose holder died is taken over when its lease has ended, not before', async () => {
  await put('a');
  const taken: string[] = [];
  let died = () => {};
  const never = new Promise<void>((resolve) => {
    died = resolve;
  });
  const first = loop(async () => {
    taken.push('first');
    await never;
  });
  await until('the first has it', () => taken.length === 1);
  const second = loop(async (row) => {
    taken.push(`second, try ${row.attempts}`);
    await done(row);
  });
  second.wake();
  const { rows } = await inbox.pool.query<{ lease: number }>(
    'select extract(epoch from due_at - now())::float8 as lease from inbox',
  );
  expect(rows[0]?.lease).toBeGreaterThan(1);
  expect(taken).toEqual(['first']);
  // A holder that died looks for nothing more.
  const stopped = first.stop();
  await inbox.pool.query('update inbox set due_at = now()');
  second.wake();
  await until('the second has it', async () => (await left()) === 0);
  expect(taken).toEqual(['first', 'second, try 2']);
  died();
  await stopped;
});

test('what a holder that died leaves behind is taken over when its lease ends, without waiting for the next look', async () => {
  await put('a');
  expect(await claimInbox(inbox.pool, 1, 1_000)).toHaveLength(1);
  const taken: number[] = [];
  loop(
    async (row) => {
      taken.push(row.attempts);
      await done(row);
    },
    { inbox: 3_600_000 },
  );
  await until('the second has it', async () => (await left()) === 0);
  expect(taken).toEqual([2]);
});

test('what hangs for two minutes is left to another try, also where nobody else is and nothing else comes', async () => {
  const now = performance.now.bind(performance);
  let free = () => {};
  const hang = new Promise<void>((resolve) => {
    free = resolve;
  });
  const tries: number[] = [];
  await put('a');
  loop(
    async (row) => {
      tries.push(row.attempts);
      if (row.attempts === 1) return hang;
      await done(row);
    },
    { inbox: 50 },
  );
  await until('it hangs', () => tries.length === 1);
  performance.now = () => now() + 121_000;
  try {
    await until('it is handled', async () => (await left()) === 0);
  } finally {
    performance.now = now;
    free();
  }
  expect(tries).toEqual([1, 2]);
});

test('stop claims nothing more and waits for what is under way', async () => {
  let free = () => {};
  const slow = new Promise<void>((resolve) => {
    free = resolve;
  });
  let ended = false;
  let begun = false;
  const one = loop(
    async (row) => {
      begun = true;
      await slow;
      await done(row);
      ended = true;
    },
    { together: 0 },
  );
  await put('a');
  one.wake();
  // A claim that is on its way when it is told to stop counts as under way.
  await until('it is under way, and no claim is', () => begun && inbox.pool.idleCount === inbox.pool.totalCount);
  const stopping = one.stop().then(() => ended);
  await put('b');
  one.wake();
  free();
  expect(await stopping).toBe(true);
  expect(await left()).toBe(1);
});

test('a database that is away for a while is tried again', async () => {
  const handled: string[] = [];
  loop(async (row) => {
    handled.push(nameOf(row));
    await done(row);
  });
  await inbox.pool.query('alter table inbox rename to inbox_away');
  await until('it is noticed', () => inbox.warned.length > 0);
  await inbox.pool.query('alter table inbox_away rename to inbox');
  await put('a');
  await until('it is handled', () => handled.length === 1);
});
