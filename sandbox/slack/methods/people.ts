import { type Call, type Method, refuse, requiredText, text } from '../call.js';
import { belongs, groupJson, userJson } from './shapes.js';

const withEmail = (call: Call) => call.scopes.includes('users:read.email');

const authTest: Method = {
  tier: 'special',
  run: ({ workspace }) => ({
    url: `https://${workspace.domain}.slack.com/`,
    team: workspace.domain,
    user: workspace.bot.name,
    // A token of the whole organisation has the organisation's id for a team.
    team_id: workspace.installedToOrganisation ? workspace.enterprise?.id : workspace.teamId,
    user_id: workspace.bot.userId,
    bot_id: workspace.bot.botId,
    ...(workspace.enterprise ? { enterprise_id: workspace.enterprise.id } : {}),
    is_enterprise_install: workspace.installedToOrganisation,
  }),
};

const usersInfo: Method = {
  scope: 'users:read',
  tier: 4,
  required: { user: 'string' },
  optional: { include_locale: 'boolean' },
  run(call) {
    const user = call.workspace.users.get(requiredText(call, 'user'));
    return user ? { user: userJson(call.workspace, user, withEmail(call)) } : refuse('user_not_found');
  },
};

const lookupByEmail: Method = {
  scope: 'users:read.email',
  tier: 3,
  required: { email: 'string' },
  run(call) {
    const email = requiredText(call, 'email').toLowerCase();
    const { users } = call.workspace;
    // A deactivated account is no longer found by its address.
    const user = [...users.values()].find(
      (one) => one.email?.toLowerCase() === email && !one.deleted && belongs(call.workspace, one),
    );
    return user ? { user: userJson(call.workspace, user, true) } : refuse('users_not_found');
  },
};

const usersList: Method = {
  scope: 'users:read',
  tier: 2,
  optional: { cursor: 'string', limit: 'integer', include_locale: 'boolean' },
  run(call) {
    const page = pageOf([...call.workspace.users.values()], call, 1000);
    return { ...page.rest, members: page.items.map((user) => userJson(call.workspace, user, withEmail(call))) };
  },
};

const usergroupsList: Method = {
  scope: 'usergroups:read',
  tier: 2,
  optional: { include_count: 'boolean', include_disabled: 'boolean', include_users: 'boolean' },
  run(call) {
    const groups = [...call.workspace.groups.values()].filter(
      (group) => !group.disabled || call.args.include_disabled === true,
    );
    const withUsers = call.args.include_users === true;
    return { usergroups: groups.map((group) => groupJson(call.workspace, group, withUsers)) };
  },
};

const usergroupsUsersList: Method = {
  scope: 'usergroups:read',
  tier: 2,
  required: { usergroup: 'string' },
  optional: { include_disabled: 'boolean' },
  run(call) {
    const group = call.workspace.groups.get(requiredText(call, 'usergroup'));
    if (!group || (group.disabled && call.args.include_disabled !== true)) return refuse('no_such_subteam');
    return { users: group.users };
  },
};

/** One page of a list; the cursor is where the next one begins. */
export function pageOf<T>(all: T[], call: Call, byDefault: number) {
  const start = Number(text(call, 'cursor') || '0');
  if (!Number.isInteger(start)) refuse('invalid_cursor');
  const limit = Math.min(Number(call.args.limit ?? byDefault), 1000) || byDefault;
  const more = start + limit < all.length;
  const rest = { response_metadata: { next_cursor: more ? String(start + limit) : '' } };
  return { items: all.slice(start, start + limit), rest, more };
}

export const peopleMethods: Record<string, Method> = {
  'auth.test': authTest,
  'users.info': usersInfo,
  'users.lookupByEmail': lookupByEmail,
  'users.list': usersList,
  'usergroups.list': usergroupsList,
  'usergroups.users.list': usergroupsUsersList,
};
