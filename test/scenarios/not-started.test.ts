import {
  card,
  counts,
  deploymentsOf,
  dispatches,
  land,
  oneRunToItsEnd,
  press,
  quiet,
  stands,
} from '../support/releases.js';
import { ALICE, startTeam, type Team } from '../support/team.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

test.each([
  [422, 'Unexpected inputs provided: ["region"]'],
  [404, 'Not Found'],
  [403, 'Resource not accessible by integration'],
])('GitHub refuses with %i: failed in production, in its own words', async (status, message) => {
  const sha = await land(team);
  team.github.fail('dispatch', { kind: 'status', status, body: { message } });
  await press(team, ALICE, sha, 'Deploy');
  expect((await stands(team, sha, 'failed')).reason).toBe(message);
  await card(team, sha, ['failed in production', message], ['Retry']);
  await quiet(team);
  expect(team.production()).toEqual([]);
  expect(dispatches(team)).toHaveLength(1);
});

test.each([
  [403, 'secondary'],
  [429, 'secondary'],
  [403, 'primary'],
] as const)(
  'GitHub refuses for its rate limit (%i, %s): the card says so and it is sent by itself, not before',
  async (status, limit) => {
    const sha = await land(team);
    team.github.fail('dispatch', { kind: 'rate-limit', limit, retryAfter: 6, status });
    await press(team, ALICE, sha, 'Deploy');
    await card(team, sha, ['queued', 'rate limit', 'sent automatically'], ['Withdraw']);
    expect(team.production()).toEqual([]);
    await oneRunToItsEnd(team, sha);
    const [first, second, ...more] = dispatches(team);
    expect(more).toEqual([]);
    // The reset of the hourly limit is told in whole seconds of the clock, which is up to one less.
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(limit === 'primary' ? 5_000 : 6_000);
    expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  },
  45_000,
);

test('a rate limit that names no time delays the start by a minute', async () => {
  const sha = await land(team);
  team.github.fail('dispatch', { kind: 'rate-limit', limit: 'secondary', retryAfter: null });
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['queued', 'rate limit'], ['Withdraw']);
  const [row] = await deploymentsOf(team, sha);
  const [sent] = dispatches(team);
  expect(Number(row?.not_before) - Number(sent?.at)).toBeGreaterThan(59_000);
  await press(team, ALICE, sha, 'Withdraw');
  await stands(team, sha, 'withdrawn');
  await quiet(team);
  expect(team.production()).toEqual([]);
});
