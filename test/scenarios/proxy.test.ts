import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { startForwardProxy } from '../support/forward-proxy.js';
import { type Running, startProcess } from '../support/process.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { land, press, stands, told as toldAlone } from '../support/releases.js';
import { ALICE, configOf, SECRETS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** The network lets nobody out but the forward proxy: only it can look up the names of Slack and GitHub. */
const CONFIG = configOf().replace('{ webhooks: true, poll: 1h }', '{ webhooks: false, poll: 1s }');
const PASSWORD = 'pass%word of the proxy';

let team: Team;
let proxy: Awaited<ReturnType<typeof startForwardProxy>>;
let running: Running | null = null;
beforeEach(async () => {
  proxy = await startForwardProxy({ password: PASSWORD });
  team = await startTeam({
    ...{ socketMode: true, pauses: 'real', replicas: 0, config: CONFIG },
    env: { GITHUB_WEBHOOK_SECRET: '' },
  });
  team.slack.sockets.handOut('wss.slack.test');
});
afterEach(async () => {
  await running?.terminate();
  running = null;
  await team.stop();
  await proxy.stop();
});

const named = (url: string, name: string) => url.replace('127.0.0.1', name);
const slackAt = (name: string) => `${name}:${new URL(team.slack.apiUrl).port}`;
const githubAt = (name: string) => `${name}:${new URL(team.github.url).port}`;
/** All is asked for by names that only the proxy can look up. */
const startBehindProxy = (more: Record<string, string>, config = CONFIG) =>
  startProcess(team, config, {
    SLACK_APP_TOKEN: SECRETS.appToken,
    SLACK_API_URL: named(team.slack.apiUrl, 'slack.test'),
    GITHUB_WEBHOOK_SECRET: '',
    GITHUB_API_URL: named(team.github.url, 'github.test'),
    ...more,
  });
const url = () => `http://bot:${encodeURIComponent(PASSWORD)}@${proxy.at}`;

test('in Socket Mode a change is found, deployed and answered through the proxy, the socket too', async () => {
  running = await startBehindProxy({ HTTP_PROXY: url() });
  expect(team.slack.sockets.count()).toBe(1);
  await until('GitHub is asked', () => proxy.asked().includes(githubAt('github.test')));
  expect(new Set(proxy.asked())).toEqual(
    new Set([slackAt('slack.test'), slackAt('wss.slack.test'), githubAt('github.test')]),
  );
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying');
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'status' });
  await toldAlone(team, ALICE, sha.slice(0, 7));

  const said =
    running
      .printed()
      .split('\n')
      .find((line) => line.includes('a forward proxy is set')) ?? '';
  expect(JSON.parse(said)).toMatchObject({ slack: `through http://${proxy.at}`, github: `through http://${proxy.at}` });
  expect(running.printed()).not.toContain(PASSWORD);
  expect(running.printed()).not.toContain(encodeURIComponent(PASSWORD));
}, 60_000);

/** Deploys a change of which that address is told, and waits until the receiver has heard. */
async function told(address: string, receiver: Receiver, more: Record<string, string> = {}): Promise<void> {
  const variables = { HTTP_PROXY: url(), CHANGE_TICKET_SECRET: SECRETS.changeTicketSecret, ...more };
  running = await startBehindProxy(variables, `${CONFIG}\nchange_ticket: { url: "${address}" }\n`);
  await press(team, ALICE, await land(team), 'Deploy');
  await until('it hears', () => receiver.taken().length === 1);
  expect(running.printed()).not.toContain(SECRETS.changeTicketSecret);
}

test('change management hears through the proxy', async () => {
  const receiver = await startReceiver();
  const [cert, key] = ['crt', 'key'].map((kind) => readFileSync(`test/support/tls/changes.${kind}`));
  const front = createServer({ cert, key }, (near) => {
    const far = connect(receiver.port, '127.0.0.1');
    for (const end of [near, far]) end.on('error', () => end.destroy());
    near.pipe(far).pipe(near);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  try {
    const at = `changes.test:${(front.address() as AddressInfo).port}`;
    await told(`https://${at}/changes`, receiver, { NODE_EXTRA_CA_CERTS: 'test/support/tls/changes.crt' });
    expect(proxy.asked()).toContain(at);
  } finally {
    front.close();
    await receiver.stop();
  }
}, 60_000);

test.each(['localhost', '127.0.0.1'])(
  'what change management at %s hears never leaves this machine',
  async (host) => {
    const receiver = await startReceiver();
    const at = `${host}:${receiver.port}`;
    try {
      await told(`http://${at}/changes`, receiver);
      expect(proxy.asked()).not.toContain(at);
    } finally {
      await receiver.stop();
    }
  },
  60_000,
);

test('what NO_PROXY names is reached directly, the rest through the proxy', async () => {
  running = await startBehindProxy({
    http_proxy: url(),
    no_proxy: 'acme.com, 0.0.0.0',
    // Another name of this machine, which is not reached directly by itself.
    GITHUB_API_URL: named(team.github.url, '0.0.0.0'),
  });
  expect(team.slack.sockets.count()).toBe(1);
  const sha = await land(team);
  await team.card(sha, 'passed staging');
  expect(new Set(proxy.asked())).toEqual(new Set([slackAt('slack.test'), slackAt('wss.slack.test')]));
}, 60_000);

test('without a variable, nothing goes through a proxy', async () => {
  team.slack.sockets.handOut('127.0.0.1');
  running = await startBehindProxy({ SLACK_API_URL: team.slack.apiUrl, GITHUB_API_URL: team.github.url });
  expect(running.printed()).not.toContain('forward proxy');
  expect(proxy.asked()).toEqual([]);
}, 60_000);
