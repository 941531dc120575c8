import { webApi } from '@slack/bolt';
import { type SlackStandIn, type SlackStandInOptions, startSlack } from '../../sandbox/slack/start.js';
import { outcome, slackClient } from './slack-client.js';

const botToken = 'xoxb-home';
let slack: SlackStandIn;
let now = Date.now();

async function open(options: Partial<SlackStandInOptions> = {}): Promise<void> {
  now = Date.now();
  slack = await startSlack({ signingSecret: 'secret', botToken, now: () => now, ...options });
  slack.addUser({ id: 'U0ALICE', name: 'alice', email: 'alice@acme.test' });
  slack.addUser({ id: 'U0GONE', name: 'gone', email: 'gone@acme.test', deleted: true });
  slack.addUser({ id: 'U0GUEST', name: 'guest', guest: 'ultra' });
  slack.addUser({ id: 'U0STRANGER', name: 'stranger', team_id: 'T0OTHER' });
  slack.addUser({ id: 'U0ROBOT', name: 'robot', bot: true });
  slack.addGroup({ id: 'S0DEPLOY', handle: 'deploy', name: 'Deployers', users: ['U0ALICE'] });
  slack.addChannel({ id: 'C0SHOP', name: 'shop', members: ['U0ALICE'] });
  slack.addChannel({ id: 'C0OUT', name: 'out', bot: false });
  slack.addChannel({ id: 'C0SECRET', name: 'secret', private: true, bot: false });
  slack.addChannel({ id: 'C0OLD', name: 'old', archived: true });
}

const client = (token = botToken) => slackClient(slack.apiUrl, token);

const post = (more: Record<string, unknown> = {}) =>
  client().apiCall('chat.postMessage', { channel: 'C0SHOP', text: 'A change passed staging.', ...more });
const tsOf = (answer: webApi.WebAPICallResult) => String((answer as { ts?: unknown }).ts);

beforeEach(() => open({ limits: 'off' }));
afterEach(() => slack.stop());

test('only the right token with the right scope may call a known method with known arguments', async () => {
  const auth = await client().auth.test();
  expect(auth).toMatchObject({ ok: true, team_id: 'T0HOME', user_id: 'U0PUSHBUTTON' });
  expect(auth.response_metadata?.scopes).toContain('usergroups:read');
  expect(await outcome(client('xoxb-other').auth.test())).toBe('invalid_auth');
  const bare = await fetch(`${slack.apiUrl}auth.test`, { method: 'POST' });
  expect(await bare.json()).toMatchObject({ ok: false, error: 'not_authed' });
  expect(await outcome(client().apiCall('chat.shout', {}))).toBe('unknown_method');
  expect(await outcome(client().apiCall('toString', {}))).toBe('unknown_method');
  expect(await outcome(post({ txet: 'typo' }))).toBe('invalid_arguments');
  expect(await outcome(client().apiCall('chat.postMessage', { text: 'where?' }))).toBe('invalid_arguments');
  slack.setScopes(['chat:write']);
  const error = await client()
    .users.info({ user: 'U0ALICE' })
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ data: { error: 'missing_scope', needed: 'users:read', provided: 'chat:write' } });
  slack.setScopes(['chat:write', 'users:read']);
  expect((await client().users.info({ user: 'U0ALICE' })).user?.profile?.email).toBeUndefined();
});

test('posting is refused where the bot is not, and when there is nothing to say', async () => {
  expect(await outcome(post())).toBe('ok');
  expect(await outcome(post({ channel: 'C0OUT' }))).toBe('not_in_channel');
  expect(await outcome(post({ channel: 'C0SECRET' }))).toBe('channel_not_found');
  expect(await outcome(post({ channel: 'C0NOWHERE' }))).toBe('channel_not_found');
  expect(await outcome(post({ channel: 'C0OLD' }))).toBe('is_archived');
  expect(await outcome(post({ text: '' }))).toBe('no_text');
  expect(await outcome(post({ text: '', blocks: [] }))).toBe('no_text');
  expect(await outcome(post({ thread_ts: '1.000100' }))).toBe('thread_not_found');
  expect(await outcome(post({ username: 'somebody else' }))).toBe('missing_scope');
  expect(await outcome(post({ metadata: { event_type: 'card' } }))).toBe('invalid_metadata_format');
  expect(await outcome(post({ blocks: '{' }))).toBe('invalid_blocks_format');
  expect(await outcome(post({ text: 'x'.repeat(41_000) }))).toBe('ok');
  expect(slack.messages('C0SHOP').map((one) => one.text.length)).toEqual([24, 40_000]);
});

