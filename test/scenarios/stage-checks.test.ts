import { type Answering, startAnswering } from '../support/answering.js';
import { card, land, press, quiet, stands } from '../support/releases.js';
import { ALICE, configOf, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
let site: Answering;
let status = 200;
let says = 'fine';
beforeEach(async () => {
  status = 200;
  says = 'fine';
  site = await startAnswering((socket) => {
    socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: ${says.length}\r\nconnection: close\r\n\r\n${says}`);
  });
});
afterEach(async () => {
  await team.stop();
  await site.stop();
});

const configWith = (check: string, more = '', top = 'checks: { private: true }') =>
  configOf({ top }).replace(
    '    production: { workflow: production.yml, inputs: { region: eu } }\n',
    `    production:
      workflow: production.yml
      inputs: { region: eu }
      stages:
        - name: canary
          bake: 2d
          check:
            - { get: "${site.url}", every: 1h, ${check} }
        - name: world
${more}`,
  );

async function bakingWith(check: string, more = '', replicas = 1): Promise<string> {
  team = await startTeam({ config: configWith(check, more), movableClock: true, replicas });
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  const row = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'baking');
  return sha;
}

/** The address is asked once more, after its time. */
async function askedAgain(): Promise<void> {
  // What was answered is saved: the next time counts from then.
  await quiet(team);
  const before = site.requests.length;
  await team.moveClock(3_600_000);
  await until('it is asked again', () => site.requests.length > before);
  await quiet(team);
}
const lines = (kind: string) =>
  team.rows<{ reason: string; detail: Record<string, unknown> }>(
    'select reason, detail from ledger where kind = $1 order by seq',
    [kind],
  );

test('a check is asked all through the bake, and what it answers as expected leaves no line', async () => {
  const sha = await bakingWith('fails: 3');
  await until('it is asked', () => site.requests.length === 1);
  await askedAgain();
  await askedAgain();
  expect(await lines('check failed')).toEqual([]);
  await card(team, sha, ['baking in canary'], ['Continue', 'Stop here']);
}, 60_000);

test('three failures in a row fail the stage, each with its status and first words; one success between starts anew', async () => {
  const sha = await bakingWith('fails: 3');
  await until('it is asked', () => site.requests.length === 1);
  status = 500;
  says = 'no database';
  await askedAgain();
  await askedAgain();
  status = 200;
  await askedAgain();
  status = 500;
  await askedAgain();
  await askedAgain();
  await stands(team, sha, 'baking');
  await askedAgain();
  await stands(team, sha, 'failed');
  await card(team, sha, ['failed at canary', 'no database', '3 times in a row'], ['Retry']);
  const failed = await lines('check failed');
  expect(failed.map(({ detail }) => `${detail.status} ${detail.in_a_row} of ${detail.of}`)).toEqual([
    ...['500 1 of 3', '500 2 of 3', '500 1 of 3', '500 2 of 3', '500 3 of 3'],
  ]);
  expect(failed[0]?.reason).toBe('no database');
  expect(await lines('check passed')).toHaveLength(1);
  expect(team.production()).toHaveLength(1);
}, 60_000);

test('of two replicas one asks, and when it stops the other goes on', async () => {
  await bakingWith('fails: 1', '', 2);
  await until('it is asked', () => site.requests.length === 1);
  await askedAgain();
  expect(site.requests).toHaveLength(2);
  const [first] = team.running.splice(0, 1);
  const [second] = team.running;
  if (second) team.point(second);
  await first?.stop();
  await askedAgain();
}, 60_000);

test('with on_failure: roll back a failing check rolls the canary back', async () => {
  status = 200;
  team = await startTeam({ config: configWith('fails: 1', '      on_failure: roll back\n'), movableClock: true });
  const first = await land(team, 'Add a basket');
  await press(team, ALICE, first, 'Deploy');
  for (const button of ['Continue', null]) {
    const row = await stands(team, first, 'deploying');
    await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
    if (button) await press(team, ALICE, first, button);
    if (button)
      await until('the next stage', async () => (await stands(team, first, 'deploying')).run_id !== row.run_id);
  }
  await stands(team, first, 'live');
  const second = await land(team);
  await press(team, ALICE, second, 'Deploy');
  const row = await stands(team, second, 'deploying');
  status = 503;
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, second, 'failed');
  const back = await stands(team, first, 'deploying');
  expect(back.kind).toBe('roll back');
  await team.github.completeRun(Number(back.run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
}, 60_000);

test('a private address is not asked unless the config allows it', async () => {
  team = await startTeam({
    config: configWith('fails: 1', '', '').replace(site.url, `http://localhost.localdomain:${site.port}/healthz`),
    movableClock: true,
  });
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  const row = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'failed');
  expect(site.requests).toEqual([]);
}, 60_000);
