import { card, land, press, refusals, release, short, stands, told } from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, SHOP, startTeam, type Team } from '../support/team.js';

/** What is live and what is to be deployed cannot be compared: the history of the branch was rewritten, or is too large. */
let team: Team;
const begin = async (deadlines: { deadlines?: 'real' } = {}) => {
  team = await startTeam({ config: configOf({ service: '    override: [U0BOB]' }), ...deadlines });
};
afterEach(() => team.stop());

const offers = ['Deploy', 'What ships'];
const type = (user: string, text: string) => team.slack.command({ user, channel: SHOP, text });

/** A change is live, another passed staging, and GitHub compares the two in its own way. */
async function comparedWith(status: number, body: object): Promise<string> {
  const live = await land(team);
  await release(team, live);
  const sha = await land(team, 'On the new history');
  team.github.fail(`GET /repos/acme/shop/compare/${live}...${sha}`, { kind: 'status', status, body }, 1_000);
  return sha;
}

test('a commit that does not contain what is live is refused with the way on, and break glass takes it', async () => {
  await begin();
  const sha = await comparedWith(200, { status: 'diverged', ahead_by: 3, behind_by: 2, commits: [] });
  await press(team, ALICE, sha, 'Deploy');
  await told(team, ALICE, 'does not contain what is live', 'history of the branch was rewritten', '--override REASON');
  expect(await refusals(team)).toEqual([`${ALICE}: diverged from what is live`]);
  await type(BOB, `deploy shop ${short(sha)} --override The history was rewritten`);
  const { run_id } = await stands(team, sha, 'deploying');
  const words = ['Break glass by bob', 'What ships could not be counted: it does not contain what was live'];
  await card(team, sha, words, ['Cancel']);
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await stands(team, sha, 'live');
});

test.each<[string, number, string]>([
  ['GitHub no longer has a common ancestor', 404, 'GitHub refuses to compare: Not Found (404)'],
  ['the comparison is too large for GitHub', 500, 'GitHub answers 500 when asked to compare'],
])('break glass does not wait for a comparison: %s', async (_, status, why) => {
  await begin({ deadlines: 'real' });
  const sha = await comparedWith(status, { message: status === 404 ? 'Not Found' : 'Server Error' });
  await press(team, ALICE, sha, 'Deploy');
  const says = status === 500 ? 'but fails with 500' : 'GitHub refuses a check';
  await card(team, sha, ['queued', says], ['Withdraw']);
  expect(team.production()).toHaveLength(1);
  await type(BOB, `deploy shop ${short(sha)} --override The shop is down`);
  await stands(team, sha, 'deploying', 20_000);
  await card(team, sha, ['Break glass by bob', `What ships could not be counted: ${why}`], ['Cancel']);
  expect(team.production()).toHaveLength(2);
});

test('without a comparison nobody else deploys', async () => {
  await begin();
  const sha = await comparedWith(404, { message: 'Not Found' });
  await card(team, sha, ['passed staging'], offers);
  await type(ALICE, `deploy shop ${short(sha)} --override I want it`);
  await told(team, ALICE, 'You may not break the glass');
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['queued', 'GitHub refuses a check'], ['Withdraw']);
  expect(team.production()).toHaveLength(1);
});

test('a range whose diff is too large for GitHub is counted all the same, and deployed', async () => {
  await begin();
  const live = await land(team);
  await release(team, live);
  team.github.largeDiffs(true);
  await land(team, 'Add a basket');
  const sha = await land(team, 'Replace everything');
  await card(team, sha, ['2 changes would ship, which GitHub does not list'], offers);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying');
});

test('break glass ships nothing older over what is live, however slowly GitHub compares', async () => {
  await begin({ deadlines: 'real' });
  const older = await land(team);
  const live = await land(team, 'Add a basket');
  await release(team, live);
  team.github.fail(`GET /repos/acme/shop/compare/${live}...${older}`, { kind: 'slow', ms: 2_000 }, 1_000);
  await type(BOB, `deploy shop ${short(older)} --override The shop is down`);
  const { reason } = await stands(team, older, 'rejected', 20_000);
  expect(reason).toContain('behind what is live');
  expect(team.production()).toHaveLength(1);
});

test('what ships and is not listed cannot be approved, and the reason is said', async () => {
  const service = '    override: [U0BOB]\n    approvals: { required: 1, from: [U0DAVE] }';
  team = await startTeam({ config: configOf({ service }) });
  const live = await land(team);
  await press(team, ALICE, live, 'Deploy');
  await press(team, DAVE, live, 'Approve');
  const { run_id } = await stands(team, live, 'deploying');
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await stands(team, live, 'live');
  team.github.largeDiffs(true);
  const sha = await land(team, 'Replace everything');
  await press(team, ALICE, sha, 'Deploy');
  await press(team, DAVE, sha, 'Approve');
  await told(team, DAVE, '1 commits ship, and GitHub does not list them');
  expect(team.production()).toHaveLength(1);
});
