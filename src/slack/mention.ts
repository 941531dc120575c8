import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt';
import type { SlackClient } from './client.js';
import { tellAlone } from './tell.js';
import { helpMessage } from './views/help.js';

/** Shows the help to whoever mentions us, and to nobody else. */
export function onMention({ client }: { client: SlackClient }) {
  return async ({ event }: SlackEventMiddlewareArgs<'app_mention'> & AllMiddlewareArgs): Promise<void> => {
    if (!event.user) return;
    await tellAlone(client, { user: event.user, channel: event.channel, responseUrl: null }, helpMessage());
  };
}
