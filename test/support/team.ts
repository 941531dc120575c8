import type { QueryResultRow } from 'pg';
import pg from 'pg';
import { installMovableClock } from '../../sandbox/clock.js';
import type { AppOptions } from '../../sandbox/github/auth.js';
import { type GitHubStandIn, startGitHub } from '../../sandbox/github/github.js';
import type { WorkflowOptions } from '../../sandbox/github/workflow.js';
import { buttonsIn } from '../../sandbox/slack/buttons.js';
import { plainText } from '../../sandbox/slack/reading.js';
import { startSlack } from '../../sandbox/slack/start.js';
import { loadConfig } from '../../src/config/config.js';
import { PAUSES } from '../../src/core/pauses.js';
import { createLog } from '../../src/log/log.js';
import { type Pushbutton, startPushbutton } from '../../src/main.js';
import { sentTooEarly } from './one-at-a-time.js';
import { freshDatabase, type TestDatabase } from './postgres.js';
import { expectNoSecret, expectNoSecretIn, passwordIn, SECRETS } from './secrets.js';
import { FEW, SHORT } from './short-pauses.js';
import { until } from './until.js';

type SlackStandIn = Awaited<ReturnType<typeof startSlack>>;

export { SECRETS };

/** Who there is: Alice deploys, Dave by his group; Bob is a member; Gus a guest; Sam of another company. */
export const ALICE = 'U0ALICE';
export const BOB = 'U0BOB';
export const DAVE = 'U0DAVE';
export const GUS = 'U0GUEST';
export const SAM = 'U0SAM';
export const OPS = 'U0OPS';
export const DEPLOYERS = 'S0DEPLOY';
export const SHOP = 'C0SHOP';

export interface TeamOptions {
  replicas?: number;
  /** Replaces lines of the config; see `configOf`. */
  config?: string;
  scopes?: string[];
  /**
   * `real`: those of production, for tests about a pause or about Slack's limits, which then apply. Otherwise short
   * ones, and Slack counts nothing.
   */
  pauses?: 'real';
  /** `real`: people and GitHub are answered within production's deadlines; otherwise a slow machine has more time. */
  deadlines?: 'real';
  slackLimits?: 'real' | 'off';
  /** Slack sends over a socket that Pushbutton opens, not to an address. */
  socketMode?: boolean;
  /** A GitHub App installed on the repositories. */
  githubApp?: AppOptions;
  env?: Record<string, string>;
  /** A migrated database instead of a fresh one; it is dropped with the team. */
  database?: TestDatabase;
  /** Its time can be moved forward by `moveClock`; the process keeps its own. */
  movableClock?: true;
  /** Further workflows of its repository. */
  workflows?: WorkflowOptions[];
  /** The production workflow of acme/shop, if it is another than `PRODUCTION`. */
  production?: WorkflowOptions;
  /** Who else is in the workspace before Pushbutton starts. */
  others?: (slack: SlackStandIn) => void;
}

export const configOf = (over: { top?: string; service?: string; services?: string } = {}): string => `
channel: C0RELEASES
operators: [U0OPS]
github: { webhooks: true, poll: 1h }
${over.top ?? ''}
services:
  - name: shop
    repository: acme/shop
    staging: { workflow: staging.yml }
    production: { workflow: production.yml, inputs: { region: eu } }
    channel: C0SHOP
    deployers: [U0ALICE, S0DEPLOY]
${over.service ?? ''}
${over.services ?? ''}
`;

/** Another service for the config, in its own repository, which Alice deploys. */
export const anotherService = (name: string, channel: string, ...more: string[]): string => `
  - name: ${name}
    repository: acme/${name}
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    channel: ${channel}
    deployers: [U0ALICE]
${more.map((line) => `    ${line}\n`).join('')}`;

export type Team = Awaited<ReturnType<typeof startTeam>>;

export const PRODUCTION = {
  file: 'production.yml',
  name: 'Production',
  on: ['workflow_dispatch'],
  inputs: { sha: { required: true }, deploy_id: { required: true }, requested_by: { required: true }, region: {} },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the stand-in's own template
  runName: 'Deploy ${sha} [${deploy_id}]',
  jobs: ['deploy', 'smoke test'],
};
export const STAGING = { file: 'staging.yml', name: 'Staging', on: ['push'], jobs: ['build', 'test'] };

