import { loadConfig } from '../../src/config/config.js';
import { paceOf } from '../../src/config/pace.js';
import { anotherService, configOf } from '../support/team.js';

const ENV = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_SIGNING_SECRET: 'signing',
  GITHUB_TOKEN: 'token',
  GITHUB_WEBHOOK_SECRET: 'webhooks',
};

/** The pauses of a repository whose webhooks are proven to arrive, in seconds: one that is active, and another. */
function pauses(poll: string, repositories: number): number[] {
  const more = Array.from({ length: repositories - 1 }, (_, n) => anotherService(`service-${n}`, 'C0RELEASES'));
  const file = configOf({ services: more.join('') }).replace('poll: 1h', `poll: ${poll}`);
  const pace = paceOf(loadConfig(ENV, () => file));
  return [pace.activeMs, pace.quietMs].map((ms) => ms / 1_000);
}

test('repositories whose webhooks arrive are polled the more seldom the more there are: at most 20 lists a minute', () => {
  expect(pauses('60s', 1)).toEqual([60, 60]);
  expect(pauses('60s', 20)).toEqual([60, 60]);
  expect(pauses('60s', 50)).toEqual([150, 150]);
  expect(pauses('60s', 100)).toEqual([291, 300]);
  expect(pauses('60s', 300)).toEqual([291, 582]);
  expect(pauses('1h', 1)).toEqual([3_600, 3_600]);
  expect(pauses('5s', 1)).toEqual([5, 5]);
  expect(pauses('5s', 3)).toEqual([9, 9]);
  expect(pauses('15s', 200)).toEqual([72.75, 145.5]);
});
