import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, type types } from '@slack/bolt';
import { type SlackStandIn, startSlack } from '../../sandbox/slack/start.js';
import { outcome, quiet, slackClient } from './slack-client.js';

const signingSecret = 'secret';
const botToken = 'xoxb-home';
let slack: SlackStandIn;
let now: number;
let bodies: Record<string, unknown>[];
let server: Server;
let pushed: string | undefined;

const reason: types.ModalView = {
  type: 'modal',
  title: { type: 'plain_text', text: 'Reject' },
  submit: { type: 'plain_text', text: 'Reject' },
  blocks: [
    {
      type: 'input',
      block_id: 'why',
      label: { type: 'plain_text', text: 'Reason' },
      element: { type: 'plain_text_input', action_id: 'text' },
    },
  ],
};
const card: (types.KnownBlock | types.Block)[] = [
  { type: 'section', text: { type: 'mrkdwn', text: 'shop passed staging' } },
  {
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: 'deploy',
        value: 'c1',
        text: { type: 'plain_text', text: 'Deploy' },
        confirm: { title: { type: 'plain_text', text: 'Sure?' }, text: { type: 'mrkdwn', text: 'Ships 2 changes' } },
      },
      { type: 'button', action_id: 'reject', text: { type: 'plain_text', text: 'Reject' } },
    ],
  } as types.ActionsBlock,
];

const more: types.ModalView = {
  type: 'modal',
  title: { type: 'plain_text', text: 'More' },
  blocks: [
    {
      type: 'actions',
      elements: [{ type: 'button', action_id: 'more', text: { type: 'plain_text', text: 'More' } }],
    },
  ],
};

async function startBot(): Promise<string> {
  const receiver = new HTTPReceiver({ signingSecret, logger: quiet, unhandledRequestTimeoutMillis: 900 });
  const app = new App({
    token: botToken,
    receiver,
    convoStore: false,
    deferInitialization: true,
    logger: quiet,
    clientOptions: { slackApiUrl: slack.apiUrl },
  });
  app.use(async ({ body, next }) => {
    bodies.push(body as unknown as Record<string, unknown>);
    await next();
  });
  app.action('deploy', async ({ ack, respond }) => {
    await ack();
    await respond({ text: 'Deploying.', response_type: 'ephemeral', replace_original: false });
  });
  app.action('reject', async ({ ack, body, client }) => {
    await client.views.open({ trigger_id: (body as { trigger_id: string }).trigger_id, view: reason });
    await ack();
  });
  app.action('more', async ({ ack, body, client }) => {
    await ack();
    pushed = await outcome(client.views.push({ trigger_id: (body as { trigger_id: string }).trigger_id, view: more }));
  });
  app.view(/.*/, async ({ ack, view }) => {
    const given = view.state.values.why?.text?.value ?? '';
    if (given === 'no') await ack({ response_action: 'errors', errors: { why: 'Say more.' } });
    else await ack();
  });
  app.command('/release', async ({ ack, command }) => {
    if (command.text === 'never') return;
    if (command.text === 'shout') await ack({ response_type: 'in_channel', text: 'Hear, hear' });
    else if (command.text === 'quiet') await ack();
    else await ack(`You said ${command.text}`);
  });
  app.event('app_mention', async () => {});
  await app.init();
  server = (await app.start({ port: 0, host: '127.0.0.1' } as never)) as Server;
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
}