/** A team with its Slack, its GitHub, its database and its replicas of Pushbutton, all over real HTTP. */
export async function startTeam(options: TeamOptions = {}) {
  const database = options.database ?? (await freshDatabase());
  const clock = options.movableClock ? await installMovableClock(database.url) : null;
  const slack = await startSlack({
    botToken: SECRETS.botToken,
    signingSecret: SECRETS.signingSecret,
    limits: options.slackLimits ?? options.pauses ?? 'off',
    // Slack hangs up after three seconds. A machine that is busy is no answer that came too late: what must be answered in
    // three seconds is timed by the test that says so.
    ...(options.socketMode ? {} : { patience: 60_000 }),
    ...(clock ? { posted: clock.now } : {}),
    ...(options.scopes ? { scopes: options.scopes } : {}),
    ...(options.socketMode ? { appToken: SECRETS.appToken, socketMode: true } : {}),
  });
  const github = await startGitHub({
    token: SECRETS.githubToken,
    webhookSecret: SECRETS.webhookSecret,
    ...(clock ? { now: () => new Date(clock.now()) } : {}),
    ...(options.githubApp ? { app: options.githubApp } : {}),
  });
  people(slack);
  options.others?.(slack);
  github.addRepository({
    fullName: 'acme/shop',
    defaultBranch: 'main',
    workflows: [STAGING, options.production ?? PRODUCTION, ...(options.workflows ?? [])],
  });
  // Dropping the database ends connections that are still closing; without listeners that would fail the next test.
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const logged: string[] = [];
  const log = createLog({
    level: 'debug',
    secrets: [],
    pretty: false,
    destination: { write: (line: string) => void logged.push(line) },
  });
  const env = { ...(options.socketMode ? { SLACK_APP_TOKEN: SECRETS.appToken } : {}), ...options.env };
  const config = loadConfig(environment(slack, github, database.url, env), () => options.config ?? configOf());
  const running: Pushbutton[] = [];
  /** Starts a replica; it may reach the database in a different way from the team. */
  const start = async (databaseUrl = database.url): Promise<Pushbutton> => {
    const one = await startPushbutton(config, databaseUrl, log, pacedBy(options));
    running.push(one);
    return one;
  };
  const point = ({ port }: Pushbutton) => {
    slack.setEventsUrl(`http://127.0.0.1:${port}/slack/events`);
    github.setWebhookUrl(`http://127.0.0.1:${port}/github/webhooks`);
  };
  for (let count = 0; count < (options.replicas ?? 1); count += 1) await start();
  if (running[0]) point(running[0]);

  const rows = async <Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await pool.query<Row>(text, values)).rows;

  return {
    slack,
    github,
    config,
    pool,
    rows,
    logged,
    running,
    start,
    /** Slack and GitHub send to this replica from now on. */
    point,
    databaseUrl: database.url,
    /** The time of its database, its Slack and its GitHub. */
    now: (): number => clock?.now() ?? Date.now(),
    /** Moves the time of its database, its Slack and its GitHub forward. */
    moveClock: async (byMs: number): Promise<void> => {
      if (!clock) throw new Error('this team keeps its time: start it with movableClock');
      await clock.moveClock(byMs);
    },
    ...reading(slack),
    production: () => github.runs('acme/shop', 'production.yml'),
    stop: async () => {
      await Promise.all(running.map((one) => one.stop()));
      try {
        expect(sentTooEarly()).toEqual([]);
        expectNoSecret('the log', logged.join('\n'), [passwordIn(database.url)]);
        // A server of its own may be gone by now: whoever brought it checks before.
        if (!options.database) await expectNoSecretIn(pool, [passwordIn(database.url)]);
      } finally {
        await pool.end();
        await Promise.all([slack.stop(), github.stop()]);
        await database.drop();
      }
    },
  };
}

function pacedBy({ pauses, deadlines }: TeamOptions) {
  if (pauses === 'real') return {};
  return { pauses: deadlines === 'real' ? { ...SHORT, deadlines: PAUSES.deadlines } : SHORT, connections: FEW };
}

function people(slack: SlackStandIn): void {
  for (const [id, name] of [
    [ALICE, 'alice'],
    [BOB, 'bob'],
    [DAVE, 'dave'],
    [OPS, 'ops'],
  ] as const) {
    slack.addUser({ id, name, real_name: name[0]?.toUpperCase() + name.slice(1) });
  }
  slack.addUser({ id: GUS, name: 'gus', guest: 'restricted' });
  slack.addUser({ id: SAM, name: 'sam', team_id: 'T0OTHER' });
  slack.addGroup({ id: DEPLOYERS, handle: 'deployers', name: 'Deployers', users: [DAVE] });
  slack.addChannel({ id: 'C0RELEASES', name: 'releases' });
  slack.addChannel({ id: SHOP, name: 'shop' });
}

function environment(
  slack: SlackStandIn,
  github: GitHubStandIn,
  databaseUrl: string,
  more: Record<string, string> = {},
) {
  return {
    SLACK_BOT_TOKEN: SECRETS.botToken,
    SLACK_SIGNING_SECRET: SECRETS.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    GITHUB_TOKEN: SECRETS.githubToken,
    GITHUB_WEBHOOK_SECRET: SECRETS.webhookSecret,
    GITHUB_API_URL: github.url,
    DATABASE_URL: databaseUrl,
    PORT: '0',
    ...more,
  };
}

/** Cards as people see them. */
function reading(slack: SlackStandIn) {
  const cards = (channel = SHOP) =>
    slack.messages(channel).map((message) => ({
      ...message,
      words: plainText(message),
      buttons: buttonsIn(message.blocks).map((one) => one.text),
    }));
  /** The card of a commit, once it has all of these words. */
  const card = (sha: string, ...words: string[]) =>
    until(
      `a card of ${sha.slice(0, 7)} that says ${words.join(', ')}; the cards say ${JSON.stringify(cards().map((one) => one.words))}`,
      () =>
        cards().find(
          (one) =>
            one.words.split('\n')[1]?.includes(sha.slice(0, 7)) && words.every((word) => one.words.includes(word)),
        ),
    );
  const told = (user: string, ...words: string[]) =>
    until(
      `${user} is told ${words.join(', ')}; told were ${JSON.stringify(slack.ephemerals(user).map(plainText))}`,
      () => slack.ephemerals(user).find((one) => words.every((word) => plainText(one).includes(word))),
    );
  /** Presses a button of a commit's card and returns Slack's view of the answer. */
  const press = async (user: string, sha: string, button: string) => {
    const on = await card(sha);
    return slack.click({ user, channel: on.channel, ts: on.ts, button });
  };
  return { cards, card, told, press };
}
