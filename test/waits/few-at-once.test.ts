import { fewAtOnce } from '../../src/waits/few-at-once.js';

test('no more than so many at once, and the results in order', async () => {
  let now = 0;
  let most = 0;
  const results = await fewAtOnce([5, 1, 4, 2, 3], 2, async (turns) => {
    now += 1;
    most = Math.max(most, now);
    for (let turn = 0; turn < turns; turn += 1) await null;
    now -= 1;
    return turns * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
  expect(await fewAtOnce([], 2, async () => 1)).toEqual([]);
});

test('after a failure nothing more begins', async () => {
  const begun: number[] = [];
  const all = fewAtOnce([1, 2, 3, 4], 1, async (one) => {
    begun.push(one);
    if (one === 2) throw new Error('away');
  });
  await expect(all).rejects.toThrow('away');
  expect(begun).toEqual([1, 2]);
});