test('a user id as channel means the conversation with that person', async () => {
  await post({ channel: 'U0ALICE' });
  const { channel } = await client().conversations.open({ users: 'U0ALICE' });
  expect(slack.dms('U0ALICE')).toMatchObject([{ channel: channel?.id }]);
  expect(await outcome(post({ channel: 'U0STRANGER' }))).toBe('channel_not_found');
  expect(await outcome(post({ channel: 'U0ROBOT' }))).toBe('cannot_dm_bot');
  expect(await outcome(client().conversations.open({ users: 'U0GONE' }))).toBe('user_disabled');
  expect(await outcome(client().conversations.open({ users: 'U0ALICE,U0GUEST' }))).toBe('missing_scope');
});

test('only an own message can be changed, and text without blocks takes the blocks away', async () => {
  const blocks = [{ type: 'divider' }];
  const ts = tsOf(await post({ blocks, metadata: { event_type: 'card', event_payload: { id: 1 } } }));
  const change = (more: Record<string, unknown>) =>
    client().apiCall('chat.update', { channel: 'C0SHOP', ts, text: 'New.', ...more });
  await change({ blocks });
  expect(slack.messages('C0SHOP')[0]?.blocks).toHaveLength(1);
  await change({});
  expect(slack.messages('C0SHOP')).toMatchObject([{ text: 'New.', blocks: [], metadata: { event_type: 'card' } }]);
  expect(slack.messages('C0SHOP')[0]?.drawings).toHaveLength(3);
  expect(await outcome(change({ text: 'é'.repeat(2001) }))).toBe('msg_too_long');
  expect(await outcome(change({ ts: '1.000100' }))).toBe('message_not_found');
  slack.setEventsUrl(slack.url);
  await slack.mention({ user: 'U0ALICE', channel: 'C0SHOP', text: 'hello' });
  const others = String(slack.messages('C0SHOP')[1]?.ts);
  expect(await outcome(change({ ts: others }))).toBe('cant_update_message');
  expect(await outcome(client().chat.delete({ channel: 'C0SHOP', ts: others }))).toBe('cant_delete_message');
  const alone = await client().chat.postEphemeral({ channel: 'C0SHOP', user: 'U0ALICE', text: 'You may not.' });
  expect(await outcome(change({ ts: String(alone.message_ts) }))).toBe('message_not_found');
  slack.changeChannel('C0SHOP', { archived: true });
  expect(await outcome(change({}))).toBe('is_inactive');
});

test('an ephemeral message goes to members only', async () => {
  const tell = (user: string) => client().chat.postEphemeral({ channel: 'C0SHOP', user, text: 'You may not.' });
  await tell('U0ALICE');
  expect(await outcome(tell('U0GUEST'))).toBe('user_not_in_channel');
  expect(slack.ephemerals('U0ALICE')).toMatchObject([{ text: 'You may not.', from: 'chat.postEphemeral' }]);
});

test('people and groups are found as Slack finds them', async () => {
  expect((await client().users.info({ user: 'U0GUEST' })).user).toMatchObject({ is_ultra_restricted: true });
  expect((await client().users.info({ user: 'U0STRANGER' })).user).toMatchObject({
    team_id: 'T0OTHER',
    is_stranger: true,
  });
  expect(await outcome(client().users.info({ user: 'U0NOBODY' }))).toBe('user_not_found');
  expect((await client().users.lookupByEmail({ email: 'Alice@acme.test' })).user?.id).toBe('U0ALICE');
  expect(await outcome(client().users.lookupByEmail({ email: 'gone@acme.test' }))).toBe('users_not_found');
  expect((await client().users.list({})).members).toHaveLength(6);
  expect((await client().usergroups.users.list({ usergroup: 'S0DEPLOY' })).users).toEqual(['U0ALICE']);
  expect(await outcome(client().usergroups.users.list({ usergroup: 'S0NONE' }))).toBe('no_such_subteam');
  slack.disableGroup('S0DEPLOY');
  expect(await outcome(client().usergroups.users.list({ usergroup: 'S0DEPLOY' }))).toBe('no_such_subteam');
  expect((await client().usergroups.list({ include_disabled: true })).usergroups).toMatchObject([{ date_delete: 1 }]);
});

