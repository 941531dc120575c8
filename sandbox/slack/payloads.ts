import type { Json } from './block-kit/check.js';
import type { Button } from './buttons.js';
import { messageJson, viewJson } from './methods/shapes.js';
import type { Channel, Ephemeral, Message, User, View, Workspace } from './workspace.js';

/** The shapes that Slack sends; docs.slack.dev/reference/interaction-payloads. */

const verificationToken = 'verification-token';

function common(workspace: Workspace, user: User): Json {
  const { enterprise } = workspace;
  return {
    // The team is ours even if the person is a stranger: in a shared channel only user.team_id tells them apart.
    // In an organisation user.team_id may be any of the person's workspaces (slackapi/bolt-js#1875).
    team: {
      id: workspace.teamId,
      domain: workspace.domain,
      ...(enterprise ? { enterprise_id: enterprise.id, enterprise_name: enterprise.name } : {}),
    },
    user: { id: user.id, username: user.name, name: user.name, team_id: user.team_id },
    api_app_id: workspace.bot.appId,
    token: verificationToken,
    enterprise: enterprise ?? null,
    is_enterprise_install: false,
  };
}

function channelName(channel: Channel): string {
  return channel.kind === 'public' ? channel.name : channel.kind === 'private' ? 'privategroup' : 'directmessage';
}

function actionOf(workspace: Workspace, button: Button): Json {
  return { ...button.element, action_id: button.action_id, block_id: button.block_id, action_ts: workspace.nextTs() };
}

export interface Pressed {
  user: User;
  channel: Channel;
  on: { message: Message } | { ephemeral: Ephemeral } | { gone: string };
  button: Button;
  triggerId: string;
  responseUrl: string;
}

/** A button pressed on a message; for an ephemeral one Slack sends no message. */
export function blockActions(workspace: Workspace, pressed: Pressed): Json {
  const { channel, on } = pressed;
  const message = 'message' in on ? on.message : undefined;
  const seen = 'message' in on ? on.message : 'ephemeral' in on ? on.ephemeral : { ts: on.gone, thread_ts: undefined };
  const attachment = message?.attachments.find((one) => JSON.stringify(one).includes(pressed.button.block_id));
  return {
    type: 'block_actions',
    ...common(workspace, pressed.user),
    container: {
      type: attachment ? 'message_attachment' : 'message',
      message_ts: seen.ts,
      channel_id: channel.id,
      is_ephemeral: 'ephemeral' in on,
      ...(attachment ? { attachment_id: attachment.id, is_app_unfurl: false } : {}),
      ...(seen.thread_ts ? { thread_ts: seen.thread_ts } : {}),
    },
    trigger_id: pressed.triggerId,
    channel: { id: channel.id, name: channelName(channel) },
    ...(message ? { message: messageJson(workspace, message, false) } : {}),
    state: { values: {} },
    response_url: pressed.responseUrl,
    actions: [actionOf(workspace, pressed.button)],
  };
}

/** A button pressed in a modal or on the home tab. */
export function viewActions(workspace: Workspace, user: User, view: View, button: Button, triggerId: string): Json {
  return {
    type: 'block_actions',
    ...common(workspace, user),
    container: { type: 'view', view_id: view.id },
    trigger_id: triggerId,
    view: viewJson(workspace, view),
    actions: [actionOf(workspace, button)],
  };
}

/** A shortcut chosen in the menu of a message. */
export function messageAction(
  workspace: Workspace,
  used: Omit<Pressed, 'on' | 'button'> & { message: Message; callback: string },
): Json {
  const { user, channel, message } = used;
  return {
    type: 'message_action',
    ...common(workspace, user),
    action_ts: workspace.nextTs(),
    callback_id: used.callback,
    trigger_id: used.triggerId,
    message_ts: message.ts,
    channel: { id: channel.id, name: channelName(channel) },
    message: messageJson(workspace, message, false),
    response_url: used.responseUrl,
  };
}

export function viewSubmission(workspace: Workspace, user: User, view: View, values: Json, triggerId: string): Json {
  return {
    type: 'view_submission',
    ...common(workspace, user),
    trigger_id: triggerId,
    view: viewJson(workspace, view, values),
    response_urls: [],
  };
}

export function viewClosed(workspace: Workspace, user: User, view: View): Json {
  return { type: 'view_closed', ...common(workspace, user), view: viewJson(workspace, view), is_cleared: false };
}

export interface Typed {
  user: User;
  channel: Channel;
  command: string;
  text: string;
  triggerId: string;
  responseUrl: string;
}

/** A slash command: flat, every value text. */
export function slashCommand(workspace: Workspace, typed: Typed): Record<string, string> {
  return {
    token: verificationToken,
    // A command names the workspace that it was typed in, for everybody of an organisation.
    team_id: typed.user.teams ? workspace.teamId : typed.user.team_id,
    team_domain: workspace.domain,
    ...(workspace.enterprise
      ? { enterprise_id: workspace.enterprise.id, enterprise_name: workspace.enterprise.name }
      : {}),
    channel_id: typed.channel.id,
    channel_name: channelName(typed.channel),
    user_id: typed.user.id,
    user_name: typed.user.name,
    command: typed.command,
    text: typed.text,
    api_app_id: workspace.bot.appId,
    is_enterprise_install: 'false',
    response_url: typed.responseUrl,
    trigger_id: typed.triggerId,
  };
}

/** An event of the Events API. The team is ours, whoever caused it: the event names a person only by id. */
function eventCallback(workspace: Workspace, event: Json, shared: boolean): Json {
  return {
    token: verificationToken,
    team_id: workspace.teamId,
    api_app_id: workspace.bot.appId,
    event,
    type: 'event_callback',
    event_id: workspace.nextId('Ev'),
    event_time: Math.floor(workspace.now() / 1000),
    authorizations: [
      {
        enterprise_id: workspace.enterprise?.id ?? null,
        team_id: workspace.teamId,
        user_id: workspace.bot.userId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: shared,
    event_context: workspace.nextId('ec'),
  };
}

export function appMention(workspace: Workspace, message: Message, user: User, channel: Channel): Json {
  const event = {
    type: 'app_mention',
    user: user.id,
    text: message.text,
    ts: message.ts,
    ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
    channel: channel.id,
    team: user.team_id,
    event_ts: message.ts,
  };
  return eventCallback(workspace, event, channel.ext_shared);
}

/** A tab of the bot's home was opened; `view` is what was published for that person before, if anything was. */
export function appHomeOpened(
  workspace: Workspace,
  opened: { user: User; channel: Channel; tab: 'home' | 'messages'; view: View | undefined },
): Json {
  const { user, channel, tab, view } = opened;
  const event = {
    type: 'app_home_opened',
    user: user.id,
    channel: channel.id,
    tab,
    ...(tab === 'home' && view ? { view: viewJson(workspace, view) } : {}),
    event_ts: workspace.nextTs(),
  };
  return eventCallback(workspace, event, false);
}