const client = () => slackClient(slack.apiUrl, botToken);
const postCard = async () => {
  const { ts } = await client().chat.postMessage({ channel: 'C0SHOP', text: 'shop passed staging', blocks: card });
  return { user: 'U0ALICE', channel: 'C0SHOP', ts: String(ts) };
};
const respondTo = (url: unknown, body: unknown) =>
  fetch(String(url), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

beforeEach(async () => {
  now = Date.now();
  bodies = [];
  slack = await startSlack({ signingSecret, botToken, now: () => now, limits: 'off', patience: 600 });
  slack.addUser({ id: 'U0ALICE', name: 'alice' });
  slack.addUser({ id: 'U0STRANGER', name: 'stranger', team_id: 'T0OTHER' });
  slack.addChannel({ id: 'C0SHOP', name: 'shop', ext_shared: true });
  slack.setEventsUrl(await startBot());
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await slack.stop();
});

test('a click carries what Slack would send, and its answer reaches the person alone', async () => {
  const on = await postCard();
  const answer = await slack.click({ ...on, button: 'Deploy' });
  expect(answer).toMatchObject({ status: 200, timedOut: false, failedWith: undefined });
  expect(answer.confirm).toMatchObject({ title: 'Sure?', text: 'Ships 2 changes', deny: 'No' });
  expect(bodies[0]).toMatchObject({
    type: 'block_actions',
    user: { id: 'U0ALICE', team_id: 'T0HOME' },
    team: { id: 'T0HOME' },
    container: { type: 'message', message_ts: on.ts, channel_id: 'C0SHOP', is_ephemeral: false },
    message: { ts: on.ts, bot_id: 'B0PUSHBUTTON' },
    actions: [{ type: 'button', action_id: 'deploy', value: 'c1', action_ts: expect.stringMatching(/^\d+\.\d{6}$/) }],
  });
  await seen(() => slack.ephemerals('U0ALICE').length === 1);
  expect(slack.ephemerals('U0ALICE')).toMatchObject([{ text: 'Deploying.', from: 'response_url' }]);
});

test('what is not drawn cannot be clicked, but an older drawing can', async () => {
  const on = await postCard();
  const blocks = slack.messages('C0SHOP')[0]?.drawings[0]?.blocks ?? [];
  await client().chat.update({ channel: 'C0SHOP', ts: on.ts, text: 'live' });
  await expect(slack.click({ ...on, button: 'Deploy' })).rejects.toThrow('there is no button "Deploy"');
  expect(await slack.clickStale({ ...on, button: 'Deploy', blocks })).toMatchObject({ status: 200 });
  await expect(slack.click({ ...on, ts: '1.000100', button: 'Deploy' })).rejects.toThrow('sees no message');
});

test('a stranger carries the team of another company under our team', async () => {
  const on = await postCard();
  await slack.click({ ...on, user: 'U0STRANGER', button: 'deploy' });
  expect(bodies[0]).toMatchObject({ team: { id: 'T0HOME' }, user: { team_id: 'T0OTHER' } });
});

test('in an organisation people belong to several workspaces, and no team_id need be ours', async () => {
  slack.joinOrganisation({ id: 'E0ACME', name: 'Acme' });
  slack.changeUser('U0ALICE', { team_id: 'T0PARIS', infoTeam: null, teams: ['T0PARIS', 'T0HOME'] });
  await slack.click({ ...(await postCard()), button: 'Deploy' });
  expect(bodies[0]).toMatchObject({
    user: { team_id: 'T0PARIS' },
    team: { id: 'T0HOME', enterprise_id: 'E0ACME' },
    enterprise: { id: 'E0ACME', name: 'Acme' },
    is_enterprise_install: false,
  });
  expect(await client().auth.test()).toMatchObject({ team_id: 'T0HOME', enterprise_id: 'E0ACME' });
  const { user } = await client().users.info({ user: 'U0ALICE' });
  expect(user).toMatchObject({ enterprise_user: { enterprise_id: 'E0ACME', teams: ['T0PARIS', 'T0HOME'] } });
  expect(user).not.toHaveProperty('team_id');
  expect(user).not.toHaveProperty('is_stranger');
});

test('a replay is the same bytes; a wrong signature is turned away', async () => {
  const { request } = await slack.click({ ...(await postCard()), button: 'Deploy' });
  expect(await slack.replay(request, { 'x-slack-retry-num': '1' })).toMatchObject({ status: 200 });
  expect(bodies[1]).toEqual(bodies[0]);
  const forged = { ...request, headers: { ...request.headers, 'x-slack-signature': 'v0=00' } };
  expect(await slack.replay(forged)).toMatchObject({ status: 401, failedWith: 'dispatch_failed' });
});

test('a command is answered alone, aloud, not at all, or too late', async () => {
  const type = (text: string) => slack.command({ user: 'U0ALICE', channel: 'C0SHOP', text });
  await type('status');
  await type('shout');
  await type('quiet');
  expect(slack.ephemerals('U0ALICE')).toMatchObject([{ text: 'You said status', from: 'command answer' }]);
  expect(slack.messages('C0SHOP')).toMatchObject([{ text: 'Hear, hear' }]);
  expect(await type('never')).toMatchObject({ status: 0, timedOut: true, failedWith: 'operation_timeout' });
});

test('a modal opens, refuses an empty reason, shows errors and closes', async () => {
  await slack.click({ ...(await postCard()), button: 'Reject' });
  const [view] = slack.modals('U0ALICE');
  const submit = (values: Record<string, string>) =>
    slack.submit({ user: 'U0ALICE', viewId: String(view?.id), values });
  await expect(submit({})).rejects.toThrow('"Reason" is required');
  await expect(submit({ Reason: 'x', other: 'y' })).rejects.toThrow('no input "other"');
  expect(await submit({ Reason: 'no' })).toMatchObject({ failedWith: undefined });
  expect(slack.modals('U0ALICE')).toMatchObject([{ errors: { why: 'Say more.' } }]);
  await submit({ why: 'It is Friday' });
  expect(slack.modals('U0ALICE')).toEqual([]);
  expect(bodies.at(-1)).toMatchObject({ type: 'view_submission', user: { team_id: 'T0HOME' } });
});

test('a trigger lives three seconds and works once', async () => {
  await slack.click({ ...(await postCard()), button: 'Deploy' });
  const trigger_id = String(bodies[0]?.trigger_id);
  const open = (id = trigger_id, view = reason) => outcome(client().views.open({ trigger_id: id, view }));
  expect(await open('nonsense')).toBe('invalid_trigger_id');
  expect(await open(trigger_id, { ...reason, callback_id: 'x'.repeat(256) })).toBe('invalid_arguments');
  expect(await open()).toBe('ok');
  expect(await open()).toBe('exchanged_trigger_id');
  await slack.command({ user: 'U0ALICE', channel: 'C0SHOP', text: 'quiet' });
  now += 3001;
  expect(await open(String(bodies[1]?.trigger_id))).toBe('expired_trigger_id');
  const view_id = String(slack.modals('U0ALICE')[0]?.id);
  expect(await outcome(client().views.update({ view_id, view: reason, hash: 'old' }))).toBe('hash_conflict');
  expect(await outcome(client().views.update({ view_id, view: reason }))).toBe('ok');
  expect(await outcome(client().views.update({ view_id: 'V0', view: reason }))).toBe('not_found');
  expect(await outcome(client().views.push({ trigger_id, view: reason }))).toBe('exchanged_trigger_id');
});

test('a response_url works five times within half an hour', async () => {
  const on = await postCard();
  await slack.command({ user: 'U0ALICE', channel: 'C0SHOP', text: 'quiet' });
  const first = bodies[0]?.response_url;
  for (let count = 0; count < 5; count += 1) expect((await respondTo(first, { text: 'Hello' })).status).toBe(200);
  const sixth = await respondTo(first, { text: 'Hello' });
  expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: 'used_url' }]);
  await slack.clickStale({ ...on, button: 'Deploy', blocks: slack.messages('C0SHOP')[0]?.blocks ?? [] });
  const second = bodies[1]?.response_url;
  expect((await respondTo(second, { txt: 'typo' })).status).toBe(400);
  await respondTo(second, { text: 'Drawn anew', replace_original: true });
  expect(slack.messages('C0SHOP')).toMatchObject([{ text: 'Drawn anew', blocks: [] }]);
  now += 30 * 60_000 + 1;
  expect((await respondTo(second, { text: 'Late' })).status).toBe(404);
});

