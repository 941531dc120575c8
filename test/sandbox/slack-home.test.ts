import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type SlackStandIn, startSlack } from '../../sandbox/slack/start.js';
import { outcome, slackClient } from './slack-client.js';

const botToken = 'xoxb-home';
let slack: SlackStandIn;
let bot: Server;
/** What the bot was sent, signed or not, as it came. */
let sent: { headers: IncomingMessage['headers']; body: Record<string, unknown> }[];

beforeEach(async () => {
  sent = [];
  slack = await startSlack({ signingSecret: 'secret', botToken, limits: 'off' });
  slack.addUser({ id: 'U0ALICE', name: 'alice' });
  slack.addUser({ id: 'U0BOB', name: 'bob' });
  bot = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const form = new URLSearchParams(text).get('payload');
    sent.push({ headers: request.headers, body: JSON.parse(form ?? text) });
    response.end();
  });
  await new Promise<void>((resolve) => bot.listen(0, '127.0.0.1', resolve));
  slack.setEventsUrl(`http://127.0.0.1:${(bot.address() as AddressInfo).port}/slack/events`);
});
afterEach(async () => {
  await new Promise((resolve) => bot.close(resolve));
  await slack.stop();
});

const refresh = { type: 'button', action_id: 'refresh', text: { type: 'plain_text', text: 'Refresh' } };
const divider = { type: 'divider' };
const api = () => slackClient(slack.apiUrl, botToken);
const publish = (view: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  api().apiCall('views.publish', { user_id: 'U0ALICE', view: { type: 'home', blocks: [divider], ...view }, ...more });
const refused = (view: Record<string, unknown>, more?: Record<string, unknown>) => outcome(publish(view, more));

test('opening sends a signed event with the direct channel, and with the view once one was published', async () => {
  expect(slack.home('U0ALICE')).toBeUndefined();
  expect((await slack.openHome({ user: 'U0ALICE' })).status).toBe(200);
  const { headers, body } = sent[0] ?? {};
  expect(headers?.['x-slack-signature']).toMatch(/^v0=[0-9a-f]{64}$/);
  expect(body).toMatchObject({
    type: 'event_callback',
    team_id: 'T0HOME',
    event: { type: 'app_home_opened', user: 'U0ALICE', tab: 'home', channel: slack.dmOf('U0ALICE') },
  });
  expect(body?.event).not.toHaveProperty('view');
  await publish({});
  await slack.openHome({ user: 'U0ALICE' });
  await slack.openHome({ user: 'U0ALICE', tab: 'messages' });
  await slack.openHome({ user: 'U0BOB' });
  const [, again, messages, other] = sent.map((one) => one.body.event);
  expect(again).toMatchObject({ view: { id: slack.home('U0ALICE')?.id, hash: slack.home('U0ALICE')?.hash } });
  expect(messages).toMatchObject({ tab: 'messages' });
  expect(messages).not.toHaveProperty('view');
  expect(other).not.toHaveProperty('view');
});

test('a person has one view, which keeps its id; a hash must be that of what stands there', async () => {
  expect(await refused({}, { hash: '1.1' })).toBe('hash_conflict');
  const first = (await publish({})) as { view?: { id: string; hash: string } };
  const hash = first.view?.hash ?? '';
  expect(await refused({ blocks: [divider, divider] }, { hash })).toBe('ok');
  expect(await refused({}, { hash })).toBe('hash_conflict');
  expect(slack.home('U0ALICE')).toMatchObject({ id: first.view?.id, type: 'home' });
  expect(slack.home('U0ALICE')?.definition.blocks).toHaveLength(2);
  expect(slack.home('U0BOB')).toBeUndefined();
});

test('a press on the home names the view, no channel and no response_url', async () => {
  await publish({ blocks: [{ type: 'actions', elements: [refresh] }] });
  const view = slack.home('U0ALICE');
  await slack.clickInView({ viewId: view?.id ?? '', button: 'Refresh' });
  expect(sent[0]?.body).toMatchObject({
    type: 'block_actions',
    user: { id: 'U0ALICE' },
    container: { type: 'view', view_id: view?.id },
    view: { type: 'home', hash: view?.hash },
    actions: [{ action_id: 'refresh' }],
  });
  expect(sent[0]?.body).not.toHaveProperty('channel');
  expect(sent[0]?.body).not.toHaveProperty('response_url');
});

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ['a view of another type', { type: 'modal', title: { type: 'plain_text', text: 'Home' } }, {}],
  ['more than a hundred blocks', { blocks: Array(101).fill(divider) }, {}],
  ['a block for messages alone', { blocks: [{ type: 'markdown', text: 'x' }] }, {}],
  ['a block for modals alone', { blocks: [{ type: 'alert', text: { type: 'plain_text', text: 'x' } }] }, {}],
  ['more than 3,000 characters of private metadata', { private_metadata: 'x'.repeat(3_001) }, {}],
  ['a key that a home does not have', { submit: { type: 'plain_text', text: 'Go' } }, {}],
  ['an argument that the method does not have', {}, { trigger_id: '1' }],
])('refused are invalid arguments: %s', async (_, view, more) => {
  expect(await refused(view, more)).toBe('invalid_arguments');
  expect(slack.home('U0ALICE')).toBeUndefined();
});

test('a view may be 250 kB, in bytes, and no more', async () => {
  const long = (letters: string) => ({
    blocks: Array.from({ length: 50 }, () => ({
      type: 'rich_text',
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: letters.repeat(2_450) }] }],
    })),
  });
  expect(await refused(long('x'))).toBe('ok');
  expect(await refused(long('é'))).toBe('view_too_large');
});
