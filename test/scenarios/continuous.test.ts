import { card, land, press, quiet, release, short, stands } from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
const MINUTE = 60_000;
const open = async (service = '') => {
  const config = configOf({ service: `    mode: continuous\n    hold: 10m\n${service}` });
  team = await startTeam({ config, replicas: 2, movableClock: true });
  // The first is a person's: nothing is known live.
  const first = await land(team);
  await card(team, first, ['passed staging', 'a person decides'], ['Deploy', 'What ships']);
  await release(team, first);
  return first;
};
afterEach(() => team.stop());
const type = (user: string, text: string) => team.slack.command({ user, channel: SHOP, text });
const holding = ['Hold', 'Deploy now', 'What ships'];

test('the newest change that passed deploys itself after its hold and not before', async () => {
  await open();
  const sha = await land(team, 'Add a till');
  await card(team, sha, ['deploying in', '1 change would ship'], holding);
  await team.moveClock(9 * MINUTE);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  await team.moveClock(MINUTE);
  const row = await stands(team, sha, 'deploying');
  expect(row.requested_by).toBe('pushbutton');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await card(team, sha, ['live', 'deployed by Pushbutton'], ['Roll back']);
});

test('Hold stops only that change, Deploy now starts it at once, and both are for deployers', async () => {
  await open();
  const second = await land(team, 'Add a till');
  await press(team, BOB, second, 'Hold');
  await team.told(BOB, 'not a deployer');
  await press(team, DAVE, second, 'Hold');
  await card(team, second, ['held by dave'], ['Deploy', 'What ships']);
  await team.moveClock(30 * MINUTE);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  const third = await land(team, 'Add a basket');
  await card(team, third, ['deploying in'], holding);
  await press(team, ALICE, third, 'Deploy now');
  expect((await stands(team, third, 'deploying')).requested_by).toBe(ALICE);
});

test('a change marked bad and resumed hours later gets a new hold before it deploys itself', async () => {
  await open();
  const second = await land(team, 'Add a till');
  await card(team, second, ['deploying in'], holding);
  await type(ALICE, `hold ${short(second)} It loses orders`);
  await card(team, second, ['marked bad by alice'], ['Why not?', 'What ships']);
  await team.moveClock(3 * 60 * MINUTE);
  await type(DAVE, `resume ${short(second)}`);
  await card(team, second, ['deploying in'], holding);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  await team.moveClock(10 * MINUTE);
  await stands(team, second, 'deploying');
});

test('of several changes that pass only the newest deploys, and newer ones cannot delay it forever', async () => {
  await open();
  const second = await land(team, 'Two');
  await card(team, second, ['deploying in'], holding);
  let newest = second;
  for (const title of ['Three', 'Four', 'Five', 'Six']) {
    await team.moveClock(7 * MINUTE);
    newest = await land(team, title);
  }
  await card(team, second, ['superseded by'], []);
  // Three holds after the first, but half a hold of its own.
  await team.moveClock(5 * MINUTE);
  const row = await stands(team, newest, 'deploying');
  expect(team.production().map((one) => one.inputs.sha)).toHaveLength(2);
  expect(row.requested_by).toBe('pushbutton');
});

test('continuous deployment waits for a lock, says so and continues by itself after unlock', async () => {
  await open();
  await type(ALICE, 'lock shop Fair in town');
  const sha = await land(team, 'Add a till');
  await card(team, sha, ['locked by alice: Fair in town'], ['Why not?', 'What ships']);
  await team.moveClock(30 * MINUTE);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  await type(ALICE, 'unlock shop');
  await stands(team, sha, 'deploying');
});

test('continuous deployment pauses after a failed run until a person resumes it from the card', async () => {
  await open();
  const bad = await land(team, 'Break it');
  await card(team, bad, ['deploying in'], holding);
  await team.moveClock(10 * MINUTE);
  const row = await stands(team, bad, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'failure' });
  await card(team, bad, ['failed in production', 'ontinuous deployment is paused'], ['Retry', 'Roll back', 'Resume']);
  const next = await land(team, 'Mend it');
  await card(team, next, ['paused', 'its last deployment failed'], ['Resume', 'Why not?', 'What ships']);
  await team.moveClock(60 * MINUTE);
  await quiet(team);
  expect(team.production()).toHaveLength(2);
  await press(team, BOB, next, 'Resume');
  await team.told(BOB, 'not a deployer');
  await press(team, DAVE, next, 'Resume');
  await card(team, next, ['deploying in'], holding);
  await team.moveClock(10 * MINUTE);
  await stands(team, next, 'deploying');
});

test('a rollback pauses continuous deployment, and /release resume SERVICE resumes it', async () => {
  const first = await open();
  const second = await land(team, 'Add a till');
  await press(team, ALICE, second, 'Deploy now');
  const row = await stands(team, second, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await press(team, ALICE, second, 'Roll back');
  const back = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(back.run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
  const third = await land(team, 'Mend it');
  await card(team, third, ['paused', 'a rollback was requested by alice'], ['Resume', 'Why not?', 'What ships']);
  await type(DAVE, 'resume shop');
  await team.told(DAVE, 'is resumed');
  await card(team, third, ['deploying in'], holding);
  await type(DAVE, 'resume shop');
  await team.told(DAVE, 'is not paused');
});

test('continuous deployment that needs approval requests it by itself and waits', async () => {
  const config = configOf({
    service: '    mode: continuous\n    hold: 10m\n    approvals: { required: 1, from: [U0BOB, U0DAVE] }',
  });
  team = await startTeam({ config, movableClock: true });
  const first = await land(team);
  await press(team, ALICE, first, 'Deploy');
  await press(team, BOB, first, 'Approve');
  const row = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  const second = await land(team, 'Add a till');
  await card(team, second, ['deploying in'], holding);
  await team.moveClock(10 * MINUTE);
  await card(team, second, ['waiting for approval', 'requested by Pushbutton'], ['Approve', 'Reject', 'Hold']);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  await press(team, DAVE, second, 'Approve');
  await stands(team, second, 'deploying');
  await until('its run is the only other', () => team.production().length === 2);
  expect(short(second)).toHaveLength(7);
});