test('an ephemeral is changed and deleted through its response_url alone', async () => {
  const told = await client().chat.postEphemeral({ channel: 'C0SHOP', user: 'U0ALICE', text: 'Which?', blocks: card });
  await slack.click({ user: 'U0ALICE', channel: 'C0SHOP', ts: String(told.message_ts), button: 'Deploy' });
  expect(bodies[0]).toMatchObject({ container: { is_ephemeral: true } });
  expect(bodies[0]).not.toHaveProperty('message');
  await seen(() => slack.ephemerals('U0ALICE').length === 2);
  await respondTo(bodies[0]?.response_url, { text: 'This one', replace_original: true });
  expect(slack.ephemerals('U0ALICE')[0]).toMatchObject({ text: 'This one', blocks: [] });
  await respondTo(bodies[0]?.response_url, { delete_original: true });
  expect(slack.ephemerals('U0ALICE')).toMatchObject([{ text: 'Deploying.' }]);
});

test('a mention is an event with the person who wrote it', async () => {
  expect(await slack.mention({ user: 'U0ALICE', channel: 'C0SHOP', text: 'status' })).toMatchObject({ status: 200 });
  expect(bodies[0]).toMatchObject({ event: { type: 'app_mention', user: 'U0ALICE', team: 'T0HOME' } });
});

test('modals stack three high, and only from a modal', async () => {
  await slack.click({ ...(await postCard()), button: 'Deploy' });
  expect(await outcome(client().views.push({ trigger_id: String(bodies[0]?.trigger_id), view: more }))).toBe(
    'not_found',
  );
  await slack.command({ user: 'U0ALICE', channel: slack.dmOf('U0ALICE'), text: 'quiet' });
  await client().views.open({ trigger_id: String(bodies[1]?.trigger_id), view: more });
  const top = () => String(slack.modals('U0ALICE').at(-1)?.id);
  for (const expected of ['ok', 'ok', 'push_limit_reached']) {
    pushed = undefined;
    await slack.clickInView({ viewId: top(), button: 'More' });
    await seen(() => pushed === expected);
  }
  expect(bodies.at(-1)).toMatchObject({ container: { type: 'view', view_id: top() } });
  expect(await slack.closeModal(top())).toBeUndefined();
  expect(slack.modals('U0ALICE')).toHaveLength(2);
});

test('a bot that is down leaves the person with an error', async () => {
  const on = await postCard();
  slack.setEventsUrl('http://127.0.0.1:9/slack/events');
  expect(await slack.click({ ...on, button: 'Deploy' })).toMatchObject({ status: 0, failedWith: 'dispatch_failed' });
});

async function seen(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 2000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen within 2 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
