import { startSlack } from '../../sandbox/slack/start.js';
import { outcome, slackClient } from './slack-client.js';

const BOT = 'xoxb-bot';
const APP = 'xapp-1-app';
let slack: Awaited<ReturnType<typeof startSlack>>;
let now = Date.now();
beforeEach(async () => {
  now = Date.parse('2027-01-02T03:04:05Z');
  slack = await startSlack({ botToken: BOT, appToken: APP, signingSecret: 'secret', now: () => now });
});
afterEach(() => slack.stop());

test('an app-level token opens a socket, and each token is for its own methods', async () => {
  const open = (token: string) => slackClient(slack.apiUrl, token).apps.connections.open({});
  expect((await open(APP)).url).toMatch(/^wss?:\/\//);
  expect(await outcome(open(BOT))).toBe('not_allowed_token_type');
  expect(await outcome(open('xapp-1-another'))).toBe('invalid_auth');
  expect(await outcome(slackClient(slack.apiUrl, APP).auth.test())).toBe('not_allowed_token_type');
});

test("answers carry the workspace's time and the scopes of the token", async () => {
  const answer = await fetch(`${slack.apiUrl}auth.test`, {
    method: 'POST',
    headers: { authorization: `Bearer ${BOT}` },
  });
  expect(answer.headers.get('date')).toBe('Sat, 02 Jan 2027 03:04:05 GMT');
  expect(answer.headers.get('x-oauth-scopes')).toContain('chat:write');
});

test('where the bot may not post, the channel says so and posts are refused', async () => {
  slack.addChannel({ id: 'C0NEWS', name: 'news' });
  slack.changeChannel('C0NEWS', { read_only: true });
  const client = slackClient(slack.apiUrl, BOT);
  expect((await client.conversations.info({ channel: 'C0NEWS' })).channel?.is_read_only).toBe(true);
  expect(await outcome(client.chat.postMessage({ channel: 'C0NEWS', text: 'Hello' }))).toBe(
    'restricted_action_read_only_channel',
  );
});
