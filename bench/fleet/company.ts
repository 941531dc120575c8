import { generateKeyPairSync } from 'node:crypto';
import { type GitHubStandIn, startGitHub } from '../../sandbox/github/github.js';
import { type SlackStandIn, startSlack } from '../../sandbox/slack/start.js';
import { PRODUCTION, SECRETS, STAGING } from '../team.js';

/** Who and what is in the organisation: teams with a channel and a user group each, repositories, and their services. */

export interface FleetSize {
  readonly services: number;
  readonly repositories: number;
  /** One for each team. */
  readonly channels: number;
  readonly forMs: number;
  /** Twice a day. Each push has one result for every service of its repository. */
  readonly peak: { readonly pushes: number; readonly withinMs: number };
  readonly otherPushes: number;
  readonly rush: { readonly presses: number; readonly withinMs: number };
  readonly otherPresses: number;
}

export const fleetSize = (quick: boolean, forMs: number): FleetSize =>
  quick
    ? {
        ...{ services: 20, repositories: 6, channels: 4, forMs, otherPushes: 1, otherPresses: 1 },
        ...{ peak: { pushes: 1, withinMs: 200 }, rush: { presses: 2, withinMs: 200 } },
      }
    : {
        ...{ services: 1_000, repositories: 300, channels: 40, forMs, otherPushes: 120, otherPresses: 30 },
        // Sixty pushes are two hundred results: fifty a second.
        ...{ peak: { pushes: 60, withinMs: 4_000 }, rush: { presses: 30, withinMs: 60_000 } },
      };

export interface FleetService {
  readonly name: string;
  readonly repository: string;
  /** Tells the workflows of one repository apart. */
  readonly place: number;
  readonly channel: string;
  readonly group: string;
}

const MEMBERS = 10;
export const memberOf = (group: string, n: number): string => `U${group.slice(1)}M${n % MEMBERS}`;
/** GitHub's limit for an App in an organisation with 300 repositories: the most that it gives outside Enterprise Cloud. */
export const CALLS_AN_HOUR = 12_500;

/** The services of a repository belong to one team, and so to one channel. */
export function servicesOf({ services, repositories, channels }: FleetSize): FleetService[] {
  return Array.from({ length: services }, (_, n) => {
    const repository = n % repositories;
    const team = repository % channels;
    return {
      name: `service-${n}`,
      repository: `acme/repository-${repository}`,
      place: Math.floor(n / repositories),
      channel: `C0TEAM${team}`,
      group: `S0TEAM${team}`,
    };
  });
}

/** `digest`: a cron, in UTC. */
export const fleetConfig = (services: readonly FleetService[], digest: string): string => `
timezone: UTC
channel: C0TEAM0
digest: "${digest}"
github: { webhooks: true, poll: 60s }
operators: [${memberOf('S0TEAM0', 0)}]
services:
${services
  .map(
    ({ name, repository, place, channel, group }) => `  - name: ${name}
    repository: ${repository}
    staging: { workflow: staging-${place}.yml }
    production: { workflow: production-${place}.yml, inputs: { region: eu } }
    channel: ${channel}
    deployers: [${group}]
`,
  )
  .join('')}`;

export interface FleetOutside {
  readonly slack: SlackStandIn;
  readonly github: GitHubStandIn;
  /** What tells a product of both. */
  readonly settings: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** Slack and GitHub with their real limits, and everybody and everything in them. */
export async function openOutside(services: readonly FleetService[]): Promise<FleetOutside> {
  const { botToken, signingSecret, githubToken, webhookSecret } = SECRETS;
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const slack = await startSlack({ botToken, signingSecret, limits: 'real' });
  const app = { id: '4711', slug: 'pushbutton', privateKeyPem: privateKey };
  const limits = { perHour: CALLS_AN_HOUR, pointsPerMinute: 900 };
  const github = await startGitHub({ token: githubToken, webhookSecret, app, limits });
  for (const group of new Set(services.map((one) => one.group))) {
    const users = Array.from({ length: MEMBERS }, (_, n) => memberOf(group, n));
    for (const id of users) slack.addUser({ id, name: id.toLowerCase() });
    slack.addGroup({ id: group, handle: group.toLowerCase(), name: group, users });
  }
  for (const id of new Set(services.map((one) => one.channel))) slack.addChannel({ id, name: id.toLowerCase() });
  for (const fullName of new Set(services.map((one) => one.repository))) {
    const own = services.filter((one) => one.repository === fullName);
    const workflows = own.flatMap(({ place }) => [
      { ...STAGING, file: `staging-${place}.yml` },
      { ...PRODUCTION, file: `production-${place}.yml` },
    ]);
    github.addRepository({ fullName, workflows });
  }
  return {
    slack,
    github,
    settings: {
      ...{ SLACK_BOT_TOKEN: botToken, SLACK_SIGNING_SECRET: signingSecret, SLACK_API_URL: slack.apiUrl },
      ...{ GITHUB_APP_ID: app.id, GITHUB_PRIVATE_KEY: privateKey, GITHUB_API_URL: github.url },
      GITHUB_WEBHOOK_SECRET: webhookSecret,
    },
    stop: async () => {
      await github.stop();
      await slack.stop();
    },
  };
}
