import type { Json } from './block-kit/check.js';
import type { Tier } from './rate-limits.js';
import type { Channel, Workspace } from './workspace.js';

/** A refusal as Slack sends it: `{ok: false, error}` and, if given, more fields. */
export class SlackRefusal extends Error {
  readonly more: Json;
  constructor(error: string, more: Json = {}) {
    super(error);
    this.more = more;
  }
}

/** Ends the call with that error. `messages` become `response_metadata.messages`. */
export function refuse(error: string, messages: string[] = []): never {
  throw new SlackRefusal(error, messages.length === 0 ? {} : { response_metadata: { messages } });
}

/** Ends the call with missing_scope unless the token has one of `needed`. */
export function requireScope(scopes: string[], ...needed: string[]): void {
  if (needed.some((scope) => scopes.includes(scope))) return;
  throw new SlackRefusal('missing_scope', { needed: needed.join(','), provided: scopes.join(',') });
}

export type ArgumentKind = 'string' | 'boolean' | 'integer' | 'json';

export interface Call {
  args: Json;
  scopes: string[];
  workspace: Workspace;
}

export interface Method {
  scope?: string;
  /** Which token it takes: the bot's by default. */
  token?: 'app';
  /** `channel` is one message a second per channel, the others are calls a minute. */
  tier: Tier;
  required?: Record<string, ArgumentKind>;
  optional?: Record<string, ArgumentKind>;
  /** The answer without `ok`; throws a SlackRefusal instead. */
  run: (call: Call) => Json;
}

/** The argument as a string, or undefined if it was not given. */
export function text(call: Call, name: string): string | undefined {
  const value = call.args[name];
  return typeof value === 'string' ? value : undefined;
}

/** The same for an argument that the method requires. */
export function requiredText(call: Call, name: string): string {
  return text(call, name) ?? refuse('invalid_arguments', [`[ERROR] missing required field: ${name}`]);
}

/**
 * The channel that the bot may act in. A private channel without the bot does not exist for it; a public one gives
 * not_in_channel (there is no chat:write.public here).
 */
export function channelOfBot(call: Call, id: string, archivedError = 'is_archived'): Channel {
  const channel = visibleChannel(call, id);
  if (channel.archived) refuse(archivedError);
  if (!channel.members.has(call.workspace.bot.userId)) refuse('not_in_channel');
  if (channel.read_only) refuse('restricted_action_read_only_channel');
  return channel;
}

/** The channel, if the bot may know about it. */
export function visibleChannel(call: Call, id: string): Channel {
  const channel = call.workspace.channels.get(id);
  if (!channel) return refuse('channel_not_found');
  if (channel.kind !== 'public' && !channel.members.has(call.workspace.bot.userId)) refuse('channel_not_found');
  return channel;
}

/** Reads arguments as Slack does: in a form all is text, and nested values are JSON. An unknown name is refused. */
export function readArguments(method: Method, given: Json): Json {
  const known = { ...method.required, ...method.optional };
  const problems: string[] = [];
  const args: Json = {};
  for (const [name, value] of Object.entries(given)) {
    // web-api adds team_id to every call of a listener's client, and the token may be in the body.
    if (name === 'team_id' || name === 'token') continue;
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!kind) {
      problems.push(`[ERROR] unknown argument: ${name} [json-pointer:/${name}]`);
      continue;
    }
    const read = readOne(kind, value);
    if (read === undefined) {
      if (name === 'blocks') refuse('invalid_blocks_format');
      if (name === 'metadata') refuse('invalid_metadata_format');
      problems.push(`[ERROR] must provide a value of kind ${kind} [json-pointer:/${name}]`);
    }
    args[name] = read;
  }
  for (const name of Object.keys(method.required ?? {})) {
    if (args[name] === undefined || args[name] === '') problems.push(`[ERROR] missing required field: ${name}`);
  }
  if (problems.length > 0) refuse('invalid_arguments', problems);
  return args;
}

function readOne(kind: ArgumentKind, value: unknown): unknown {
  switch (kind) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'boolean':
      if (typeof value === 'boolean') return value;
      return ['true', '1'].includes(String(value)) ? true : ['false', '0'].includes(String(value)) ? false : undefined;
    case 'integer':
      return /^\d+$/.test(String(value)) ? Number(value) : undefined;
    case 'json':
      return typeof value === 'string' ? parsed(value) : typeof value === 'object' ? (value ?? undefined) : undefined;
  }
}

function parsed(value: string): unknown {
  try {
    const read: unknown = JSON.parse(value);
    return typeof read === 'object' && read !== null ? read : undefined;
  } catch {
    return undefined;
  }
}
