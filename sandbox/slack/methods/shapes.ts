import type { Json } from '../block-kit/check.js';
import type { Channel, Group, Message, User, View, Workspace } from '../workspace.js';

/** A message as the Web API returns it. Metadata is left out unless it was asked for. */
export function messageJson(workspace: Workspace, message: Message, withMetadata: boolean): Json {
  const own = message.user === workspace.bot.userId;
  const replies = workspace.messages.filter((one) => one.channel === message.channel && one.thread_ts === message.ts);
  return {
    type: 'message',
    user: message.user,
    ...(own ? { bot_id: workspace.bot.botId, app_id: workspace.bot.appId } : {}),
    ts: message.ts,
    text: message.text,
    team: workspace.teamId,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.attachments.length > 0 ? { attachments: message.attachments } : {}),
    ...(message.edited
      ? { edited: { user: message.user, ts: `${((message.drawings.at(-1)?.at ?? 0) / 1000).toFixed(3)}000` } }
      : {}),
    ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
    ...(replies.length > 0 ? { thread_ts: message.ts, reply_count: replies.length } : {}),
    ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
  };
}

/** Whether somebody belongs to this workspace; in an organisation they may belong to others too. */
export const belongs = ({ teamId }: Workspace, { team_id, teams }: User): boolean =>
  teams ? teams.includes(teamId) : team_id === teamId;

/**
 * A user as users.info returns it. The address needs its own scope; flags of strangers are as in Slack Connect. In an
 * Enterprise Grid organisation `team_id` may be missing or name another workspace of the person (looker/lookerbot#184,
 * abdolence/slack-morphism-rust#215).
 */
export function userJson(workspace: Workspace, user: User, withEmail: boolean): Json {
  const stranger = !belongs(workspace, user);
  const team = user.infoTeam === undefined ? user.team_id : user.infoTeam;
  return {
    id: user.id,
    ...(team !== null ? { team_id: team } : {}),
    name: user.name,
    real_name: user.real_name,
    deleted: user.deleted,
    tz: user.tz,
    is_bot: user.bot,
    is_app_user: false,
    ...(user.deleted
      ? {}
      : { is_restricted: user.guest !== undefined, is_ultra_restricted: user.guest === 'ultra', is_admin: false }),
    // Not set for a colleague in another workspace of the organisation, nor for everybody in a shared channel.
    ...(stranger && !user.teams && user.infoTeam === undefined ? { is_stranger: true } : {}),
    ...(user.teams ? { enterprise_user: enterpriseUserJson(workspace, user, user.teams) } : {}),
    profile: {
      real_name: user.real_name,
      display_name: user.name,
      ...(withEmail && user.email && !stranger ? { email: user.email } : {}),
    },
  };
}

function enterpriseUserJson({ enterprise }: Workspace, { id }: User, teams: string[]): Json {
  return {
    id,
    // A person of another company that is on Enterprise Grid too.
    enterprise_id: enterprise?.id ?? 'E0OTHER',
    enterprise_name: enterprise?.name ?? 'Another company',
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    teams,
  };
}

export function groupJson(workspace: Workspace, group: Group, withUsers: boolean): Json {
  return {
    id: group.id,
    team_id: workspace.teamId,
    is_usergroup: true,
    is_subteam: true,
    is_external: false,
    name: group.name,
    handle: group.handle,
    date_delete: group.disabled ? 1 : 0,
    user_count: group.users.length,
    ...(withUsers ? { users: group.users } : {}),
  };
}

export function channelJson(workspace: Workspace, channel: Channel): Json {
  const other = [...channel.members].find((user) => user !== workspace.bot.userId);
  const open = channel.kind === 'im';
  return {
    id: channel.id,
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_im: open,
    is_private: channel.kind !== 'public',
    is_archived: channel.archived,
    is_read_only: channel.read_only ?? false,
    ...(open ? { user: other } : { name: channel.name, is_member: channel.members.has(workspace.bot.userId) }),
    is_ext_shared: channel.ext_shared,
    is_pending_ext_shared: false,
    is_shared: channel.ext_shared,
    is_org_shared: false,
  };
}

/** A view as views.* and the interaction payloads return it. */
export function viewJson(workspace: Workspace, view: View, values: Json = {}): Json {
  return {
    id: view.id,
    team_id: workspace.teamId,
    private_metadata: '',
    callback_id: '',
    external_id: '',
    ...view.definition,
    state: { values },
    hash: view.hash,
    previous_view_id: view.previousId ?? null,
    root_view_id: view.rootId,
    app_id: workspace.bot.appId,
    app_installed_team_id: workspace.teamId,
    bot_id: workspace.bot.botId,
  };
}
