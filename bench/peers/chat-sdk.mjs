/**
 * The Chat SDK with its Slack adapter and its state in PostgreSQL, behind the Node server of Hono, which is faster than the
 * Request and Response of Node: `node chat-sdk.mjs after|before`, with DATABASE_URL and SECRET. The click is saved after
 * its answer, as the SDK does, or before it, which its page on error handling shows.
 */
import { createServer } from 'node:http';
import { createSlackAdapter } from '@chat-adapter/slack';
import { createPostgresState } from '@chat-adapter/state-pg';
import { getRequestListener } from '@hono/node-server';
import { Chat, ConsoleLogger } from 'chat';
import { insert, listen, pool } from './insert.mjs';

const logger = new ConsoleLogger('silent');
const slack = createSlackAdapter({
  signingSecret: process.env.SECRET,
  botToken: 'xoxb-baseline',
  botUserId: 'U0BOT',
  logger,
});
const bot = new Chat({
  userName: 'baseline',
  adapters: { slack },
  state: createPostgresState({ client: pool, logger }),
  logger,
});
bot.onAction('deploy', async ({ user, value, raw }) => {
  const { channel, response_url, actions } = raw;
  await insert(`${user.userId} ${actions[0].action_ts}`, {
    command: { type: 'deploy', change: value, user: user.userId, team: raw.user.team_id },
    reply: { user: user.userId, channel: channel.id, response_url },
  });
});
await bot.initialize();

const saveAfterAnswer = (request) => bot.webhooks.slack(request, { waitUntil: () => {} });

async function saveBeforeAnswer(request) {
  const handling = [];
  const waitUntil = (task) => handling.push(task);
  const response = await bot.webhooks.slack(request, { waitUntil, propagateHandlerErrors: true });
  const ended = await Promise.allSettled(handling);
  return ended.every(({ status }) => status === 'fulfilled') ? response : new Response(null, { status: 500 });
}

listen(createServer(getRequestListener(process.argv[2] === 'before' ? saveBeforeAnswer : saveAfterAnswer)));
