import { once } from 'node:events';
import fs from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { startGitHub } from '../github/github.js';
import { startSlack } from '../slack/start.js';
import { startBot } from './bot.js';
import { openDatabase } from './database.js';
import { createPage } from './page.js';
import { createPushes } from './pushes.js';
import { CONFIG, people, repositories, SECRETS } from './team.js';

export interface Demo {
  /** Where the page is. */
  address: string;
  logFile: string;
  /** Ends everything that the demo started, the database too. */
  stop(): Promise<void>;
}

/**
 * Starts the whole product below `folder`, with an empty database: the bot is a process of its own, and Slack and
 * GitHub reach it over HTTP. `log` gets lines for a person; `ended` is called once when the bot ends by itself.
 * Rejects with a sentence for a person, and leaves nothing running then.
 */
export async function startDemo(options: {
  folder: string;
  port: number;
  log: (line: string) => void;
  ended: (why: string) => void;
}): Promise<Demo> {
  const { folder, log } = options;
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const page = createPage();
    // First, since it is the quickest to fail.
    const address = await listen(page.server, options.port);
    undo.push(() => close(page.server));
    await fs.mkdir(folder, { recursive: true });
    const database = await openDatabase(folder, log);
    undo.push(database.stop);

    const slack = await startSlack({ botToken: SECRETS.botToken, signingSecret: SECRETS.signingSecret });
    undo.push(slack.stop);
    people(slack);
    const github = await startGitHub({ token: SECRETS.githubToken, webhookSecret: SECRETS.webhookSecret });
    undo.push(github.stop);
    repositories(github);
    const pushes = createPushes(github);

    const config = path.join(folder, 'pushbutton.yml');
    await fs.writeFile(config, CONFIG);
    const logFile = path.join(folder, 'pushbutton.log');
    const bot = await startBot({
      logFile,
      ended: options.ended,
      settings: {
        SLACK_BOT_TOKEN: SECRETS.botToken,
        SLACK_SIGNING_SECRET: SECRETS.signingSecret,
        SLACK_API_URL: slack.apiUrl,
        GITHUB_TOKEN: SECRETS.githubToken,
        GITHUB_WEBHOOK_SECRET: SECRETS.webhookSecret,
        GITHUB_API_URL: github.url,
        DATABASE_URL: database.url,
        PUSHBUTTON_CONFIG: config,
        PORT: '0',
      },
    });
    undo.push(bot.stop);
    slack.setEventsUrl(`${bot.url}/slack/events`);
    github.setWebhookUrl(`${bot.url}/github/webhooks`);
    page.show({ slack, github, pushes, ledger: database.ledger });
    return { address, logFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new Error(`port ${port} is in use, perhaps by another demo; choose another with --port`);
    }
    if (code === 'EACCES') throw new Error(`port ${port} may not be listened on; choose one above 1023 with --port`);
    throw error;
  }
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
