import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt';
import type { Presser } from '../core/command.js';
import { createAnswers } from './answers.js';
import type { CommandDeps } from './commands.js';
import { forFullMember } from './questions.js';
import { tellAlone } from './tell.js';
import { understand } from './understand.js';
import { couldNotRead } from './views/could-not-read.js';
import { helpMessage } from './views/help.js';
import type { Message } from './views/message.js';
import { onlyAsks } from './views/only-asks.js';

/** https://docs.slack.dev/messaging/formatting-message-text */
const MENTION = /<@\w+(?:\|[^>]*)?>/g;
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/**
 * Answers whoever mentions us, and nobody else: `@Pushbutton status shop` asks what `/release status shop` asks. It never
 * changes anything: Slack takes an event for received before it is saved. Without a question it shows the help.
 */
export function onMention(deps: CommandDeps) {
  const answers = createAnswers(deps);

  async function messageFor(text: string, by: Presser): Promise<Message> {
    const understood = await understand(answers, text, by);
    const answer = 'presses' in understood ? async () => onlyAsks(text) : understood.answer;
    return forFullMember(deps.people, by, answer);
  }

  return async ({ event }: SlackEventMiddlewareArgs<'app_mention'> & AllMiddlewareArgs): Promise<void> => {
    if (!event.user) return;
    const place = { user: event.user, channel: event.channel, responseUrl: null };
    const text = event.text
      .replace(MENTION, ' ')
      .replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity)
      .trim();
    const by: Presser = { user: event.user, team: null };
    const message = await (text === ''
      ? helpMessage()
      : messageFor(text, by).catch((error: unknown) => {
          deps.warn({ err: error }, 'a question could not be answered');
          return couldNotRead();
        }));
    await tellAlone(deps.client, place, message);
  };
}
