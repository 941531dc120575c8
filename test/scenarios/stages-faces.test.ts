import { plainText } from '../../sandbox/slack/reading.js';
import { card, land, press, quiet, short, stands } from '../support/releases.js';
import { ALICE, configOf, DAVE, PRODUCTION, SHOP, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** What people see of stages: who is called, and what the lists say of a service that is half deployed. */

const CONFIG = configOf().replace(
  '    production: { workflow: production.yml, inputs: { region: eu } }\n',
  `    production:
      workflow: production.yml
      stages:
        - { name: canary, bake: 1m, next: press }
        - { name: eu }
`,
);

let team: Team;
beforeEach(async () => {
  team = await startTeam({ config: CONFIG, movableClock: true });
  team.github.addRepository({ fullName: 'acme/shop', defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
});
afterEach(() => team.stop());

async function runEnds(sha: string, conclusion: 'success' | 'failure' = 'success'): Promise<void> {
  const row = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion });
}

const inThread = async (sha: string) => {
  const { ts } = await card(team, sha, [], ['Continue', 'Stop here']);
  return team.slack
    .thread(SHOP, ts)
    .slice(1)
    .map((reply) => plainText(reply))
    .join('\n');
};

async function ask(text: string): Promise<string> {
  const before = team.slack.ephemerals(DAVE).length;
  await team.slack.command({ user: DAVE, channel: SHOP, text });
  return plainText(await until(`an answer to ${text}`, () => team.slack.ephemerals(DAVE)[before]));
}

test('at the end of a bake that waits for a press the card says so, and whoever requested it is called once', async () => {
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await runEnds(sha);
  await card(team, sha, ['baking in canary until', 'then eu waits for Continue'], ['Continue', 'Stop here']);
  expect(await inThread(sha)).not.toContain('Waits for Continue');
  await team.moveClock(61_000);
  await card(team, sha, ['waits for Continue to start eu, since'], ['Continue', 'Stop here']);
  const told = await until('the thread calls Alice', async () => {
    const words = await inThread(sha);
    return words.includes('Waits for Continue to start eu') && words;
  });
  expect(told.split('Waits for Continue').length).toBe(2);
  const [line] = told.split('\n').filter((one) => one.includes('Waits for Continue'));
  expect(line).toContain(ALICE);
  expect(team.slack.dms('U0OPS')).toEqual([]);
  await team.moveClock(24 * 3_600_000);
  await until('the operators are told', () => team.slack.dms('U0OPS').length === 1);
  await team.moveClock(48 * 3_600_000);
  await quiet(team);
  expect(team.slack.dms('U0OPS').map((one) => plainText(one))).toEqual([
    expect.stringContaining('has waited for Continue for a day: waits for Continue after canary'),
  ]);
}, 60_000);

test('a service that was stopped after its canary is half deployed in status, and no longer once it went on', async () => {
  const first = await land(team, 'Add a basket');
  await press(team, ALICE, first, 'Deploy');
  await runEnds(first);
  await press(team, ALICE, first, 'Continue');
  await until('eu runs', async () => (await team.rows('select stage from deployments'))[0]?.stage === 'eu');
  await runEnds(first);
  await stands(team, first, 'live');
  expect(await ask('status shop')).not.toContain('half deployed');
  const second = await land(team);
  await press(team, ALICE, second, 'Deploy');
  await runEnds(second);
  await press(team, DAVE, second, 'Stop here');
  await stands(team, second, 'stopped');
  const status = await ask('status shop');
  expect(status).toContain(`live ${short(first)}`);
  expect(status).toContain('half deployed: canary');
  expect(status).toMatch(new RegExp(`canary runs ${short(second)} by alice since`, 'i'));
  expect(status).toContain(`eu runs ${short(first)} as elsewhere`);
  expect(await ask('status')).toContain('half deployed');
  expect(await ask('history shop')).toContain('stopped at canary');
  expect(await ask(`history shop ${short(second)}`)).toMatch(/stopped .*stage: canary/);
  await press(team, ALICE, second, 'Retry');
  await until('eu runs again', async () => {
    const [row] = await team.rows('select stage, status from deployments order by id desc limit 1');
    return row?.stage === 'eu' && row.status === 'deploying';
  });
  expect(await ask('status shop')).toContain('deploying eu');
  await runEnds(second);
  await stands(team, second, 'live');
  expect(await ask('status shop')).not.toContain('half deployed');
}, 60_000);
