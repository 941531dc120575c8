import {
  type ArgumentKind,
  type Call,
  channelOfBot,
  type Method,
  refuse,
  requiredText,
  requireScope,
  text,
  visibleChannel,
} from '../call.js';
import {
  addMessage,
  attachmentsWithIds,
  type Channel,
  findMessage,
  type Message,
  openDm,
  redraw,
  withIds,
} from '../workspace.js';
import { readContent, readMetadata } from './content.js';
import { belongs, messageJson } from './shapes.js';

const content: Record<string, ArgumentKind> = {
  text: 'string',
  blocks: 'json',
  attachments: 'json',
  parse: 'string',
  link_names: 'boolean',
};
const optionNames = ['reply_broadcast', 'unfurl_links', 'unfurl_media', 'parse', 'link_names', 'mrkdwn', 'username'];

/** The channel to post into; a user id means the conversation with that person. */
function target(call: Call, id: string): Channel {
  if (!/^[UW]/.test(id)) return channelOfBot(call, id);
  const user = call.workspace.users.get(id);
  if (!user || !belongs(call.workspace, user)) return refuse('channel_not_found');
  if (user.bot) refuse('cannot_dm_bot');
  return openDm(call.workspace, id);
}

function checkThread(call: Call, channel: Channel): string | undefined {
  const thread = text(call, 'thread_ts');
  if (thread === undefined) return undefined;
  const parent = findMessage(call.workspace, channel.id, thread);
  // Real Slack accepts some of these silently; a reply to nothing is a mistake that a test should find.
  if (!parent || parent.thread_ts !== undefined) refuse('thread_not_found');
  return thread;
}

function ownMessage(call: Call, error: string): Message {
  const channel = channelOfBot(call, requiredText(call, 'channel'), 'is_inactive');
  const message = findMessage(call.workspace, channel.id, requiredText(call, 'ts'));
  if (!message) return refuse('message_not_found');
  if (message.user !== call.workspace.bot.userId) refuse(error);
  return message;
}

const postMessage: Method = {
  scope: 'chat:write',
  tier: 'channel',
  required: { channel: 'string' },
  optional: {
    ...content,
    thread_ts: 'string',
    reply_broadcast: 'boolean',
    unfurl_links: 'boolean',
    unfurl_media: 'boolean',
    metadata: 'json',
    mrkdwn: 'boolean',
    username: 'string',
    icon_emoji: 'string',
    client_msg_id: 'string',
  },
  run(call) {
    if (call.args.username !== undefined || call.args.icon_emoji !== undefined)
      requireScope(call.scopes, 'chat:write.customize');
    const channel = target(call, requiredText(call, 'channel'));
    const thread_ts = checkThread(call, channel);
    const written = readContent(call.args);
    const metadata = readMetadata(call.args.metadata);
    const options = Object.fromEntries(
      optionNames.flatMap((name) => (name in call.args ? [[name, call.args[name]]] : [])),
    );
    const user = call.workspace.bot.userId;
    const message = addMessage(call.workspace, { channel: channel.id, user, thread_ts, metadata, options, ...written });
    return { channel: channel.id, ts: message.ts, message: messageJson(call.workspace, message, true) };
  },
};

const update: Method = {
  scope: 'chat:write',
  tier: 3,
  required: { channel: 'string', ts: 'string' },
  optional: { ...content, metadata: 'json', reply_broadcast: 'boolean' },
  run(call) {
    const message = ownMessage(call, 'cant_update_message');
    if (Buffer.byteLength(text(call, 'text') ?? '') > 4000) refuse('msg_too_long');
    const written = readContent(call.args);
    const metadata = readMetadata(call.args.metadata);
    if (metadata) message.metadata = metadata;
    if (call.args.attachments !== undefined)
      message.attachments = attachmentsWithIds(call.workspace, written.attachments);
    const { parse: _parse, link_names: _names, ...kept } = message.options;
    message.options = { ...kept, ...pick(call, ['parse', 'link_names', 'reply_broadcast']) };
    // Text without blocks removes the blocks: this stand-in exists to show that trap.
    redraw(call.workspace, message, written.text, written.blocks);
    return {
      channel: message.channel,
      ts: message.ts,
      text: message.text,
      message: messageJson(call.workspace, message, true),
    };
  },
};

function pick(call: Call, names: string[]) {
  return Object.fromEntries(names.flatMap((name) => (name in call.args ? [[name, call.args[name]]] : [])));
}

const postEphemeral: Method = {
  scope: 'chat:write',
  tier: 4,
  required: { channel: 'string', user: 'string' },
  optional: { ...content, thread_ts: 'string', username: 'string', icon_emoji: 'string' },
  run(call) {
    if (call.args.username !== undefined || call.args.icon_emoji !== undefined)
      requireScope(call.scopes, 'chat:write.customize');
    const channel = channelOfBot(call, requiredText(call, 'channel'));
    const user = requiredText(call, 'user');
    const thread_ts = checkThread(call, channel);
    const written = readContent(call.args);
    if (!call.workspace.users.has(user) || !channel.members.has(user)) refuse('user_not_in_channel');
    const { workspace } = call;
    const ts = workspace.nextTs();
    workspace.ephemerals.push({
      text: written.text,
      blocks: withIds(workspace, written.blocks),
      attachments: attachmentsWithIds(workspace, written.attachments),
      user,
      channel: channel.id,
      ts,
      thread_ts,
      from: 'chat.postEphemeral',
      at: workspace.now(),
    });
    workspace.changed();
    return { message_ts: ts };
  },
};

const remove: Method = {
  scope: 'chat:write',
  tier: 3,
  required: { channel: 'string', ts: 'string' },
  run(call) {
    const message = ownMessage(call, 'cant_delete_message');
    call.workspace.messages.splice(call.workspace.messages.indexOf(message), 1);
    call.workspace.changed();
    return { channel: message.channel, ts: message.ts };
  },
};

const getPermalink: Method = {
  tier: 'special',
  required: { channel: 'string', message_ts: 'string' },
  run(call) {
    const channel = visibleChannel(call, requiredText(call, 'channel'));
    const message = findMessage(call.workspace, channel.id, requiredText(call, 'message_ts'));
    if (!message) return refuse('message_not_found');
    const path = `archives/${channel.id}/p${message.ts.replace('.', '')}`;
    return { channel: channel.id, permalink: `https://${call.workspace.domain}.slack.com/${path}` };
  },
};

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.postEphemeral': postEphemeral,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
};
