import { isJson, type Json } from './block-kit/check.js';
import { type Button, type Confirm, pickButton } from './buttons.js';
import { SlackRefusal } from './call.js';
import { formValues, type Typed } from './form-values.js';
import { openModals, publishedHome } from './methods/views.js';
import {
  appHomeOpened,
  appMention,
  blockActions,
  messageAction,
  type Pressed,
  slashCommand,
  viewActions,
  viewClosed,
  viewSubmission,
} from './payloads.js';
import { type createResponseUrls, showAnswer } from './response-urls.js';
import { type Received, type SignedRequest, send, sign } from './send.js';
import { SHORTCUTS } from './shortcuts.js';
import { type createSockets, envelopeOf } from './socket.js';
import { answerSubmission } from './submissions.js';
import { addMessage, type Channel, findMessage, openDm, type User, type View, type Workspace } from './workspace.js';

/** The result of something that a person did. */
export interface Answer extends Received {
  request: SignedRequest;
  /** What the pressed button asked first, if anything. */
  confirm: Confirm | undefined;
  /** The error that Slack shows to the person, such as operation_timeout; undefined if all went well. */
  failedWith: string | undefined;
}

interface ActingParts {
  workspace: Workspace;
  responseUrls: ReturnType<typeof createResponseUrls>;
  signingSecret: string;
  sockets: ReturnType<typeof createSockets>;
  eventsUrl: () => string;
  url: () => string;
  /** Milliseconds that Slack waits for an answer. */
  patience: number;
}

export interface OnMessage {
  user: string;
  channel: string;
  ts: string;
  /** Its text, action id or value. */
  button: string;
}

function failure(received: Received): string | undefined {
  if (received.timedOut) return 'operation_timeout';
  return received.status === 200 ? undefined : 'dispatch_failed';
}

