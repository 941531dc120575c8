import {
  card,
  counts,
  land,
  press,
  quiet,
  refusals,
  stands,
  told,
  whoWasTold,
  withButton,
} from '../support/releases.js';
import { ALICE, BOB, configOf, DEPLOYERS, GUS, SAM, SHOP, startTeam, type Team } from '../support/team.js';

/** The workspace is one of an Enterprise Grid organisation: people belong to several workspaces at once. */

const WILMA = 'W0WILMA';
const HOME = 'T0HOME';
const PARIS = 'T0PARIS';

let team: Team;
beforeEach(async () => {
  team = await startTeam({ config: configOf({ service: `    approvals: { required: 1, from: [${WILMA}, ${BOB}] }` }) });
  team.slack.joinOrganisation({ id: 'E0ACME', name: 'Acme' });
  team.slack.addUser({ id: WILMA, name: 'wilma', team_id: PARIS, teams: [PARIS, HOME] });
});
afterEach(() => team.stop());

async function onlyRefused(user: string): Promise<void> {
  await told(team, user, 'full members', 'another workspace');
  await quiet(team);
  expect(await refusals(team)).toEqual([`${user}: not a full member`]);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([0, 0]);
  expect(whoWasTold(team)).toEqual([user]);
}

test.each([
  ['no team', null],
  ['another workspace of theirs', PARIS],
  ['our workspace', HOME],
])('a deployer of whom users.info names %s may deploy', async (_, infoTeam) => {
  team.slack.changeUser(ALICE, { teams: [HOME, PARIS], infoTeam });
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  expect(await stands(team, sha, 'waiting')).toMatchObject({ requested_by: ALICE });
});

test('a press that names another workspace of the person counts, and so do their commands and their id with W', async () => {
  team.slack.changeUser(ALICE, { team_id: PARIS, teams: [PARIS, HOME] });
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'waiting');
  await press(team, WILMA, sha, 'Approve');
  await stands(team, sha, 'deploying');
  await card(team, sha, ['Approved by wilma'], ['Cancel']);
  await team.slack.command({ user: WILMA, channel: SHOP, text: 'status shop' });
  await told(team, WILMA, 'shop', 'deploying');
  await team.slack.openHome({ user: WILMA });
  expect(await refusals(team)).toEqual([]);
});

test.each([
  ['a colleague from another workspace of the organisation', { team_id: PARIS, teams: [PARIS] }],
  ['a colleague whose press and users.info both name our workspace', { teams: [PARIS] }],
  ['a colleague who belongs to no workspace', { teams: [] }],
  ['somebody of another company that is an organisation too', { team_id: 'T0OTHER', teams: ['T0OTHER'] }],
])('%s is refused, although the deployers name them', async (_, change) => {
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  team.slack.changeUser(ALICE, change);
  await press(team, ALICE, sha, 'Deploy');
  await onlyRefused(ALICE);
});

test('somebody of another company is refused when only the press names their team', async () => {
  team.slack.changeUser(SAM, { infoTeam: HOME });
  team.slack.setGroupUsers(DEPLOYERS, [SAM]);
  const sha = await land(team);
  await press(team, SAM, sha, 'Deploy');
  await onlyRefused(SAM);
});

test('somebody of another company is refused when only users.info names their team', async () => {
  team.slack.changeUser(SAM, { team_id: HOME, infoTeam: 'T0OTHER' });
  team.slack.setGroupUsers(DEPLOYERS, [SAM]);
  const sha = await land(team);
  await press(team, SAM, sha, 'Deploy');
  await onlyRefused(SAM);
});

test('a guest is a guest in an organisation too', async () => {
  team.slack.setGroupUsers(DEPLOYERS, [GUS]);
  const sha = await land(team);
  await press(team, GUS, sha, 'Deploy');
  await told(team, GUS, 'full members', 'guest');
  expect(await refusals(team)).toEqual([`${GUS}: not a full member`]);
});

test('who has left our workspace for another one since the press does not deploy', async () => {
  const first = await land(team);
  await press(team, ALICE, first, 'Deploy');
  await stands(team, first, 'waiting');
  team.slack.changeUser(ALICE, { team_id: PARIS, teams: [PARIS] });
  await press(team, BOB, first, 'Approve');
  expect((await stands(team, first, 'rejected')).reason).toContain('not a full member');
  expect(team.production()).toEqual([]);
});
