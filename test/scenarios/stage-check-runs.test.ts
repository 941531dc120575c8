import { card, land, press, quiet, stands } from '../support/releases.js';
import { ALICE, configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

const config = configOf().replace(
  '    production: { workflow: production.yml, inputs: { region: eu } }\n',
  `    production:
      workflow: production.yml
      inputs: { region: eu }
      stages:
        - { name: canary, check: [{ workflow: smoke.yml }] }
        - { name: world }
`,
);

let team: Team;
beforeEach(async () => {
  team = await startTeam({ config });
  const inputs = {
    sha: { required: true },
    deploy_id: { required: true },
    requested_by: {},
    stage: { required: true },
  };
  const smoke = { ...PRODUCTION, file: 'smoke.yml', name: 'Smoke', inputs };
  team.github.addRepository({ fullName: 'acme/shop', defaultBranch: 'main', workflows: [STAGING, PRODUCTION, smoke] });
});
afterEach(() => team.stop());

const smokes = () => team.github.runs('acme/shop', 'smoke.yml');

/** A canary whose run has ended well: its check runs. */
async function checking(): Promise<{ sha: string; smoke: number }> {
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  const row = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'baking');
  const run = await until('its check runs', () => smokes()[0]);
  return { sha, smoke: run.id };
}

test('a check workflow is run once for the stage, and the next stage starts when it has passed', async () => {
  const { sha, smoke } = await checking();
  expect(smokes()[0]?.inputs).toMatchObject({ sha, stage: 'canary', requested_by: ALICE });
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  await team.github.completeRun(smoke, { conclusion: 'success' });
  await until('world starts', () => team.production().length === 2);
  expect(smokes()).toHaveLength(1);
  const ids = [...team.production(), ...smokes()].map((run) => run.inputs.deploy_id);
  expect(new Set(ids).size).toBe(3);
});

test('a check workflow that fails fails the stage', async () => {
  const { sha, smoke } = await checking();
  await team.github.completeRun(smoke, { conclusion: 'failure' });
  await stands(team, sha, 'failed');
  await card(team, sha, ['failed at canary', 'smoke.yml', 'failure'], ['Retry']);
  expect(team.production()).toHaveLength(1);
});

test('when the deployment ends before its check, the check is cancelled', async () => {
  const { sha, smoke } = await checking();
  await press(team, ALICE, sha, 'Stop here');
  await stands(team, sha, 'stopped');
  await until('it is cancelled', () => team.github.run(smoke).conclusion === 'cancelled');
  const open = () => team.rows("select 1 from stages where check_status in ('due', 'sent', 'running')");
  await until('nobody asks any more', async () => (await open()).length === 0);
});

test('a check workflow that GitHub refuses to start fails the stage, in its own words', async () => {
  team.github.workflowState('acme/shop', 'smoke.yml', 'disabled_manually');
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  const row = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'failed');
  await card(team, sha, ['failed at canary', 'GitHub refused to start it'], ['Retry']);
});

test('an answer to its start that is lost is looked up, and never sent again', async () => {
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  const row = await stands(team, sha, 'deploying');
  team.github.fail('dispatch', { kind: 'lost' });
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  const run = await until('its check runs', () => smokes()[0]);
  await team.github.completeRun(run.id, { conclusion: 'success' });
  await until('world starts', () => team.production().length === 2);
  expect(smokes()).toHaveLength(1);
});
