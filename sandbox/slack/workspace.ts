import type { Json } from './block-kit/check.js';

/** A person or a bot. Strangers from other companies carry their own `team_id`. */
export interface User {
  id: string;
  /** What a press of theirs names as their team. */
  team_id: string;
  /** What users.info names as their team, if that is another one; null if it names none. */
  infoTeam?: string | null;
  /** Their workspaces, if they belong to an Enterprise Grid organisation. */
  teams?: string[];
  name: string;
  real_name: string;
  email: string | undefined;
  tz: string;
  deleted: boolean;
  bot: boolean;
  guest: 'restricted' | 'ultra' | undefined;
}

export interface Group {
  id: string;
  handle: string;
  name: string;
  users: string[];
  disabled: boolean;
}

export interface Channel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im';
  members: Set<string>;
  archived: boolean;
  ext_shared: boolean;
  /** Only some may post, and the bot is not one of them. */
  read_only?: boolean;
}

/** What a message looked like from `at` (milliseconds) on. */
interface Drawing {
  at: number;
  text: string;
  blocks: Json[];
}

export interface Message {
  channel: string;
  ts: string;
  thread_ts: string | undefined;
  /** Who wrote it; the bot's own messages carry the bot's user id. */
  user: string;
  text: string;
  blocks: Json[];
  attachments: Json[];
  metadata: Json | undefined;
  edited: boolean;
  /** Arguments that change who is notified or what is unfurled: reply_broadcast, unfurl_links, parse and so on. */
  options: Json;
  /** Every drawing so far, the current one last. */
  drawings: Drawing[];
}

/** A message that only one person can see. */
export interface Ephemeral {
  user: string;
  channel: string;
  ts: string;
  thread_ts: string | undefined;
  text: string;
  blocks: Json[];
  attachments: Json[];
  from: 'chat.postEphemeral' | 'response_url' | 'command answer';
  at: number;
}

export interface View {
  id: string;
  hash: string;
  user: string;
  type: 'modal' | 'home';
  definition: Json;
  rootId: string;
  previousId: string | undefined;
  open: boolean;
  /** What the bot answered to the last submission with `response_action: errors`, by block id. */
  errors: Record<string, string>;
}

interface Trigger {
  at: number;
  used: boolean;
  user: string;
  /** The view that the click came from, if it came from one. */
  view: string | undefined;
}

export interface Workspace {
  teamId: string;
  domain: string;
  /** The Enterprise Grid organisation that this workspace belongs to. */
  enterprise: { id: string; name: string } | undefined;
  /** The app is installed to the organisation, so its token is for no single workspace. */
  installedToOrganisation: boolean;
  bot: { userId: string; botId: string; appId: string; name: string };
  users: Map<string, User>;
  groups: Map<string, Group>;
  channels: Map<string, Channel>;
  /** In posting order; a deleted message is gone. */
  messages: Message[];
  ephemerals: Ephemeral[];
  views: View[];
  triggers: Map<string, Trigger>;
  now: () => number;
  /** The next message timestamp: a string, unique and rising in the whole workspace. */
  nextTs: () => string;
  /** The next free id with that prefix, such as `D` or `V`. */
  nextId: (prefix: string) => string;
  changed: () => void;
  /** Returns the address of a socket (Socket Mode), good for one connection. */
  openSocket: () => string;
}

