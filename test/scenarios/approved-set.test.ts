import { ERIN, FAYE, startWithLeads, WAITING } from '../support/leads.js';
import { card, land, press, quiet, stands } from '../support/releases.js';
import { ALICE, DAVE, SHOP, type Team } from '../support/team.js';

/** Approvals are of what would ship when they were given: they are void once production has moved otherwise than forward. */

let team: Team;
afterEach(() => team.stop());

/** Asked for, approved, and live. */
async function released(title: string, by = [FAYE]): Promise<string> {
  const sha = await land(team, title);
  await press(team, DAVE, sha, 'Deploy');
  for (const user of by) {
    await press(team, user, sha, 'Approve');
    await quiet(team);
  }
  const row = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'live');
  return sha;
}
const VOID = 'Earlier approvals are void: production was rolled back or changed from outside';

/** Approved, and kept from starting by a lock. */
async function approvedAndLocked(): Promise<string> {
  const sha = await land(team, 'Add a basket');
  await press(team, DAVE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval'], WAITING);
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'lock shop Fair' });
  await card(team, sha, ['Once approved, it waits: locked by alice'], WAITING);
  await press(team, FAYE, sha, 'Approve');
  await card(team, sha, ['queued', 'Waiting since', 'Approved by faye'], ['Withdraw']);
  return sha;
}
const unlock = () => team.slack.command({ user: ALICE, channel: SHOP, text: 'unlock shop' });

test('a run outside Pushbutton voids earlier approvals', async () => {
  team = await startWithLeads(1);
  await released('Add prices');
  const sha = await approvedAndLocked();
  const run = await team.github.dispatchOutside('acme/shop', 'production.yml', {
    actor: 'octo-eve',
    inputs: { sha, deploy_id: 'by-hand', requested_by: 'eve' },
  });
  await team.github.startRun(run.id);
  await team.github.completeRun(run.id, { conclusion: 'success' });
  await unlock();
  await card(team, sha, ['waiting for approval', VOID], WAITING);
  await quiet(team);
  expect(team.production()).toHaveLength(2);
  await press(team, FAYE, sha, 'Approve');
  await stands(team, sha, 'deploying');
}, 60_000);

test('a rollback voids earlier approvals', async () => {
  team = await startWithLeads(2);
  const first = await released('Add prices', [FAYE, ERIN]);
  const second = await released('Add a till', [FAYE, ERIN]);
  const sha = await land(team, 'Add a basket');
  await press(team, DAVE, sha, 'Deploy');
  await press(team, FAYE, sha, 'Approve');
  await card(team, sha, ['waiting for approval', 'Approved by faye'], WAITING);
  await press(team, ALICE, second, 'Roll back');
  const row = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
  await press(team, ERIN, sha, 'Approve');
  await team.told(ERIN, 'is not what was submitted for approval', 'rolled back or changed from outside');
  await card(team, sha, ['waiting for approval', VOID, '2 approvals missing'], WAITING);
  await quiet(team);
  expect(team.production()).toHaveLength(3);
}, 60_000);