/** People acting in Slack: each sends the request that Slack would send and resolves with the bot's answer. */
export function createActing(parts: ActingParts) {
  const { workspace } = parts;

  function person(id: string): User {
    const user = workspace.users.get(id);
    if (!user) throw new Error(`there is no user ${id} in the workspace`);
    return user;
  }

  function place(id: string, user: string): Channel {
    const channel = workspace.channels.get(id);
    if (!channel) throw new Error(`there is no channel ${id} in the workspace`);
    if (channel.kind !== 'public' && !channel.members.has(user)) throw new Error(`${user} cannot see channel ${id}`);
    return channel;
  }

  function trigger(user: string, view?: string): string {
    const id = `${workspace.nextId('t')}.${workspace.nextTs()}`;
    workspace.triggers.set(id, { at: workspace.now(), used: false, user, view });
    return id;
  }

  async function post(body: string, json = false): Promise<Answer> {
    const { enabled, send: sendBySocket } = parts.sockets;
    const request = sign(parts.signingSecret, enabled ? '' : parts.eventsUrl(), body, workspace.now(), json);
    const { type, payload } = envelopeOf(body, json);
    const received = await (enabled ? sendBySocket(type, payload, parts.patience) : send(request, parts.patience));
    return { ...received, request, confirm: undefined, failedWith: failure(received) };
  }

  const interact = (payload: Json) => post(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());

  function shown(where: OnMessage): Pressed['on'] {
    const ephemeral = workspace.ephemerals.find((one) => one.ts === where.ts && one.user === where.user);
    const message = findMessage(workspace, where.channel, where.ts);
    return message ? { message } : ephemeral ? { ephemeral } : { gone: where.ts };
  }

  async function press(where: OnMessage, button: Button): Promise<Answer> {
    const user = person(where.user);
    const channel = place(where.channel, user.id);
    const on = shown(where);
    const seen = 'message' in on ? on.message : 'ephemeral' in on ? on.ephemeral : undefined;
    const origin = { user: user.id, channel: channel.id, thread_ts: seen?.thread_ts, original: where.ts };
    const responseUrl = parts.url() + parts.responseUrls.make('actions', origin);
    const triggerId = trigger(user.id);
    const answer = await interact(blockActions(workspace, { user, channel, on, button, triggerId, responseUrl }));
    return { ...answer, confirm: button.confirm };
  }

  function openView(id: string): View {
    const view = workspace.views.find((one) => one.id === id && one.open);
    if (!view) throw new Error(`no view ${id} is open`);
    return view;
  }

  return {
    /** Presses a button that is on the message (or ephemeral) now; throws if it is not there. */
    async click(where: OnMessage): Promise<Answer> {
      const on = shown(where);
      if ('gone' in on) throw new Error(`${where.user} sees no message ${where.ts} in ${where.channel}`);
      const seen = 'message' in on ? on.message : on.ephemeral;
      const inside = seen.attachments.flatMap((one) => (Array.isArray(one.blocks) ? (one.blocks as Json[]) : []));
      return press(where, pickButton([...seen.blocks, ...inside], where.button));
    },
    /** Presses a button of an older drawing, as a person with an outdated screen; the message may be gone. */
    async clickStale({ blocks, ...where }: OnMessage & { blocks: Json[] }): Promise<Answer> {
      return press(where, pickButton(blocks, where.button));
    },
    /** Presses a button inside an open modal or on the home tab. */
    async clickInView({ viewId, button }: { viewId: string; button: string }): Promise<Answer> {
      const view = openView(viewId);
      const pressed = pickButton(view.definition.blocks as Json[], button);
      const triggerId = trigger(view.user, view.id);
      const answer = await interact(viewActions(workspace, person(view.user), view, pressed, triggerId));
      return { ...answer, confirm: pressed.confirm };
    },
    /** Chooses one of the app's shortcuts in the menu of a message; messages for one person alone have no such menu. */
    async useShortcut(used: { user: string; channel: string; ts: string; name: string }): Promise<Answer> {
      const user = person(used.user);
      const channel = place(used.channel, user.id);
      const message = findMessage(workspace, channel.id, used.ts);
      const shortcut = SHORTCUTS.find((one) => one.name === used.name);
      if (!message) throw new Error(`there is no message ${used.ts} in ${channel.id} with a menu`);
      if (!shortcut) throw new Error(`there is no shortcut "${used.name}"`);
      const origin = { user: user.id, channel: channel.id, thread_ts: message.thread_ts, original: message.ts };
      const responseUrl = parts.url() + parts.responseUrls.make('app', origin);
      const callback = shortcut.callback_id;
      return interact(
        messageAction(workspace, { user, channel, message, callback, triggerId: trigger(user.id), responseUrl }),
      );
    },
    /** Types a slash command, `/release` by default. A 200 with text or blocks is shown as Slack shows it. */
    async command(typed: { user: string; channel: string; text: string; command?: string }): Promise<Answer> {
      const user = person(typed.user);
      const channel = place(typed.channel, user.id);
      const origin = { user: user.id, channel: channel.id, thread_ts: undefined, original: undefined };
      const responseUrl = parts.url() + parts.responseUrls.make('commands', origin);
      const { command = '/release', text } = typed;
      const triggerId = trigger(user.id);
      const form = slashCommand(workspace, { user, channel, command, text: text.trim(), triggerId, responseUrl });
      const answer = await post(new URLSearchParams(form).toString());
      if (answer.failedWith !== undefined || answer.body.trim() === '') return answer;
      try {
        showAnswer(workspace, origin, readCommandAnswer(answer), 'command answer');
        return answer;
      } catch (error) {
        if (error instanceof SlackRefusal)
          return { ...answer, failedWith: `invalid_command_response: ${error.message}` };
        throw error;
      }
    },
    /** Fills in the inputs of an open modal and submits it. */
    async submit(filled: { user: string; viewId: string; values: Typed }): Promise<Answer> {
      const view = openView(filled.viewId);
      if (view.user !== filled.user) throw new Error(`view ${view.id} is not open for ${filled.user}`);
      const values = formValues(view.definition, filled.values);
      const triggerId = trigger(view.user, view.id);
      const answer = await interact(viewSubmission(workspace, person(view.user), view, values, triggerId));
      if (answer.failedWith !== undefined) return answer;
      return { ...answer, failedWith: answerSubmission(workspace, view, answer.body) };
    },
    /** Closes a modal; the bot is told if the view asked for that. */
    async closeModal(viewId: string): Promise<Answer | undefined> {
      const view = openView(viewId);
      view.open = false;
      workspace.changed();
      if (view.definition.notify_on_close !== true) return undefined;
      return interact(viewClosed(workspace, person(view.user), view));
    },
    /** Mentions the bot in a message, and sends the event once; Slack sends none where the bot is not a member. */
    async mention(said: { user: string; channel: string; text: string; thread_ts?: string }): Promise<Answer> {
      const user = person(said.user);
      const channel = place(said.channel, user.id);
      if (!channel.members.has(workspace.bot.userId)) throw new Error(`the bot is not in ${channel.id}`);
      const name = `<@${workspace.bot.userId}>`;
      const text = said.text.includes(name) ? said.text : `${name} ${said.text}`;
      const draft = { channel: channel.id, user: user.id, text, thread_ts: said.thread_ts };
      return post(JSON.stringify(appMention(workspace, addMessage(workspace, draft), user, channel)), true);
    },
    /** Opens a tab of the bot's home. Slack sends the event each time, with the view if one was published. */
    async openHome({ user: id, tab = 'home' }: { user: string; tab?: 'home' | 'messages' }): Promise<Answer> {
      const user = person(id);
      const channel = openDm(workspace, user.id);
      const view = publishedHome(workspace, user.id);
      return post(JSON.stringify(appHomeOpened(workspace, { user, channel, tab, view })), true);
    },
    /** What is on that person's Home tab; undefined if nothing was published. */
    home: (user: string): View | undefined => publishedHome(workspace, user),
    /** Sends the same signed bytes once more; `headers` are added, such as x-slack-retry-num. */
    async replay(request: SignedRequest, headers: Record<string, string> = {}): Promise<Answer> {
      const received = await send({ ...request, headers: { ...request.headers, ...headers } }, parts.patience);
      return { ...received, request, confirm: undefined, failedWith: failure(received) };
    },
    modals: (user: string) => openModals(workspace, user),
  };
}

function readCommandAnswer(answer: Received): Json {
  if (!answer.contentType.startsWith('application/json')) return { text: answer.body };
  try {
    const read: unknown = JSON.parse(answer.body);
    if (isJson(read)) return read;
  } catch {
    // Falls through: Slack shows the same failure for JSON that it cannot read.
  }
  throw new SlackRefusal('invalid_json');
}