test('history needs its scope, and metadata has to be asked for', async () => {
  const metadata = { event_type: 'card', event_payload: { id: 'c1' } };
  const ts = tsOf(await post({ metadata }));
  await post({ thread_ts: ts, text: 'Details.' });
  const history = (more = {}) => client().conversations.history({ channel: 'C0SHOP', ...more });
  expect(await outcome(history())).toBe('missing_scope');
  slack.setScopes(['chat:write', 'channels:history']);
  expect((await history()).messages).toHaveLength(1);
  expect((await history()).messages?.[0]?.metadata).toBeUndefined();
  expect((await history({ include_all_metadata: true })).messages).toMatchObject([{ metadata }]);
  expect((await client().conversations.replies({ channel: 'C0SHOP', ts })).messages).toHaveLength(2);
  expect(await outcome(client().conversations.history({ channel: 'C0OUT' }))).toBe('not_in_channel');
  expect(await outcome(client().conversations.info({ channel: 'C0SHOP' }))).toBe('missing_scope');
});

test('a channel tells its kind, its members and whether strangers are in it', async () => {
  slack.changeChannel('C0SHOP', { ext_shared: true });
  const { channel } = await client().conversations.info({ channel: 'C0SHOP' });
  expect(channel).toMatchObject({ is_member: true, is_ext_shared: true, is_private: false });
  expect((await client().conversations.members({ channel: 'C0SHOP' })).members).toEqual(['U0PUSHBUTTON', 'U0ALICE']);
  slack.addChannel({ id: 'C0TEAM', name: 'team', private: true });
  slack.setScopes(['channels:read']);
  expect(await outcome(client().conversations.info({ channel: 'C0TEAM' }))).toBe('missing_scope');
});

test('the home tab is published to known people, and blocks that it cannot show are refused', async () => {
  const publish = (user_id: string, blocks: unknown[]) =>
    outcome(client().apiCall('views.publish', { user_id, view: { type: 'home', blocks } }));
  expect(await publish('U0ALICE', [{ type: 'divider' }])).toBe('ok');
  expect(await publish('U0NOBODY', [{ type: 'divider' }])).toBe('user_not_found');
  expect(await publish('U0ALICE', [{ type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] }])).toBe(
    'invalid_arguments',
  );
});

test('a permalink is made for a message that is there', async () => {
  const message_ts = tsOf(await post());
  const { permalink } = await client().chat.getPermalink({ channel: 'C0SHOP', message_ts });
  expect(permalink).toBe(`https://acme.slack.com/archives/C0SHOP/p${message_ts.replace('.', '')}`);
  await client().chat.delete({ channel: 'C0SHOP', ts: message_ts });
  expect(await outcome(client().chat.getPermalink({ channel: 'C0SHOP', message_ts }))).toBe('message_not_found');
});

test('six hundred messages a minute in all channels together', async () => {
  await slack.stop();
  await open();
  const people = Array.from({ length: 601 }, (_, n) => `U0NEW${n}`);
  for (const id of people) slack.addUser({ id, name: id.toLowerCase() });
  const answers = await Promise.allSettled(people.map((channel) => post({ channel })));
  expect(answers.filter((one) => one.status === 'rejected')).toHaveLength(1);
  now += 1000;
  await expect(post()).resolves.toMatchObject({ ok: true });
});

test('one message a second and channel, twenty look-ups of a group a minute', async () => {
  await slack.stop();
  await open();
  await post();
  await post();
  await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
  await expect(post({ channel: 'U0ALICE' })).resolves.toMatchObject({ ok: true });
  now += 1000;
  await expect(post()).resolves.toMatchObject({ ok: true });
  const group = () => client().usergroups.users.list({ usergroup: 'S0DEPLOY' });
  for (let count = 0; count < 20; count += 1) await group();
  await expect(group()).rejects.toBeInstanceOf(webApi.WebAPIRateLimitedError);
  expect(slack.calls('usergroups.users.list').at(-1)).toMatchObject({ outcome: 'ratelimited', token: botToken });
});
