import { freePort } from '../support/free-port.js';
import { deploymentsOf, land, press, quiet, stands, told, whoWasTold, withButton } from '../support/releases.js';
import { ALICE, BOB, configOf, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Nothing listens there: whoever sends to it finds nobody. */
const NOWHERE = 'http://127.0.0.1:1';
/** The values of the chapter "Behind a firewall" in docs/setup.md, but for the pace. */
const CONFIG = configOf().replace('{ webhooks: true, poll: 1h }', '{ webhooks: false, poll: 1s }');

let team: Team;
beforeEach(async () => {
  team = await startTeam({ socketMode: true, config: CONFIG, env: { GITHUB_WEBHOOK_SECRET: '' } });
  team.slack.setEventsUrl(NOWHERE);
  team.github.setWebhookUrl(NOWHERE);
});
afterEach(() => team.stop());

const address = () => `http://127.0.0.1:${team.running[0]?.port}`;
const readyz = async () => {
  const answer = await fetch(`${address()}/readyz`);
  return { status: answer.status, body: JSON.stringify(await answer.json()) };
};

test('behind a firewall a change is found, deployed and followed to live without inbound requests', async () => {
  expect(await readyz()).toMatchObject({ status: 200 });
  for (const path of ['/slack/events', '/github/webhooks'])
    expect((await fetch(address() + path, { method: 'POST', body: '{}' })).status).toBe(404);

  const sha = await land(team);
  const answer = await press(team, ALICE, sha, 'Deploy');
  expect(answer).toMatchObject({ status: 200, failedWith: undefined });
  const { run_id: run } = await stands(team, sha, 'deploying');
  await team.github.startRun(Number(run));
  await team.github.completeRun(Number(run), { conclusion: 'success' });
  await stands(team, sha, 'live');
  await team.card(sha, 'live');
  expect(team.production()).toHaveLength(1);

  const typed = await team.slack.command({ user: ALICE, channel: SHOP, text: 'status' });
  expect(typed.failedWith).toBeUndefined();
  await told(team, ALICE, sha.slice(0, 7), 'live');
});

test('a non-deployer is told privately, and a mention of the bot is answered', async () => {
  const sha = await land(team);
  await press(team, BOB, sha, 'Deploy');
  await told(team, BOB, 'deploy');
  expect(whoWasTold(team)).toEqual([BOB]);
  expect(await deploymentsOf(team, sha)).toEqual([]);
  const said = await team.slack.mention({ user: ALICE, channel: SHOP, text: 'hello' });
  expect(said.failedWith).toBeUndefined();
  await told(team, ALICE, '/release');
});

test('a press that cannot be saved is not acknowledged', async () => {
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  await quiet(team);
  await team.rows('alter table inbox rename to inbox_away');
  const answer = await team.slack.click({ user: ALICE, channel: on.channel, ts: on.ts, button: 'Deploy' });
  await team.rows('alter table inbox_away rename to inbox');
  expect(answer.failedWith).toBe('operation_timeout');
  expect(await deploymentsOf(team, sha)).toEqual([]);
});

test('a stopping replica closes its connection, and the other one takes the presses', async () => {
  await team.start();
  await until('two connections', () => team.slack.sockets.count() === 2);
  const [first] = team.running.splice(0, 1);
  await first?.stop();
  await until('one connection', () => team.slack.sockets.count() === 1);
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying');
});

test('what arrives over the socket is timed until its answer, also what is refused one', async () => {
  await team.stop();
  const port = await freePort();
  team = await startTeam({
    ...{ socketMode: true, config: CONFIG, env: { GITHUB_WEBHOOK_SECRET: '', METRICS_PORT: String(port) } },
  });
  const answered = async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/^pushbutton_slack_answer_seconds_count (\d+)$/m.exec(text)?.[1]);
  };
  const sha = await land(team);
  expect(await answered()).toBe(0);
  await press(team, BOB, sha, 'Deploy');
  expect(await answered()).toBe(1);
  await team.rows('alter table inbox rename to inbox_away');
  await press(team, ALICE, sha, 'Deploy');
  await until('the press that was not saved is timed', async () => (await answered()) === 2);
  await team.rows('alter table inbox_away rename to inbox');
});
