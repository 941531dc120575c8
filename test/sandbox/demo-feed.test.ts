import { createFeed } from '../../sandbox/demo/feed.js';
import { until } from '../support/until.js';

test('whoever watches gets the state at once, at most eight a second, and the last one for certain', async () => {
  let now = 0;
  const feed = createFeed({ read: async () => ({ ledger: [], live: new Map() }), draw: (user) => ({ user, now }) });
  const given: { state: { user: string; now: number }; at: number }[] = [];
  const end = feed.follow('U0BOB', (state) => given.push({ state: JSON.parse(state), at: performance.now() }));
  await until('the first state', () => given.length === 1);
  expect(given[0]?.state).toEqual({ user: 'U0BOB', now: 0 });

  const began = performance.now();
  await until('a second of changes', () => {
    now += 1;
    feed.touch();
    return performance.now() - began > 1_000;
  });
  const last = now;
  await until('the last state', () => given.at(-1)?.state.now === last);
  expect(given.length).toBeGreaterThan(3);
  const pauses = given.slice(1).map((one, index) => one.at - (given[index]?.at ?? 0));
  expect(Math.min(...pauses)).toBeGreaterThan(100);

  // What has not changed is not told again.
  const told = given.length;
  feed.touch();
  feed.touch();
  expect(JSON.parse(await feed.look('U0ALICE'))).toEqual({ user: 'U0ALICE', now: last });
  expect(given.length).toBe(told);
  end();
  feed.stop();
});
