import type { CrashPoint } from '../../src/crash-points.js';
import { startAnswering } from '../support/answering.js';
import { land, press, stands } from '../support/releases.js';
import { ALICE, configOf } from '../support/team.js';
import { until } from '../support/until.js';
import { aTeam, boot, diesAndAnotherComes, RESUMES_MS, resumed, team } from './dying.js';

/**
 * A replica dies between the answer of a check and what is saved of it: another one asks once more, and the answer counts
 * once.
 */
export async function checkedAgain(point: CrashPoint): Promise<void> {
  const site = await startAnswering((socket) =>
    socket.end('HTTP/1.1 500 X\r\ncontent-length: 4\r\nconnection: close\r\n\r\ndown'),
  );
  try {
    const stages = `      stages:
        - { name: canary, bake: 10m, check: [{ get: "${site.url}", every: 1h, fails: 2 }] }
        - { name: world }
`;
    const production = '    production: { workflow: production.yml, inputs: { region: eu } }\n';
    const config = configOf({ top: 'checks: { private: true }' }).replace(
      production,
      `    production:\n      workflow: production.yml\n      inputs: { region: eu }\n${stages}`,
    );
    await aTeam({ config });
    const bot = await boot(point);
    const sha = await land(team);
    await press(team, ALICE, sha, 'Deploy');
    const row = await stands(team, sha, 'deploying');
    await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
    await diesAndAnotherComes(bot);
    await until('it is asked once more', () => site.requests.length === 2, RESUMES_MS);
    resumed(point);
    const failed = () => team.rows("select detail->>'in_a_row' as n from ledger where kind = 'check failed'");
    await until('the answer counts', async () => (await failed()).length > 0);
    expect(await failed()).toEqual([{ n: '1' }]);
    await stands(team, sha, 'baking');
  } finally {
    await site.stop();
  }
}
