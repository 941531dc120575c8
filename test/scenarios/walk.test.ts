import { ALICE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

test('a change passes staging, Alice presses Deploy, the run starts once and the card says live', async () => {
  const { github, slack } = team;
  const pushed = await github.land('acme/shop', {
    title: 'Add prices',
    author: { login: 'octocat', name: 'Octo Cat', email: 'o@acme.test' },
  });

  const card = await team.card(pushed.sha, 'passed staging', 'Add prices', 'first deployment');
  expect(card.buttons).toEqual(['Deploy', 'What ships']);

  const answer = await team.press(ALICE, pushed.sha, 'Deploy');
  expect(answer.status).toBe(200);
  const run = await until('a production run', () => team.production()[0]);
  expect(run.inputs).toMatchObject({ sha: pushed.sha, requested_by: ALICE, region: 'eu' });
  await team.card(pushed.sha, 'deploying');
  await github.startRun(run.id);
  await github.completeRun(run.id, { conclusion: 'success' });
  await team.card(pushed.sha, 'live');

  expect(team.production()).toHaveLength(1);
  expect(slack.messages(SHOP)).toHaveLength(1);
  expect(await team.rows('select service, sha, status, requested_by, run_id from deployments')).toEqual([
    { service: 'shop', sha: pushed.sha, status: 'live', requested_by: ALICE, run_id: String(run.id) },
  ]);
  expect(await team.rows('select slack_user_id, decision from approvals')).toEqual([
    { slack_user_id: ALICE, decision: 'requested' },
  ]);
  const kinds = (await team.rows<{ kind: string }>('select kind from ledger order by seq')).map((row) => row.kind);
  expect(kinds).toEqual(['staging passed', 'requested', 'dispatching', 'deploying', 'live']);

  await slack.command({ user: ALICE, channel: SHOP, text: 'status' });
  await team.told(ALICE, pushed.sha.slice(0, 7), 'live');
});
