import { renewing } from '../../src/waits/renewing.js';
import { until } from '../support/until.js';

test('who gives a lease back waits for the renewal that is on its way, and none begins beside it', async () => {
  let begun = 0;
  let arrives = () => {};
  const late = new Promise<void>((resolve) => {
    arrives = resolve;
  });
  const leave = renewing(() => {
    begun += 1;
    return late;
  }, 5);
  await until('one is on its way', () => begun > 0);
  let left = false;
  const leaving = leave().then(() => {
    left = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(left).toBe(false);
  arrives();
  await leaving;
  expect(begun).toBe(1);
});
