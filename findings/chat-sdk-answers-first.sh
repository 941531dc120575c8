#!/usr/bin/env bash
# The Slack adapter of the Chat SDK answers a click with 200 before the handler of the button has ended, and also if it fails:
# the click is lost, and neither Slack nor the person learns of it. That misleads a handler that saves the click. A server that
# waits for what is passed to waitUntil is not told either: this fulfills, unless propagateHandlerErrors is set. Even then the
# answer is 200, and turning it into another is left to the server.
# Sends one signed click to a handler that fails after 100 ms, in each of these ways. Prints the status of the answer, whether
# the handler had ended by then, and what became of the task. Exits with 1 when that changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-save chat@4.41.0 @chat-adapter/slack@4.41.0 @chat-adapter/state-memory@4.41.0 >/dev/null 2>&1
cat >click.js <<'PROGRAM'
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSlackAdapter } from '@chat-adapter/slack';
import { createMemoryState } from '@chat-adapter/state-memory';
import { Chat, ConsoleLogger } from 'chat';

const logger = new ConsoleLogger('silent');
const signingSecret = 'secret';
const slack = createSlackAdapter({ signingSecret, botToken: 'xoxb-1', botUserId: 'U0BOT', logger });
const bot = new Chat({ userName: 'bot', adapters: { slack }, state: createMemoryState(), logger });
let ended;
bot.onAction('deploy', async () => {
  await sleep(100);
  ended = true;
  throw new Error('the database is away');
});

function click() {
  const payload = {
    type: 'block_actions',
    team: { id: 'T0', domain: 'acme' },
    user: { id: 'U0', username: 'ana', name: 'ana', team_id: 'T0' },
    api_app_id: 'A0',
    container: { type: 'message', message_ts: '1764140000.000100', channel_id: 'C0', is_ephemeral: false },
    trigger_id: '1.2.3',
    channel: { id: 'C0', name: 'shop' },
    message: { type: 'message', user: 'U0BOT', ts: '1764140000.000100', text: 'shop', blocks: [] },
    response_url: 'https://hooks.slack.com/actions/T0/1/2',
    actions: [{ type: 'button', action_id: 'deploy', block_id: 'b', value: 'k', action_ts: '1764140001.000100' }],
  };
  const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  const stamp = String(Math.floor(Date.now() / 1000));
  return new Request('https://bot.example/slack', {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': stamp,
      'x-slack-signature': `v0=${createHmac('sha256', signingSecret).update(`v0:${stamp}:${body}`).digest('hex')}`,
    },
  });
}

for (const [name, options] of [
  ['no options', undefined],
  ['waitUntil', {}],
  ['waitUntil and propagateHandlerErrors', { propagateHandlerErrors: true }],
]) {
  ended = false;
  const tasks = [];
  const waitUntil = (task) => tasks.push(task);
  const { status } = await bot.webhooks.slack(click(), options && { waitUntil, ...options });
  const when = ended ? 'after' : 'before';
  const results = await Promise.allSettled(tasks);
  while (!ended) await sleep(10);
  await sleep(10);
  const task = results.map((one) => one.status).join() || 'none';
  console.log(`${name} | answered ${status} ${when} the handler failed | task ${task}`);
}
process.exit(0);
PROGRAM
got="$(node click.js)"
echo "node $(node --version), chat $(node -p "require('./node_modules/chat/package.json').version")"
echo "$got"
[ "$got" = "no options | answered 200 before the handler failed | task none
waitUntil | answered 200 before the handler failed | task fulfilled
waitUntil and propagateHandlerErrors | answered 200 before the handler failed | task rejected" ]
