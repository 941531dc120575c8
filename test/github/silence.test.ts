import { createPatience, orThrow, unanswered, waitOf } from '../../src/github/silence.js';

const WAIT_MS = 60_000;
const limited = async () => ({ is: 'no answer', retryAfterMs: WAIT_MS }) as const;

test('when GitHub asks to wait, nothing more is asked in any repository of that owner', async () => {
  const patiently = createPatience('app');
  const asked: string[] = [];
  const ask = (repository: string) =>
    patiently(repository, async () => {
      asked.push(repository);
      return 'told';
    });
  expect(await patiently('acme/shop', limited)).toEqual({ is: 'no answer', retryAfterMs: WAIT_MS });
  expect(await ask('acme/shop')).toMatchObject({ is: 'no answer' });
  expect(await ask('Acme/basket')).toMatchObject({ is: 'no answer' });
  expect(waitOf(await ask('acme/basket'))).toBeGreaterThan(WAIT_MS - 5_000);
  expect(await ask('other/shop')).toBe('told');
  expect(asked).toEqual(['other/shop']);
});

test('a token has its limits for the repositories of all owners', async () => {
  const patiently = createPatience('token');
  await patiently('acme/shop', limited);
  expect(waitOf(await patiently('other/shop', async () => 'told'))).toBeGreaterThan(WAIT_MS - 5_000);
});

test('a call that throws keeps the others waiting as well, and throws while they must', async () => {
  const patiently = createPatience('app');
  let asked = 0;
  const ask = (answer: () => Promise<string>) =>
    orThrow(patiently, 'acme/shop', () => {
      asked += 1;
      return answer();
    });
  expect(await ask(async () => 'told')).toBe('told');
  // Without a limit there is nothing to wait for.
  await expect(ask(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  const error = unanswered({ is: 'no answer', retryAfterMs: WAIT_MS }, 'GitHub does not say who the author is');
  await expect(ask(() => Promise.reject(error))).rejects.toMatchObject({ retryAfterMs: WAIT_MS });
  const met = await ask(async () => 'told').catch((reason: unknown) => reason);
  expect(waitOf(met)).toBeGreaterThan(WAIT_MS - 5_000);
  expect(asked).toBe(3);
});
