import type { CrashPoint } from '../../src/crash-points.js';
import { dispatches, land, press, stands } from '../support/releases.js';
import { ALICE, configOf, PRODUCTION, STAGING } from '../support/team.js';
import { until } from '../support/until.js';
import { aTeam, boot, diesAndAnotherComes, RESUMES_MS, resumed, team } from './dying.js';

/** A replica dies while it starts the check workflow of a stage: its run is looked for by its id, and never started twice. */
export async function checkRunAgain(point: CrashPoint): Promise<void> {
  const stages = '      stages: [{ name: canary, check: [{ workflow: smoke.yml }] }, { name: world }]\n';
  const config = configOf().replace(
    '    production: { workflow: production.yml, inputs: { region: eu } }\n',
    `    production:\n      workflow: production.yml\n      inputs: { region: eu }\n${stages}`,
  );
  await aTeam({ config });
  const inputs = { sha: {}, deploy_id: {}, requested_by: {}, stage: {} };
  const workflows = [STAGING, PRODUCTION, { ...PRODUCTION, file: 'smoke.yml', name: 'Smoke', inputs }];
  team.github.addRepository({ fullName: 'acme/shop', defaultBranch: 'main', workflows });
  const bot = await boot(point);
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  const row = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await diesAndAnotherComes(bot);
  const missed = () => team.rows('select 1 from stages where check_looked_at is not null or check_run_id is not null');
  await until('its run is looked for', async () => (await missed()).length > 0, RESUMES_MS);
  resumed(point);
  const smokes = team.github.runs('acme/shop', 'smoke.yml');
  const wasSent = point === 'check run: answered';
  expect(smokes).toHaveLength(wasSent ? 1 : 0);
  // The canary, and its check.
  expect(dispatches(team)).toHaveLength(wasSent ? 2 : 1);
  if (!smokes[0]) return;
  await team.github.completeRun(smokes[0].id, { conclusion: 'success' });
  await until('world starts', () => team.production().length === 2, RESUMES_MS);
}
