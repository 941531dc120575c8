import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { installMovableClock } from '../clock.js';
import { startGitHub } from '../github/github.js';
import { startSlack } from '../slack/start.js';
import { type Bot, startBot } from './bot.js';
import { openDatabase } from './database.js';
import { createFaults } from './faults.js';
import { createFeed, type Feed } from './feed.js';
import { makeFolder } from './folder.js';
import { close, listen } from './listen.js';
import { createPage } from './page.js';
import { createPushes } from './pushes.js';
import { createReplicas, REPLICAS } from './replicas.js';
import { createRuns } from './runs.js';
import { shownTo } from './state.js';
import { CONFIG, people, repositories, SECRETS } from './team.js';

export interface Demo {
  /** Where the page is. */
  address: string;
  logFile: string;
  /** Stops everything that the demo started, including the database. */
  stop(): Promise<void>;
}

/**
 * Starts the whole product below `folder`, with an empty database: two replicas of the bot run in their own processes,
 * and Slack and GitHub reach them over HTTP. Resolves when a first press is possible; the second replica follows. `log`
 * gets lines for a person; `ended` is called when the demo cannot go on. `signal` aborts the start at its next step.
 * Rejects with a sentence for a person, and then leaves nothing running.
 */
export async function startDemo(options: {
  folder: string;
  port: number;
  log: (line: string) => void;
  ended: (why: string) => void;
  signal?: AbortSignal;
}): Promise<Demo> {
  const { folder, log, signal } = options;
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const begun = <T>(what: T, end: () => unknown): T => {
    undo.push(end);
    signal?.throwIfAborted();
    return what;
  };
  try {
    const page = createPage();
    // First, since it fails fastest.
    const address = await listen(page.server, options.port);
    begun(page, () => close(page.server));
    await makeFolder(folder);
    const botLog = new PassThrough();
    // It loads while the database starts.
    let loaded: Bot | null = startBot({ name: REPLICAS[0], log: botLog });
    begun(loaded, loaded.stop);
    const database = await openDatabase(folder, log, options.ended);
    begun(database, database.stop);

    const clock = await installMovableClock(database.url);
    const slack = await startSlack({
      botToken: SECRETS.botToken,
      signingSecret: SECRETS.signingSecret,
      posted: clock.now,
    });
    begun(slack, slack.stop);
    people(slack);
    const github = await startGitHub({
      token: SECRETS.githubToken,
      webhookSecret: SECRETS.webhookSecret,
      htmlUrl: 'own',
      now: () => new Date(clock.now()),
    });
    begun(github, github.stop);
    repositories(github);

    let feed: Feed | undefined;
    const changed = () => feed?.touch();
    const pushes = createPushes(github);
    const runs = createRuns(github, pushes, changed);
    const faults = createFaults({ slack, github, runs, changed });
    begun(faults, faults.stop);
    const config = path.join(folder, 'pushbutton.yml');
    await fs.writeFile(config, CONFIG);
    const logFile = path.join(folder, 'pushbutton.log');
    // If it cannot be written the demo goes on without it.
    const logged = createWriteStream(logFile).on('error', () => botLog.resume());
    begun(botLog.pipe(logged), () => void botLog.end());
    const settings = {
      SLACK_BOT_TOKEN: SECRETS.botToken,
      SLACK_SIGNING_SECRET: SECRETS.signingSecret,
      SLACK_API_URL: slack.apiUrl,
      GITHUB_TOKEN: SECRETS.githubToken,
      GITHUB_WEBHOOK_SECRET: SECRETS.webhookSecret,
      GITHUB_API_URL: github.url,
      DATABASE_URL: database.url,
      PUSHBUTTON_CONFIG: config,
      PORT: '0',
    };
    const replicas = createReplicas({
      start: (name) => {
        const bot = loaded ?? startBot({ name, log: botLog });
        loaded = null;
        bot.begin(settings);
        return bot;
      },
      point: (url) => {
        slack.setEventsUrl(`${url}/slack/events`);
        github.setWebhookUrl(`${url}/github/webhooks`);
      },
      changed,
      log,
    });
    begun(replicas, replicas.stop);
    const scene = { slack, github, pushes, replicas, faults, clock, id: randomUUID() };
    feed = createFeed({ read: database.read, draw: (user, remembered) => shownTo(user, scene, remembered) });
    begun(feed, feed.stop);
    slack.onChange(changed);
    github.onChange(changed);
    signal?.addEventListener('abort', () => void replicas.stop());
    await replicas.start().catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}; its log is ${logFile}`);
    });
    page.open({ scene, feed });
    return { address, logFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
