import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pickButton } from '../../sandbox/slack/buttons.js';
import { type SlackStandIn, startSlack } from '../../sandbox/slack/start.js';
import { addMessage } from '../../sandbox/slack/workspace.js';
import { slackClient } from './slack-client.js';

/** The menu of a message, and buttons of the same name, as Slack has them. */

const botToken = 'xoxb-shortcuts';
let slack: SlackStandIn;
let bot: Server;
let sent: Record<string, unknown>[];

beforeEach(async () => {
  sent = [];
  slack = await startSlack({ signingSecret: 'secret', botToken, limits: 'off' });
  slack.addUser({ id: 'U0ALICE', name: 'alice' });
  slack.addUser({ id: 'U0SAM', name: 'sam', team_id: 'T0OTHER' });
  slack.addChannel({ id: 'C0SHOP', name: 'shop' });
  slack.addChannel({ id: 'C0BOARD', name: 'board', private: true, members: [] });
  bot = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    sent.push(JSON.parse(new URLSearchParams(Buffer.concat(chunks).toString()).get('payload') ?? '{}'));
    response.end();
  });
  await new Promise<void>((resolve) => bot.listen(0, '127.0.0.1', resolve));
  slack.setEventsUrl(`http://127.0.0.1:${(bot.address() as AddressInfo).port}/slack/events`);
});
afterEach(async () => {
  await new Promise((resolve) => bot.close(resolve));
  await slack.stop();
});

const NAME = 'Why is this not live?';
const say = (channel: string, thread_ts?: string) =>
  addMessage(slack.workspace, { channel, user: 'U0ALICE', text: 'Well?', thread_ts });

test('a shortcut of a message sends its id, the message, the person with their own team, and a place to answer', async () => {
  const { ts } = say('C0SHOP');
  const reply = say('C0SHOP', ts);
  await slack.useShortcut({ user: 'U0ALICE', channel: 'C0SHOP', ts, name: NAME });
  await slack.useShortcut({ user: 'U0SAM', channel: 'C0SHOP', ts: reply.ts, name: NAME });
  expect(sent).toMatchObject([
    {
      ...{ type: 'message_action', callback_id: 'why', message_ts: ts, channel: { id: 'C0SHOP', name: 'shop' } },
      ...{ user: { id: 'U0ALICE', team_id: 'T0HOME' }, message: { ts, text: 'Well?' }, team: { id: 'T0HOME' } },
      trigger_id: expect.stringMatching(/./),
    },
    { user: { id: 'U0SAM', team_id: 'T0OTHER' }, team: { id: 'T0HOME' }, message: { ts: reply.ts, thread_ts: ts } },
  ]);
  const answer = await fetch(String(sent[0]?.response_url), {
    method: 'POST',
    body: JSON.stringify({ response_type: 'ephemeral', text: 'Because.' }),
  });
  expect(answer.status).toBe(200);
  expect(slack.ephemerals('U0ALICE').map(({ text }) => text)).toEqual(['Because.']);
  expect(slack.ephemerals('U0SAM')).toEqual([]);
});

test('there is none that the manifest does not name, none on what only one person sees, and none where they cannot look', async () => {
  const { ts } = say('C0SHOP');
  const secret = say('C0BOARD');
  const use = (channel: string, at: string, name = NAME) =>
    slack.useShortcut({ user: 'U0ALICE', channel, ts: at, name });
  await slackClient(slack.apiUrl, botToken).chat.postEphemeral({ channel: 'C0SHOP', user: 'U0ALICE', text: 'Psst' });
  const alone = slack.ephemerals('U0ALICE')[0]?.ts ?? '';
  await expect(use('C0SHOP', ts, 'Deploy it')).rejects.toThrow('there is no shortcut');
  await expect(use('C0SHOP', alone)).rejects.toThrow('there is no message');
  await expect(use('C0BOARD', secret.ts)).rejects.toThrow('cannot see');
  expect(sent).toEqual([]);
});

test('of several buttons with the same words one is picked by its action and its value', () => {
  const button = (action_id: string, value: string) => ({
    ...{ type: 'button', action_id, value },
    text: { type: 'plain_text', text: action_id },
  });
  const blocks = [
    { type: 'actions', block_id: 'b1', elements: [button('deploy', 'one'), button('ships', 'one')] },
    { type: 'actions', block_id: 'b2', elements: [button('deploy', 'two')] },
  ];
  expect(() => pickButton(blocks, 'deploy')).toThrow('there are 2 buttons');
  expect(pickButton(blocks, 'deploy:two').block_id).toBe('b2');
  expect(pickButton(blocks, 'ships').block_id).toBe('b1');
  expect(() => pickButton(blocks, 'ships:two')).toThrow('there is no button');
});
