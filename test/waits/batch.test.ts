import { batched } from '../../src/waits/batch.js';

function calls() {
  const asked: string[][] = [];
  const ends: (() => void)[] = [];
  const lookUp = batched<string, string>(async (keys) => {
    asked.push([...keys]);
    await new Promise<void>((resolve) => ends.push(resolve));
    if (keys.includes('broken')) throw new Error('the database went away');
    return new Map(keys.filter((key) => key !== 'unknown').map((key) => [key, `found ${key}`]));
  });
  return { asked, lookUp, end: () => ends.shift()?.() };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));
/** Some turns of the event loop: whatever can begin has begun. */
async function turns(): Promise<void> {
  for (let count = 0; count < 5; count += 1) await turn();
}

test('who asks at the same time shares one call; who asks later, the next one', async () => {
  const { asked, lookUp, end } = calls();
  const first = [lookUp('a'), lookUp('b'), lookUp('a'), lookUp('unknown')];
  await turns();
  const second = [lookUp('a'), lookUp('c')];
  await turns();
  expect(asked).toEqual([['a', 'b', 'unknown']]);
  end();
  expect(await Promise.all(first)).toEqual(['found a', 'found b', 'found a', undefined]);
  await turns();
  end();
  expect(await Promise.all(second)).toEqual(['found a', 'found c']);
  expect(asked).toEqual([
    ['a', 'b', 'unknown'],
    ['a', 'c'],
  ]);
});

test('a call that fails fails for all who share it, and not for the next', async () => {
  const { lookUp, end } = calls();
  const broken = [lookUp('broken'), lookUp('a')];
  await turns();
  const after = lookUp('a');
  end();
  for (const { status } of await Promise.allSettled(broken)) expect(status).toBe('rejected');
  await turns();
  end();
  expect(await after).toBe('found a');
});
