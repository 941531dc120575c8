/**
 * What Pushbutton is compared with, each as small as it can be with the same libraries, in a process of its own:
 * `node baselines.js KIND`, with DATABASE_URL and SECRET. Prints its port as a line of JSON when it listens.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, Webhooks } from '@octokit/webhooks';
import bolt from '@slack/bolt';
import pg from 'pg';

export type Baseline = 'bolt' | 'bolt-insert' | 'octokit-insert';

const kind = process.argv[2] as Baseline;
const secret = process.env.SECRET ?? '';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
process.on('SIGTERM', () => process.exit(0));

/** One statement, one commit: the key that identifies a replay, and what is needed to act on it later. */
const insert = (key: string, taken: object) =>
  pool.query({
    name: 'insert',
    text: 'insert into baseline (key, taken) values ($1, $2)',
    values: [key, JSON.stringify(taken)],
  });

function listenForPresses(saves: boolean): void {
  const { App, HTTPReceiver, LogLevel } = bolt;
  const receiver = new HTTPReceiver({ signingSecret: secret, logLevel: LogLevel.ERROR });
  const app = new App({
    receiver,
    authorize: async () => ({ botToken: 'xoxb-baseline', botId: 'B0BOT', botUserId: 'U0BOT' }),
    logLevel: LogLevel.ERROR,
    convoStore: false,
  });
  app.action('deploy', async ({ ack, body, action }) => {
    if (saves && 'action_ts' in action && 'value' in action && 'response_url' in body) {
      const { user, response_url } = body;
      await insert(`${user.id} ${action.action_ts}`, {
        command: { type: 'deploy', change: action.value, user: user.id, team: user.team_id },
        reply: { user: user.id, channel: body.channel?.id, response_url },
      });
    }
    await ack();
  });
  const server = createServer((request, response) => receiver.requestListener(request, response));
  server.listen(0, '127.0.0.1', () => tell(server.address() as AddressInfo));
}

function listenForDeliveries(): void {
  const webhooks = new Webhooks({ secret });
  webhooks.on('workflow_run', async ({ id, payload }) => {
    const { id: run, run_attempt, status, conclusion, head_sha, head_branch, html_url } = payload.workflow_run;
    await insert(id, { run, run_attempt, status, conclusion, head_sha, head_branch, html_url });
  });
  const middleware = createNodeMiddleware(webhooks, { path: '/github/webhooks' });
  const server = createServer(async (request, response) => {
    if (!(await middleware(request, response))) response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1', () => tell(server.address() as AddressInfo));
}

const tell = ({ port }: AddressInfo) => console.log(JSON.stringify({ ready: true, port }));

switch (kind) {
  case 'bolt':
  case 'bolt-insert':
    listenForPresses(kind === 'bolt-insert');
    break;
  case 'octokit-insert':
    listenForDeliveries();
}
