import { type Channel, type Group, openDm, type User, type Workspace } from './workspace.js';

export interface NewUser {
  id: string;
  name: string;
  real_name?: string;
  email?: string;
  tz?: string;
  guest?: 'restricted' | 'ultra';
  deleted?: boolean;
  bot?: boolean;
  /** Another company's workspace makes the person a stranger. */
  team_id?: string;
  /** Their workspaces, in an Enterprise Grid organisation. */
  teams?: string[];
}

export interface NewChannel {
  id: string;
  name: string;
  private?: boolean;
  /** Members besides the bot; by default everybody who is in the workspace at that moment. */
  members?: string[];
  /** Whether the bot is a member; by default it is. */
  bot?: boolean;
  ext_shared?: boolean;
  archived?: boolean;
}

/** What an administrator does: who and what is in the workspace. */
export function createPopulation(workspace: Workspace) {
  function known<T>(map: Map<string, T>, id: string): T {
    const found = map.get(id);
    if (!found) throw new Error(`there is no ${id} in the workspace`);
    return found;
  }
  return {
    addUser(user: NewUser): User {
      const added: User = {
        id: user.id,
        team_id: user.team_id ?? workspace.teamId,
        name: user.name,
        real_name: user.real_name ?? user.name,
        email: user.email,
        tz: user.tz ?? 'Europe/Berlin',
        deleted: user.deleted ?? false,
        bot: user.bot ?? false,
        guest: user.guest,
        ...(user.teams ? { teams: user.teams } : workspace.enterprise ? { teams: [workspace.teamId] } : {}),
      };
      workspace.users.set(user.id, added);
      workspace.changed();
      return added;
    },
    /** Changes a person, such as `{ deleted: true }`. */
    changeUser(id: string, change: Partial<Omit<User, 'id'>>): void {
      Object.assign(known(workspace.users, id), change);
      workspace.changed();
    },
    /** The workspace joins an Enterprise Grid organisation, or was always one of it. */
    joinOrganisation(enterprise: { id: string; name: string }): void {
      workspace.enterprise = enterprise;
      for (const user of workspace.users.values()) {
        if (user.team_id === workspace.teamId) user.teams ??= [workspace.teamId];
      }
      workspace.changed();
    },
    addGroup(group: { id: string; handle: string; name: string; users: string[] }): Group {
      const added = { ...group, users: [...group.users], disabled: false };
      workspace.groups.set(group.id, added);
      workspace.changed();
      return added;
    },
    setGroupUsers(id: string, users: string[]): void {
      known(workspace.groups, id).users = [...users];
      workspace.changed();
    },
    /** A disabled group does not exist for usergroups.users.list. */
    disableGroup(id: string): void {
      known(workspace.groups, id).disabled = true;
      workspace.changed();
    },
    addChannel(channel: NewChannel): Channel {
      const people =
        channel.members ?? [...workspace.users.values()].filter((user) => !user.bot).map((user) => user.id);
      const added: Channel = {
        id: channel.id,
        name: channel.name,
        kind: channel.private === true ? 'private' : 'public',
        members: new Set(channel.bot === false ? people : [workspace.bot.userId, ...people]),
        archived: channel.archived ?? false,
        ext_shared: channel.ext_shared ?? false,
      };
      workspace.channels.set(channel.id, added);
      workspace.changed();
      return added;
    },
    /** Changes a channel, such as `{ archived: true }`. */
    changeChannel(id: string, change: Partial<Pick<Channel, 'archived' | 'ext_shared' | 'name' | 'read_only'>>): void {
      Object.assign(known(workspace.channels, id), change);
      workspace.changed();
    },
    invite(channel: string, user: string = workspace.bot.userId): void {
      known(workspace.channels, channel).members.add(user);
      workspace.changed();
    },
    /** Removes somebody, by default the bot, from a channel. */
    remove(channel: string, user: string = workspace.bot.userId): void {
      known(workspace.channels, channel).members.delete(user);
      workspace.changed();
    },
    /** The id of the conversation between the bot and that person. */
    dmOf: (user: string): string => openDm(workspace, known(workspace.users, user).id).id,
    /** Deletes a message as a person who may do that. */
    deleteMessage(channel: string, ts: string): void {
      const at = workspace.messages.findIndex((one) => one.channel === channel && one.ts === ts);
      if (at >= 0) workspace.messages.splice(at, 1);
      workspace.changed();
    },
  };
}
