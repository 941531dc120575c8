import { once } from 'node:events';
import { WebSocket } from 'ws';
import { startSlack } from '../../sandbox/slack/start.js';
import { until } from '../support/until.js';

let slack: Awaited<ReturnType<typeof startSlack>>;
beforeEach(async () => {
  const tokens = { botToken: 'xoxb-bot', appToken: 'xapp-app', signingSecret: 'secret' };
  slack = await startSlack({ ...tokens, socketMode: true, patience: 300 });
  slack.addUser({ id: 'U0ALICE', name: 'alice' });
  slack.addChannel({ id: 'C0SHOP', name: 'shop' });
});
afterEach(() => slack.stop());

async function open(token: string) {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${slack.apiUrl}apps.connections.open`, { method: 'POST', headers });
  return (await answer.json()) as { ok: boolean; error?: string; url?: string };
}

/** Connects, and gives what it hears. */
async function connect(): Promise<{ socket: WebSocket; heard: { type: string; envelope_id?: string }[] }> {
  const socket = new WebSocket((await open('xapp-app')).url ?? '');
  const heard: { type: string; envelope_id?: string }[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data))));
  await until('the hello', () => heard[0]?.type === 'hello');
  return { socket, heard };
}

const status = () => slack.command({ user: 'U0ALICE', channel: 'C0SHOP', text: 'status' });

test('only the token of the app opens a socket', async () => {
  expect(await open('xoxb-bot')).toEqual({ ok: false, error: 'not_allowed_token_type' });
  expect(await open('xapp-other')).toEqual({ ok: false, error: 'invalid_auth' });
  expect(await open('xapp-app')).toMatchObject({ ok: true, url: expect.stringMatching(/^ws:/) });
});

test('an address is good for one connection', async () => {
  const { url = '' } = await open('xapp-app');
  await once(new WebSocket(url), 'open');
  const [error] = await once(new WebSocket(url), 'error');
  expect(String(error)).toContain('404');
});

test('what a person types comes in an envelope, and is done once that is acknowledged', async () => {
  const { socket, heard } = await connect();
  const typed = status();
  const envelope = await until('an envelope', () => heard[1]);
  expect(envelope).toMatchObject({ type: 'slash_commands', payload: { command: '/release', text: 'status' } });
  socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, payload: { text: 'All is live' } }));
  expect((await typed).failedWith).toBeUndefined();
  expect(slack.ephemerals('U0ALICE').map(({ text }) => text)).toEqual(['All is live']);
});

test('the person sees a failure where nobody acknowledges, and where nobody is connected', async () => {
  await connect();
  expect((await status()).failedWith).toBe('operation_timeout');
  slack.sockets.cut();
  await until('nobody is there', () => slack.sockets.count() === 0);
  expect((await status()).failedWith).toBe('dispatch_failed');
});
