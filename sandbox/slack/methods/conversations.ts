import { type Call, type Method, refuse, requiredText, requireScope, text, visibleChannel } from '../call.js';
import { type Channel, findMessage, type Message, openDm } from '../workspace.js';
import { pageOf } from './people.js';
import { channelJson, messageJson } from './shapes.js';

const scopePrefix: Record<Channel['kind'], string> = { public: 'channels', private: 'groups', im: 'im' };

/** The channel, if the token has the scope that this kind of channel needs. */
function readable(call: Call, right: 'read' | 'history'): Channel {
  const channel = visibleChannel(call, requiredText(call, 'channel'));
  requireScope(call.scopes, `${scopePrefix[channel.kind]}:${right}`);
  return channel;
}

const info: Method = {
  tier: 3,
  required: { channel: 'string' },
  optional: { include_locale: 'boolean', include_num_members: 'boolean' },
  run(call) {
    const channel = readable(call, 'read');
    const count = call.args.include_num_members === true ? { num_members: channel.members.size } : {};
    return { channel: { ...channelJson(call.workspace, channel), ...count } };
  },
};

const members: Method = {
  tier: 4,
  required: { channel: 'string' },
  optional: { cursor: 'string', limit: 'integer' },
  run(call) {
    const page = pageOf([...readable(call, 'read').members], call, 100);
    return { members: page.items, ...page.rest };
  },
};

const open: Method = {
  scope: 'im:write',
  tier: 3,
  optional: { users: 'string', channel: 'string', return_im: 'boolean', prevent_creation: 'boolean' },
  run(call) {
    const users = (text(call, 'users') ?? '').split(',').filter(Boolean);
    if (users.length === 0) refuse('users_list_not_supplied');
    // Conversations of several people need mpim:write, which this bot does not have.
    if (users.length > 1) requireScope(call.scopes, 'mpim:write');
    const user = call.workspace.users.get(users[0] ?? '');
    if (!user) return refuse('user_not_found');
    if (user.deleted) refuse('user_disabled');
    if (user.bot) refuse('cannot_dm_bot');
    const channel = openDm(call.workspace, user.id);
    return { channel: call.args.return_im === true ? channelJson(call.workspace, channel) : { id: channel.id } };
  },
};

const window = {
  cursor: 'string',
  limit: 'integer',
  oldest: 'string',
  latest: 'string',
  inclusive: 'boolean',
  include_all_metadata: 'boolean',
} as const;

function within(call: Call, message: Message): boolean {
  const ts = Number(message.ts);
  const oldest = Number(text(call, 'oldest') ?? '0');
  const latest = Number(text(call, 'latest') ?? 'Infinity');
  return call.args.inclusive === true ? ts >= oldest && ts <= latest : ts > oldest && ts < latest;
}

function page(call: Call, found: Message[]) {
  const { items, rest, more } = pageOf(found, call, 100);
  const withMetadata = call.args.include_all_metadata === true;
  return { messages: items.map((one) => messageJson(call.workspace, one, withMetadata)), has_more: more, ...rest };
}

const history: Method = {
  tier: 3,
  required: { channel: 'string' },
  optional: window,
  run(call) {
    const channel = readable(call, 'history');
    if (!channel.members.has(call.workspace.bot.userId)) refuse('not_in_channel');
    const top = call.workspace.messages.filter(
      (one) =>
        one.channel === channel.id &&
        (one.thread_ts === undefined || one.options.reply_broadcast === true) &&
        within(call, one),
    );
    return page(call, top.reverse());
  },
};

const replies: Method = {
  tier: 3,
  required: { channel: 'string', ts: 'string' },
  optional: window,
  run(call) {
    const channel = readable(call, 'history');
    if (!channel.members.has(call.workspace.bot.userId)) refuse('not_in_channel');
    const ts = requiredText(call, 'ts');
    if (!findMessage(call.workspace, channel.id, ts)) refuse('thread_not_found');
    const thread = call.workspace.messages.filter(
      (one) => one.channel === channel.id && (one.ts === ts || (one.thread_ts === ts && within(call, one))),
    );
    return page(call, thread);
  },
};

export const conversationMethods: Record<string, Method> = {
  'conversations.info': info,
  'conversations.members': members,
  'conversations.open': open,
  'conversations.history': history,
  'conversations.replies': replies,
};
