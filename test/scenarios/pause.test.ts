import { buttonsIn } from '../../sandbox/slack/buttons.js';
import { card, deploymentsOf, land, press, release, short, stands } from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, SHOP, startTeam, type Team } from '../support/team.js';

/** Continuous deployment that was paused: what it had asked for, who can press what, and where Resume is. */

let team: Team;
const MINUTE = 60_000;
const open = async (service = '') => {
  const config = configOf({ service: `    mode: continuous\n    hold: 10m\n${service}` });
  team = await startTeam({ config, movableClock: true });
};
afterEach(() => team.stop());
const holding = ['Hold', 'Deploy now', 'What ships'];
/** Two changes went live, one after the other; the second asked for ahead of its time. */
async function twoLive(): Promise<{ first: string; second: string }> {
  const first = await land(team);
  await release(team, first);
  const second = await land(team, 'Add a till');
  await press(team, ALICE, second, 'Deploy now');
  await ends(second);
  return { first, second };
}
const ends = async (sha: string, conclusion: 'success' | 'failure' | 'cancelled' = 'success') => {
  const row = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion });
};

test('a pause ends what continuous deployment had requested, and resuming requests it again', async () => {
  await open('    approvals: { required: 1, from: [U0BOB, U0DAVE] }');
  const first = await land(team);
  await press(team, ALICE, first, 'Deploy');
  await press(team, BOB, first, 'Approve');
  await ends(first);
  await card(team, first, ['live'], []);
  const second = await land(team, 'Add a till');
  await press(team, ALICE, second, 'Deploy now');
  await press(team, BOB, second, 'Approve');
  await ends(second);
  await card(team, second, ['live'], ['Roll back']);
  const third = await land(team, 'Add a basket');
  await card(team, third, ['deploying in'], holding);
  await team.moveClock(10 * MINUTE);
  await card(team, third, ['waiting for approval', 'requested by Pushbutton'], ['Approve', 'Reject', 'Hold']);
  await press(team, DAVE, second, 'Roll back');
  await stands(team, first, 'deploying');
  await card(
    team,
    third,
    ['withdrawn', 'paused', 'a rollback was requested by dave'],
    ['Resume', 'Why not?', 'What ships'],
  );
  await press(team, DAVE, third, 'Why not?');
  await team.told(DAVE, 'but only by hand', 'ontinuous deployment is paused: a rollback', '/release resume shop');
  expect(buttonsIn(team.slack.ephemerals(DAVE).at(-1)?.blocks ?? [])).toEqual([]);
  await ends(first);
  await card(team, first, ['live', 'ontinuous deployment is paused'], ['Resume']);
  // Nobody's request stands behind one that nobody may take back.
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${short(second)}` });
  await press(team, BOB, second, 'Approve');
  await ends(second);
  await card(team, second, ['live'], ['Roll back', 'Resume']);
  await press(team, DAVE, third, 'Resume');
  await card(team, third, ['deploying in'], holding);
  await card(team, second, ['live'], ['Roll back']);
  await team.moveClock(10 * MINUTE);
  await card(team, third, ['waiting for approval', 'requested by Pushbutton'], ['Approve', 'Reject', 'Hold']);
  expect((await deploymentsOf(team, third)).map((one) => one.status)).toEqual(['withdrawn', 'waiting']);
  await press(team, DAVE, third, 'Hold');
  await card(team, third, ['held by dave'], ['Deploy', 'What ships']);
});

test('a Retry that goes live leaves Resume on its card if no newer change waits', async () => {
  await open();
  const first = await land(team);
  await release(team, first);
  const second = await land(team, 'Add a till');
  await press(team, ALICE, second, 'Deploy now');
  await ends(second, 'failure');
  await card(
    team,
    second,
    ['failed in production', 'ontinuous deployment is paused'],
    ['Retry', 'Roll back', 'Resume'],
  );
  await press(team, ALICE, second, 'Retry');
  await ends(second);
  await card(team, second, ['live', 'ontinuous deployment is paused'], ['Roll back', 'Resume']);
  await press(team, ALICE, second, 'Resume');
  await card(team, second, ['live'], ['Roll back']);
});

test('a withdrawn rollback leaves Resume on the live card', async () => {
  await open('    rollback: { approvals: 1 }\n    approvals: { from: [U0BOB] }');
  const { first, second } = await twoLive();
  await press(team, ALICE, second, 'Roll back');
  const undoing = ['waiting for approval', `deploys what was live before ${short(second)}; nothing new ships`];
  const waits = await card(team, first, undoing, ['Approve', 'Reject', 'Withdraw']);
  // It brings nothing new, so nobody wrote any of it.
  expect(waits.words).not.toContain('authors excluded');
  await press(team, ALICE, first, 'Withdraw');
  await card(team, second, ['live', 'paused: a rollback was requested by alice'], ['Roll back', 'Resume']);
});

test('a cancelled rollback leaves Resume on the live card', async () => {
  await open();
  const { first, second } = await twoLive();
  await press(team, ALICE, second, 'Roll back');
  await ends(first, 'cancelled');
  await card(team, second, ['live', 'paused: a rollback was requested by alice'], ['Roll back', 'Resume']);
});

test('retrying a failed rollback pauses continuous deployment again if somebody has resumed it', async () => {
  await open();
  const { first, second } = await twoLive();
  await press(team, ALICE, second, 'Roll back');
  await ends(first, 'failure');
  await card(team, first, ['failed in production', 'paused'], ['Retry', 'Resume']);
  await press(team, ALICE, first, 'Resume');
  await card(team, first, ['failed in production'], ['Retry']);
  await press(team, ALICE, first, 'Retry');
  await ends(first);
  await card(team, first, ['live', 'paused: a rollback was requested by alice'], ['Resume']);
});
