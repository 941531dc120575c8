import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt';
import type { SlackClient } from './client.js';
import { tellAlone } from './tell.js';
import { helpMessage } from './views/help.js';

/** Who mentions us is told, alone, how to ask. */
export function onMention({ client }: { client: SlackClient }) {
  return async ({ event }: SlackEventMiddlewareArgs<'app_mention'> & AllMiddlewareArgs): Promise<void> => {
    if (!event.user) return;
    await tellAlone(client, { user: event.user, channel: event.channel, responseUrl: null }, helpMessage());
  };
}
