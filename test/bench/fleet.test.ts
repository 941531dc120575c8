import { atBest, behind } from '../../bench/fleet/bound.js';
import { busiestMinute } from '../../bench/fleet/calls.js';
import { fleetSize, servicesOf } from '../../bench/fleet/company.js';
import { planDay } from '../../bench/fleet/day.js';
import { seeded } from '../../bench/fleet/seeded.js';

const SIZE = fleetSize(false, 600_000);

test('a thousand services are spread over three hundred repositories and forty channels, those of a repository in one', () => {
  const services = servicesOf(SIZE);
  expect(services).toHaveLength(1_000);
  const channelOf = new Map(services.map(({ repository, channel }) => [repository, channel]));
  expect(channelOf.size).toBe(300);
  for (const { repository, channel } of services) expect(channel).toBe(channelOf.get(repository));
  const each = [...new Set(channelOf.values())].map((one) => services.filter(({ channel }) => channel === one).length);
  expect(each).toHaveLength(40);
  expect([Math.min(...each), Math.max(...each)]).toEqual([23, 27]);
  expect(new Set(services.map(({ repository, place }) => `${repository} ${place}`)).size).toBe(1_000);
});

test('a day is the same for the same seed, with its peaks of fifty results a second and thirty presses in a minute', () => {
  const day = planDay(SIZE, seeded(7));
  expect(planDay(SIZE, seeded(7))).toEqual(day);
  expect(planDay(SIZE, seeded(8))).not.toEqual(day);
  const within = (times: readonly number[], ms: number) =>
    Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + ms).length));
  const perPush = SIZE.services / SIZE.repositories;
  expect(
    within(
      day.pushes.map((one) => one.atMs),
      4_000,
    ) * perPush,
  ).toBeGreaterThanOrEqual(4 * 50);
  expect(within(day.presses, 60_000)).toBeGreaterThanOrEqual(30);
  for (const { repository } of day.pushes) expect(repository).toBeLessThan(300);
});

describe('what a limit allows at best', () => {
  const LIMIT = { perMinute: 60, burst: 2 };

  test('is at once while there is room, and then one after the other', () => {
    expect(atBest([0, 0, 0, 0], LIMIT)).toEqual([0, 0, 1_000, 2_000]);
    expect(atBest([0, 0, 0, 10_000, 10_000, 10_000], LIMIT)).toEqual([0, 0, 1_000, 10_000, 10_000, 11_000]);
    expect(atBest([0, 100, 200], { perMinute: 60, burst: 1 })).toEqual([0, 1_000, 2_000]);
  });

  test('does not depend on the order in which they are let through', () => {
    const best = atBest([0, 100, 200], { perMinute: 60, burst: 1 });
    expect(behind([2_500, 0, 1_000], best)).toEqual([0, 0, 500]);
  });
});

test('the busiest minute is any sixty seconds, not one of the clock', () => {
  const calls = [50_000, 55_000, 65_000, 109_999, 110_000].map((at) => ({ at, weight: at === 65_000 ? 5 : 1 }));
  expect(busiestMinute(calls)).toBe(8);
  expect(busiestMinute([])).toBe(0);
});
