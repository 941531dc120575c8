import { land, press, stands } from '../support/releases.js';
import { ALICE, configOf, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Socket Mode on bad days; its good ones are in socket.test.ts. */
let team: Team;
beforeEach(async () => {
  team = await startTeam({ socketMode: true, config: configOf() });
});
afterEach(() => team.stop());

const readyz = async () => {
  const answer = await fetch(`http://127.0.0.1:${team.running[0]?.port}/readyz`);
  return { status: answer.status, body: JSON.stringify(await answer.json()) };
};

test('presses still work after Slack renews the connection', async () => {
  const sha = await land(team);
  const opened = team.slack.calls('apps.connections.open').length;
  team.slack.sockets.refresh();
  await until('a new connection', () => team.slack.calls('apps.connections.open').length > opened);
  await until('it is there', () => team.slack.sockets.count() === 1);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying');
});

test('when the connection breaks during a Slack outage /readyz says so, and it reconnects as soon as Slack is back', async () => {
  const sha = await land(team);
  const tried = () => team.slack.calls('apps.connections.open').length;
  const before = tried();
  team.slack.fail('apps.connections.open', { kind: 'http', status: 503 });
  team.slack.fail('apps.connections.open', { kind: 'lost' });
  team.slack.sockets.cut();
  await until('it says so', async () => (await readyz()).body.includes('is not connected in Socket Mode'));
  expect((await readyz()).status).toBe(503);
  await until('it is ready again', async () => (await readyz()).status === 200, 20_000);
  expect(tried()).toBe(before + 3);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying');
});

test('a connection on which Slack says nothing is given up and opened again', async () => {
  team.slack.sockets.setMute(true);
  team.slack.sockets.cut();
  await until('none is left', () => team.slack.sockets.count() === 0);
  await until('one that says nothing', () => team.slack.sockets.count() === 1);
  expect((await readyz()).status).toBe(503);
  team.slack.sockets.setMute(false);
  await until('it is ready', async () => (await readyz()).status === 200, 30_000);
}, 60_000);

test('a replica starts during a Slack outage and connects as soon as Slack is back', async () => {
  await team.running.pop()?.stop();
  team.slack.fail('apps.connections.open', { kind: 'http', status: 500 });
  await team.start();
  expect((await readyz()).body).toContain('is not connected in Socket Mode');
  await until('it is ready', async () => (await readyz()).status === 200);
});

test('an app token that Slack refuses stops the start, naming the setting and what it must be', async () => {
  await team.running.pop()?.stop();
  team.slack.fail('apps.connections.open', { kind: 'error', error: 'invalid_auth' });
  await expect(team.start()).rejects.toThrow(
    'SLACK_APP_TOKEN: Slack answers invalid_auth; expected an app-level token with the scope connections:write',
  );
  expect(team.slack.sockets.count()).toBe(0);
});
