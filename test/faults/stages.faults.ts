import type { CrashPoint } from '../../src/crash-points.js';
import { pollNow } from '../support/deliveries.js';
import { dispatches, land, press, quiet, stands } from '../support/releases.js';
import { ALICE, configOf } from '../support/team.js';
import { until } from '../support/until.js';
import { aTeam, boot, diesAndAnotherComes, endAll, RESUMES_MS, resumed, team, tellRecoveries } from './dying.js';

/** A replica dies while the second stage of a deployment is started, as by `kill -9`: that stage runs once, and in its turn. */

afterEach(endAll);
afterAll(tellRecoveries);

const config = configOf().replace(
  '    production: { workflow: production.yml, inputs: { region: eu } }\n',
  '    production:\n      workflow: production.yml\n      stages: [{ name: canary, bake: 1h }, { name: world }]\n',
);

/** A canary that bakes, by a replica that is gone again; then one that dies at that point, and Continue. */
async function continuedThen(point: CrashPoint): Promise<string> {
  await aTeam({ config });
  const healthy = await boot();
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  const row = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'baking', RESUMES_MS);
  await quiet(team);
  await pollNow(team);
  await healthy.terminate();
  const bot = await boot(point);
  await press(team, ALICE, sha, 'Continue').catch(() => {});
  await diesAndAnotherComes(bot);
  return sha;
}

test.each<CrashPoint>(['gathered', 'decided', 'committed', 'dispatch: reached', 'dispatch: answered'])(
  'it dies at "%s": the second stage is sent once, and all goes live',
  async (point) => {
    const sha = await continuedThen(point);
    await until('the second stage runs', () => team.production().length === 2, RESUMES_MS);
    resumed(point);
    const row = await stands(team, sha, 'deploying', RESUMES_MS);
    await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
    await stands(team, sha, 'live', RESUMES_MS);
    await quiet(team);
    expect(dispatches(team)).toHaveLength(2);
    expect(await team.rows('select name, status from stages order by place')).toEqual([
      { name: 'canary', status: 'passed' },
      { name: 'world', status: 'passed' },
    ]);
  },
  150_000,
);

test('it dies with the claim and nobody knows whether the request has left: it is looked for, and never sent blindly', async () => {
  const sha = await continuedThen('dispatch: claimed');
  await stands(team, sha, 'unknown', RESUMES_MS);
  resumed('dispatch: claimed');
  expect(dispatches(team)).toHaveLength(1);
}, 150_000);