/** An empty workspace with the bot in it. `now`, and `posted`, which messages are stamped with, are in milliseconds. */
export function createWorkspace(now: () => number, posted = now): Workspace {
  let last = 0;
  let ids = 0;
  const bot = { userId: 'U0PUSHBUTTON', botId: 'B0PUSHBUTTON', appId: 'A0PUSHBUTTON', name: 'pushbutton' };
  const workspace: Workspace = {
    teamId: 'T0HOME',
    domain: 'acme',
    enterprise: undefined,
    installedToOrganisation: false,
    bot,
    users: new Map(),
    groups: new Map(),
    channels: new Map(),
    messages: [],
    ephemerals: [],
    views: [],
    triggers: new Map(),
    now,
    nextTs: () => {
      last = Math.max(last + 100, posted() * 1000);
      return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, '0')}`;
    },
    nextId: (prefix) => {
      ids += 1;
      return `${prefix}0${ids.toString(36).toUpperCase().padStart(8, '0')}`;
    },
    changed: () => {},
    openSocket: () => '',
  };
  workspace.users.set(bot.userId, {
    id: bot.userId,
    team_id: workspace.teamId,
    name: bot.name,
    real_name: 'Pushbutton',
    email: undefined,
    tz: 'Europe/Berlin',
    deleted: false,
    bot: true,
    guest: undefined,
  });
  return workspace;
}

/** The message with that ts in that channel. */
export function findMessage(workspace: Workspace, channel: string, ts: string): Message | undefined {
  return workspace.messages.find((message) => message.channel === channel && message.ts === ts);
}

/** The direct conversation between the bot and that person, created if there is none yet. */
export function openDm(workspace: Workspace, user: string): Channel {
  for (const channel of workspace.channels.values()) {
    if (channel.kind === 'im' && channel.members.has(user)) return channel;
  }
  const channel: Channel = {
    id: workspace.nextId('D'),
    name: 'directmessage',
    kind: 'im',
    members: new Set([workspace.bot.userId, user]),
    archived: false,
    ext_shared: false,
  };
  workspace.channels.set(channel.id, channel);
  return channel;
}

/** What a caller gives to write a message; the rest has defaults. */
export type Draft = Pick<Message, 'channel' | 'user' | 'text'> &
  Partial<Pick<Message, 'thread_ts' | 'blocks' | 'attachments' | 'metadata' | 'options'>>;

/** Adds a message, with ids put into its blocks as Slack does. */
export function addMessage(workspace: Workspace, draft: Draft): Message {
  const blocks = withIds(workspace, draft.blocks ?? []);
  const message: Message = {
    channel: draft.channel,
    ts: workspace.nextTs(),
    thread_ts: draft.thread_ts,
    user: draft.user,
    text: draft.text,
    blocks,
    attachments: attachmentsWithIds(workspace, draft.attachments ?? []),
    metadata: draft.metadata,
    edited: false,
    options: draft.options ?? {},
    drawings: [{ at: workspace.now(), text: draft.text, blocks }],
  };
  workspace.messages.push(message);
  workspace.changed();
  return message;
}

/** Redraws a message. */
export function redraw(workspace: Workspace, message: Message, text: string, blocks: Json[]): void {
  message.text = text;
  message.blocks = withIds(workspace, blocks);
  message.edited = true;
  message.drawings.push({ at: workspace.now(), text, blocks: message.blocks });
  workspace.changed();
}

/** Slack gives every block an id and every interactive element an action id if the app did not. */
export function withIds(workspace: Workspace, blocks: Json[]): Json[] {
  const element = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const type = (value as Json).type;
    const acts = typeof type === 'string' && /button|select|overflow|checkboxes|picker|input/.test(type);
    return acts ? { action_id: workspace.nextId('a'), ...value } : value;
  };
  return blocks.map((block) => ({
    ...block,
    block_id: block.block_id ?? workspace.nextId('b'),
    ...(block.type === 'actions' && Array.isArray(block.elements) ? { elements: block.elements.map(element) } : {}),
    ...(block.accessory ? { accessory: element(block.accessory) } : {}),
    ...(block.element ? { element: element(block.element) } : {}),
  }));
}

/** The same for the blocks inside attachments. */
export function attachmentsWithIds(workspace: Workspace, attachments: Json[]): Json[] {
  return attachments.map((attachment, index) => ({
    id: index + 1,
    ...attachment,
    ...(Array.isArray(attachment.blocks) ? { blocks: withIds(workspace, attachment.blocks as Json[]) } : {}),
  }));
}
