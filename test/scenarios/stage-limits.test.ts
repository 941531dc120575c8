import type { Fault } from '../../sandbox/github/faults.js';
import { dispatches, hurry, land, press, stands } from '../support/releases.js';
import { ALICE, configOf, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

const LIMITED: Fault = { kind: 'rate-limit', limit: 'secondary', retryAfter: 1 };
const config = configOf().replace(
  '    production: { workflow: production.yml, inputs: { region: eu } }\n',
  '    production:\n      workflow: production.yml\n      stages: [{ name: canary, inputs: { region: us } }, { name: world }]\n',
);

let team: Team;
beforeEach(async () => {
  team = await startTeam({ config });
});
afterEach(() => team.stop());

test('a second stage that GitHub refuses for its rate limit is sent again by the same id, and runs once', async () => {
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  const row = await stands(team, sha, 'deploying');
  team.github.fail('dispatch', LIMITED);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await until('world was refused and is to be sent again', async () => {
    const [one] = await team.rows("select 1 from ledger where kind = 'rate limited'");
    return one !== undefined;
  });
  await hurry(team, 'start next');
  await until('world runs', () => team.production().length === 2);
  const ids = dispatches(team).map(({ body }) => (body as { inputs: { deploy_id: string } }).inputs.deploy_id);
  expect(ids).toHaveLength(3);
  expect(ids[1]).toBe(ids[2]);
  expect(ids[0]).not.toBe(ids[1]);
  const world = team.production().find((run) => run.inputs.deploy_id === ids[1]);
  await team.github.completeRun(Number(world?.id), { conclusion: 'success' });
  await stands(team, sha, 'live');
});
