import { cached } from '../../src/waits/cache.js';

test('an answer is asked for once, a failure each time, and the oldest of very many is forgotten', async () => {
  const asked: string[] = [];
  const ask = cached(async (key) => {
    asked.push(key);
    if (key === 'broken') throw new Error('no answer');
    return key === 'nobody' ? null : `U0${key}`;
  }, 60_000);
  expect([await ask('a'), await ask('a'), await ask('nobody'), await ask('nobody')]).toEqual([
    'U0a',
    'U0a',
    null,
    null,
  ]);
  for (let time = 0; time < 2; time += 1) await expect(ask('broken')).rejects.toThrow('no answer');
  expect(asked).toEqual(['a', 'nobody', 'broken', 'broken']);
  for (let n = 0; n < 1_000; n += 1) await ask(`${n}`);
  await ask('a');
  expect(asked.filter((key) => key === 'a')).toHaveLength(2);
});

test('after its time it is asked for anew', async () => {
  let times = 0;
  const ask = cached(async () => {
    times += 1;
    return times;
  }, 0);
  expect([await ask('a'), await ask('a')]).toEqual([1, 2]);
});

test('those who ask while it is looked up share the look-up, and its failure', async () => {
  let times = 0;
  const ask = cached(async (key) => {
    times += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (key === 'broken') throw new Error('no answer');
    return times;
  }, 60_000);
  expect(await Promise.all([ask('a'), ask('a'), ask('a')])).toEqual([1, 1, 1]);
  const broken = await Promise.allSettled([ask('broken'), ask('broken')]);
  expect(broken.map((one) => one.status)).toEqual(['rejected', 'rejected']);
  await expect(ask('broken')).rejects.toThrow('no answer');
  expect(times).toBe(3);
});
