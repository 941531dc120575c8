import { isJson, type Json } from './block-kit/check.js';
import { SlackRefusal } from './call.js';
import { readContent } from './methods/content.js';
import {
  addMessage,
  attachmentsWithIds,
  type Ephemeral,
  findMessage,
  redraw,
  type Workspace,
  withIds,
} from './workspace.js';

/** Where a click or a command happened, and whether what was clicked was for one person alone. */
export interface Origin {
  user: string;
  channel: string;
  thread_ts: string | undefined;
  original: string | undefined;
}

interface Link extends Origin {
  at: number;
  uses: number;
}

const lifetime = 30 * 60_000;
const maximumUses = 5;
const keys = new Set(
  'text blocks attachments response_type replace_original delete_original thread_ts unfurl_links unfurl_media mrkdwn metadata'.split(
    ' ',
  ),
);

/**
 * The response_urls of clicks, shortcuts and commands: five uses within thirty minutes, then 404, as Slack documents them
 * (docs.slack.dev/interactivity/handling-user-interaction). Only they can change an ephemeral message.
 */
export function createResponseUrls(workspace: Workspace) {
  const links = new Map<string, Link>();
  return {
    /** Path of a new response_url. */
    make(kind: 'actions' | 'commands' | 'app', origin: Origin): string {
      const path = `/${kind}/${workspace.teamId}/${workspace.nextId('r')}`;
      links.set(path, { ...origin, at: workspace.now(), uses: 0 });
      return path;
    },
    knows: (path: string) => /^\/(actions|commands|app)\//.test(path),
    /** Carries out what was posted to that path. */
    post(path: string, body: Json): { status: number; body: string } {
      const link = links.get(path);
      if (!link || workspace.now() - link.at > lifetime) return no(404, 'expired_url');
      if (link.uses >= maximumUses) return no(404, 'used_url');
      link.uses += 1;
      const unknown = Object.keys(body).filter((key) => !keys.has(key));
      if (unknown.length > 0) return no(400, 'invalid_payload', { unknown });
      try {
        answer(workspace, link, body);
        return { status: 200, body: 'ok' };
      } catch (error) {
        if (error instanceof SlackRefusal) return no(400, error.message, error.more);
        throw error;
      }
    },
  };
}

function no(status: number, error: string, more: Json = {}) {
  return { status, body: JSON.stringify({ ok: false, error, ...more }) };
}

function answer(workspace: Workspace, link: Link, body: Json): void {
  const ephemeral = workspace.ephemerals.find((one) => one.ts === link.original && one.user === link.user);
  const message = link.original === undefined ? undefined : findMessage(workspace, link.channel, link.original);
  if (body.delete_original === true) {
    if (ephemeral) workspace.ephemerals.splice(workspace.ephemerals.indexOf(ephemeral), 1);
    if (message) workspace.messages.splice(workspace.messages.indexOf(message), 1);
    workspace.changed();
    if (body.text === undefined && body.blocks === undefined) return;
  }
  const written = readContent(body);
  if (body.replace_original === true && ephemeral) {
    Object.assign(ephemeral, { text: written.text, blocks: withIds(workspace, written.blocks), from: 'response_url' });
    workspace.changed();
  } else if (body.replace_original === true && message) {
    redraw(workspace, message, written.text, written.blocks);
  } else {
    showAnswer(workspace, link, body, 'response_url');
  }
}

/**
 * Shows an answer to a command or click: only to the person who asked, or to the channel with
 * `response_type: in_channel`. Throws a SlackRefusal if Slack would not take it.
 */
export function showAnswer(workspace: Workspace, origin: Origin, body: Json, from: Ephemeral['from']): void {
  if (!isJson(body)) return;
  const written = readContent(body);
  const thread_ts = typeof body.thread_ts === 'string' ? body.thread_ts : origin.thread_ts;
  const { user, channel } = origin;
  if (body.response_type === 'in_channel') {
    addMessage(workspace, { channel, user: workspace.bot.userId, thread_ts, ...written });
    return;
  }
  if (body.response_type !== undefined && body.response_type !== 'ephemeral')
    throw new SlackRefusal('invalid_payload', { response_type: body.response_type });
  const blocks = withIds(workspace, written.blocks);
  const attachments = attachmentsWithIds(workspace, written.attachments);
  const ts = workspace.nextTs();
  workspace.ephemerals.push({
    text: written.text,
    blocks,
    attachments,
    user,
    channel,
    ts,
    thread_ts,
    from,
    at: workspace.now(),
  });
  workspace.changed();
}
