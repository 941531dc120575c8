import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { type GitHubStandIn, type GitHubStandInOptions, startGitHub } from '../../sandbox/github/github.js';
import { type SlackStandInOptions, startSlack } from '../../sandbox/slack/start.js';
import { type Config, loadConfig } from '../../src/config/config.js';
import type { Check } from '../../src/core/check.js';
import { examineConfig } from '../../src/doctor/doctor.js';
import { freshDatabase, type TestDatabase } from './postgres.js';
import { SECRETS } from './team.js';

export const APP_TOKEN = 'xapp-1-A0TEST-0000-test';
const KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

export const CONFIG = `
timezone: Europe/Berlin
channel: C0SHOP
digest: "0 9 * * 1-5"
people: { octocat: U0ALICE }
operators: [U0OPS]
services:
  - name: shop
    repository: acme/shop
    staging: { workflow: staging.yml }
    production: { workflow: production.yml, inputs: { region: eu } }
    deployers: [U0ALICE, S0DEPLOY]
`;

/** The production workflow that users copy, with an input added by the team. */
export const PRODUCTION = readFileSync('examples/workflows/production.yml', 'utf8').replace(
  '      # Inputs of your own',
  '      region: { type: choice, options: [eu, us], default: eu }\n      # Inputs of your own',
);
export const STAGING = readFileSync('examples/workflows/staging.yml', 'utf8');

export type Installation = Awaited<ReturnType<typeof install>>;

/** The doctor changes nothing in a database, so all tests of a file can share one. */
let shared: Promise<TestDatabase> | null = null;

/** A correct installation, with stand-ins for Slack and GitHub and a migrated database. */
export async function install({
  as = 'app',
  slack: slackOptions = {},
  github: githubOptions = {},
  database = null,
}: {
  as?: 'app' | 'token';
  slack?: Partial<SlackStandInOptions>;
  github?: Partial<GitHubStandInOptions>;
  database?: TestDatabase | null;
} = {}) {
  shared ??= freshDatabase();
  const db = database ?? (await shared);
  const slack = await startSlack({
    botToken: SECRETS.botToken,
    signingSecret: SECRETS.signingSecret,
    appToken: APP_TOKEN,
    ...slackOptions,
  });
  const github = await startGitHub({
    token: SECRETS.githubToken,
    webhookSecret: SECRETS.webhookSecret,
    webhookUrl: 'https://pushbutton.acme.test/github/webhooks',
    ...(as === 'app' && { app: { id: '4711', slug: 'acme-pushbutton', publicKey: KEY.publicKey } }),
    ...githubOptions,
  });
  // Nothing listens at that address: the receiver is handed deliveries directly.
  github.setWebhooks('off');
  slack.addUser({ id: 'U0ALICE', name: 'alice' });
  slack.addUser({ id: 'U0OPS', name: 'ops' });
  slack.addUser({ id: 'U0BOB', name: 'bob' });
  slack.addGroup({ id: 'S0DEPLOY', handle: 'deployers', name: 'Deployers', users: ['U0BOB'] });
  slack.addChannel({ id: 'C0SHOP', name: 'shop' });
  addShop(github);
  const env: NodeJS.ProcessEnv = {
    SLACK_BOT_TOKEN: SECRETS.botToken,
    SLACK_SIGNING_SECRET: SECRETS.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    GITHUB_WEBHOOK_SECRET: SECRETS.webhookSecret,
    GITHUB_API_URL: github.url,
    DATABASE_URL: db.url,
    ...(as === 'app'
      ? { GITHUB_APP_ID: '4711', GITHUB_PRIVATE_KEY: KEY.privateKey }
      : { GITHUB_TOKEN: SECRETS.githubToken }),
  };
  const examined = async (file = CONFIG, more: NodeJS.ProcessEnv = {}, change = (config: Config) => config) =>
    examineConfig(change(loadConfig({ ...env, ...more }, () => file)), 'pushbutton.yml');
  return {
    slack,
    github,
    env,
    /** All checks, with another config file, other variables, or a config changed after it was read. */
    examined,
    query: async (statement: string) => {
      const client = new pg.Client({ connectionString: db.url });
      await client.connect();
      await client.query(statement);
      await client.end();
    },
    /** One verdict in a line: `wrong: what was found. What to do`. */
    verdict: async (id: string, ...how: Parameters<typeof examined>) => line(await examined(...how), id),
    stop: async () => void (await Promise.all([slack.stop(), github.stop()])),
  };
}

function addShop(github: GitHubStandIn): void {
  github.addRepository({
    fullName: 'acme/shop',
    workflows: [
      { file: 'staging.yml', source: STAGING },
      { file: 'production.yml', source: PRODUCTION },
    ],
  });
}

/** The result of a check, in one line. */
export function line(checks: readonly Check[], id: string): string {
  const check = checks.find((one) => one.id === id);
  if (!check) throw new Error(`no check ${id} among ${checks.map((one) => one.id).join(' ')}`);
  const { verdict } = check;
  if (verdict.is === 'wrong') return `wrong: ${verdict.found}. ${verdict.mend} ${verdict.copy ?? ''}`.trim();
  return verdict.is === 'ok' ? `ok: ${verdict.says}` : `skipped: ${verdict.why}`;
}
