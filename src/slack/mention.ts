import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt';
import type { Presser } from '../core/command.js';
import { createAnswers } from './answers.js';
import type { CommandDeps } from './commands.js';
import { understandTimed } from './deploy-at.js';
import { forFullMember } from './questions.js';
import { tellAlone } from './tell.js';
import { couldNotRead } from './views/could-not-read.js';
import { helpMessage } from './views/help.js';
import type { Message } from './views/message.js';
import { onlyAsks } from './views/only-asks.js';

/** What people write between a name and what they say to it, and behind a question. */
const BETWEEN = /^[\s,:;.!?\u2013\u2014-]+|[\s!?]+$/g;
/** https://docs.slack.dev/messaging/formatting-message-text */
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** What is said to `us`, without the mention of us. */
function saidTo(us: string | undefined, text: string): string {
  const mention = new RegExp(`<@${us ?? '\\w+'}(?:\\|[^>]*)?>`, us === undefined ? '' : 'g');
  return text
    .replace(mention, ' ')
    .replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(BETWEEN, '');
}

/**
 * Answers whoever mentions us, and nobody else, in the thread where they did: `@Pushbutton status shop` asks what
 * `/release status shop` asks. It never changes anything: Slack takes an event for received before it is saved. Without a
 * question it shows the help.
 */
export function onMention(deps: CommandDeps) {
  const answers = createAnswers(deps);

  async function messageFor(text: string, by: Presser): Promise<Message> {
    const understood = await understandTimed(answers, deps, text, by);
    return 'presses' in understood ? onlyAsks(text) : understood.answer();
  }

  return async ({ event, context }: SlackEventMiddlewareArgs<'app_mention'> & AllMiddlewareArgs): Promise<void> => {
    if (!event.user) return;
    const by: Presser = { user: event.user, team: null };
    const place = { user: event.user, channel: event.channel, thread: event.thread_ts, responseUrl: null };
    const text = saidTo(context.botUserId, event.text);
    const message = await (text === ''
      ? helpMessage()
      : forFullMember(deps.people, by, () => messageFor(text, by)).catch((error: unknown) => {
          deps.warn({ err: error }, 'a question could not be answered');
          return couldNotRead();
        }));
    await tellAlone(deps.client, place, message);
  };
}
