import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { startGitHub } from '../sandbox/github/github.js';
import { startSlack } from '../sandbox/slack/start.js';
import { type Build, THIS_TREE } from './against.js';
import type { Baseline } from './baselines.js';
import { type Line, programOf, startNode } from './children.js';
import { type Database, openServer } from './database.js';
import { startLoad } from './load.js';
import type { Peer, Peers } from './peers/peers.js';
import { AS_STARTED, type Product, startProduct } from './product.js';
import { configOf, populate, SECRETS, SERVICES } from './team.js';

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** A program that is compared with the product. */
export interface Started {
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

export interface StartedPeer extends Started {
  readonly name: Peer;
}

export interface StageOptions {
  /** A few requests of each kind, to check that the bench works; its figures mean nothing. */
  readonly quick: boolean;
  readonly rounds: number;
  /** How long a soak or the day of a fleet lasts, if that was said. */
  readonly forMs: number | undefined;
  readonly serverUrl: string | undefined;
  /** What this tree is compared with besides the baselines. */
  readonly against: Build | undefined;
  readonly peers: Peers | undefined;
  /** Where the product writes CPU profiles. */
  readonly profiles: string | undefined;
  readonly log: (line: string) => void;
}

/** What every measurement needs: a database server, stand-ins that answer at once and the load client, on 127.0.0.1. */
export async function openStage({ quick, rounds, forMs, serverUrl, against, peers, profiles, log }: StageOptions) {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'pushbutton-bench-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    // As root the database runs as another user, who must reach its data in here.
    await chmod(folder, 0o711);
    const server = await openServer(serverUrl, path.join(folder, 'server'));
    undo.push(server.stop);
    const { botToken, signingSecret, githubToken, webhookSecret } = SECRETS;
    const slack = await startSlack({ botToken, signingSecret, limits: 'off' });
    undo.push(slack.stop);
    const github = await startGitHub({ token: githubToken, webhookSecret, limits: 'off' });
    undo.push(github.stop);
    const firstCommits = populate(slack, github);
    const answers = await startSink();
    undo.push(answers.stop);
    const load = startLoad();
    undo.push(load.stop);
    const config = path.join(folder, 'pushbutton.yml');
    await writeFile(config, configOf(SERVICES, '1h'));
    const settings = {
      SLACK_BOT_TOKEN: botToken,
      SLACK_SIGNING_SECRET: signingSecret,
      SLACK_API_URL: slack.apiUrl,
      GITHUB_TOKEN: githubToken,
      GITHUB_WEBHOOK_SECRET: webhookSecret,
      GITHUB_API_URL: github.url,
      PUSHBUTTON_CONFIG: config,
    };
    return {
      quick,
      rounds,
      forMs,
      log,
      folder,
      slack,
      github,
      /** The first commit of each service's repository. */
      firstCommits,
      /** A response_url that takes everything: a stand-in's takes five answers, and in Slack each press has its own. */
      responseUrl: answers.url,
      about: server.about,
      database: server.database,
      load: load.send,
      /** This tree and, if the bench was told of one, the commit that it is compared with. */
      builds: against ? ([THIS_TREE, against] as const) : ([THIS_TREE] as const),
      /**
       * `where`: a database address, or the folder of an embedded one; `more` comes before the stage's own settings.
       * Slack and GitHub send to it from now on. `heard` gets every line of its log.
       */
      product: async (
        where: { url: string } | { folder: string },
        more: Readonly<Record<string, string>> = {},
        build = THIS_TREE,
        heard?: (line: Line) => void,
      ): Promise<Product> => {
        const at: Record<string, string> =
          'url' in where ? { DATABASE_URL: where.url } : { PUSHBUTTON_DATA: where.folder };
        const product = await startProduct(build, { ...settings, ...at, ...more }, profiles, heard);
        undo.push(product.stop);
        sendTo(product);
        return product;
      },
      sendTo,
      baseline: (kind: Baseline, { url }: Database) =>
        startOther([programOf('bench/baselines'), kind], {
          DATABASE_URL: url,
          SECRET: kind === 'octokit-insert' ? webhookSecret : signingSecret,
        }),
      /** None, unless the bench was told to install them. */
      peers: async (kinds: readonly Peer[], { url }: Database): Promise<StartedPeer[]> => {
        const started: StartedPeer[] = [];
        if (!peers) return started;
        for (const name of kinds) {
          const secret = name === 'probot' ? webhookSecret : signingSecret;
          const settings = { DATABASE_URL: url, SECRET: secret, NODE_ENV: 'production' };
          started.push({ name, ...(await startOther([...AS_STARTED, ...peers.program(name)], settings)) });
        }
        return started;
      },
      stop,
    };

    async function startOther(args: readonly string[], settings: Readonly<Record<string, string>>): Promise<Started> {
      const withParent = ['--import', programOf('bench/end-with-parent'), ...args];
      const { ready, stop } = await startNode(withParent, settings, (line) => line.ready === true);
      undo.push(stop);
      return { origin: `http://127.0.0.1:${String(ready.port)}`, stop };
    }

    function sendTo({ url }: Product): void {
      slack.setEventsUrl(`${url}/slack/events`);
      github.setWebhookUrl(`${url}/github/webhooks`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSink(): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.end('ok'));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/actions/answer`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
