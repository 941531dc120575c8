import type { Fault } from '../../sandbox/github/faults.js';
import { card, land, press, quiet, refusals, short, stands, start, told } from '../support/releases.js';
import { ALICE, BOB, DAVE, DEPLOYERS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

test('Cancel ends the run, and the card says who cancelled it and offers Deploy again', async () => {
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  const asked = await press(team, DAVE, sha, 'Cancel');
  expect(asked.confirm?.text).toContain(short(sha));
  await stands(team, sha, 'cancelled');
  expect(team.github.run(run)).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
  await card(team, sha, ['cancelled by dave'], ['Deploy', 'What ships']);
  const kinds = await team.rows("select actor, kind from ledger where kind like 'cancel%' order by seq");
  expect(kinds).toEqual([
    { actor: DAVE, kind: 'cancel asked' },
    { actor: 'pushbutton', kind: 'cancelled' },
  ]);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying');
  expect(team.production()).toHaveLength(2);
});

test('after a Cancel the next queued deployment starts', async () => {
  const first = await land(team);
  await start(team, ALICE, first);
  const second = await land(team, 'Add a basket');
  await press(team, DAVE, second, 'Deploy');
  await stands(team, second, 'queued');
  await press(team, ALICE, first, 'Cancel');
  await stands(team, first, 'cancelled');
  await stands(team, second, 'deploying');
});

test.each([
  ['live', 'success'],
  ['failed', 'failure'],
  ['cancelled', 'cancelled'],
] as const)('of a deployment that is %s by now it is refused and says so', async (status, conclusion) => {
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  const { channel, ts, blocks } = await card(team, sha, ['deploying'], ['Cancel']);
  await team.github.completeRun(run, { conclusion });
  await stands(team, sha, status);
  await team.slack.clickStale({ user: DAVE, channel, ts, blocks, button: 'Cancel' });
  await told(team, DAVE, 'Cancel is not possible now', short(sha), status);
  expect(await refusals(team)).toEqual([`${DAVE}: wrong state`]);
  await quiet(team);
  expect(team.github.calls({ route: 'cancel' })).toEqual([]);
});

test.each<[string, Fault]>([
  ['is lost', { kind: 'lost' }],
  ['never comes, and GitHub has not heard of it', { kind: 'refuse' }],
  ['is 500', { kind: 'status', status: 500 }],
  ['is a rate limit', { kind: 'rate-limit', limit: 'secondary', retryAfter: 1 }],
])('a Cancel whose answer %s ends the run all the same', async (_, fault) => {
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  team.github.fail('cancel', fault);
  await press(team, ALICE, sha, 'Cancel');
  await stands(team, sha, 'cancelled', 12_000);
  expect(team.github.run(run).conclusion).toBe('cancelled');
  await quiet(team);
  expect(team.production()).toHaveLength(1);
});

test('a run that ignores Cancel is followed to its end', async () => {
  team.github.cancels('ignored');
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  await press(team, DAVE, sha, 'Cancel');
  await card(team, sha, ['deploying', 'Cancel requested by dave'], ['Cancel']);
  expect(team.github.run(run).cancelAsked).toBe(true);
  await press(team, ALICE, sha, 'Cancel');
  await until('asked once more', () => team.github.calls({ route: 'cancel' }).length === 2);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, sha, 'live');
  await card(team, sha, ['live', 'Cancel requested by', 'too late'], []);
  expect(await refusals(team)).toEqual([]);
});

test('Cancel is only for deployers: a requester who no longer is one is refused', async () => {
  const sha = await land(team);
  await start(team, DAVE, sha);
  team.slack.setGroupUsers(DEPLOYERS, []);
  await press(team, BOB, sha, 'Cancel');
  await told(team, BOB, 'not a deployer');
  await press(team, DAVE, sha, 'Cancel');
  await told(team, DAVE, 'not a deployer');
  expect(await refusals(team)).toEqual([`${BOB}: not a deployer`, `${DAVE}: not a deployer`]);
  await quiet(team);
  expect(team.github.calls({ route: 'cancel' })).toEqual([]);
  await stands(team, sha, 'deploying');
});
