import type { GitHubStandIn } from '../github/github.js';
import type { WorkflowOptions } from '../github/workflow.js';
import type { SlackStandIn } from '../slack/start.js';
import type { Person } from './shown.js';

/** Who and what is in the demo: a company with five services, and somebody from another workspace. */

/** They guard nothing: both sides are stand-ins on this machine. */
export const SECRETS = {
  botToken: 'xoxb-demo-0000000000-bot',
  signingSecret: 'signing-secret-of-the-demo',
  githubToken: 'ghp_demodemodemodemodemodemodemodemo0000',
  webhookSecret: 'webhook-secret-of-the-demo',
};

export interface Service {
  name: string;
  /** `owner/name`. */
  repository: string;
  /** The id of the channel for its cards. */
  channel: string;
}

export const SERVICES: readonly Service[] = [
  { name: 'shop', repository: 'acme/shop', channel: 'C0SHOP' },
  { name: 'search', repository: 'acme/search', channel: 'C0RELEASES' },
  { name: 'pay', repository: 'acme/pay', channel: 'C0RELEASES' },
  { name: 'docs', repository: 'acme/docs', channel: 'C0RELEASES' },
  { name: 'web', repository: 'acme/web', channel: 'C0RELEASES' },
];

/** Who you can be on the page, and what each may do in this version. */
export const PEOPLE: readonly Person[] = [
  { id: 'U0ALICE', name: 'Alice', role: 'deployer', may: 'may deploy', team: 'T0HOME' },
  { id: 'U0DAVE', name: 'Dave', role: 'deployer', may: 'may deploy, as one of @deployers', team: 'T0HOME' },
  {
    id: 'U0BOB',
    name: 'Bob',
    role: 'author',
    may: 'writes changes; approves for pay what he did not write',
    team: 'T0HOME',
  },
  {
    id: 'U0ERIN',
    name: 'Erin',
    role: 'approver',
    may: 'approves for pay, as one of @leads; may break its glass',
    team: 'T0HOME',
  },
  {
    id: 'U0FAYE',
    name: 'Faye',
    role: 'approver',
    may: 'approves for pay, as one of @leads',
    team: 'T0HOME',
  },
  { id: 'U0GUS', name: 'Gus', role: 'guest', may: 'guest, may nothing here', team: 'T0HOME' },
  { id: 'U0SAM', name: 'Sam', role: 'stranger', may: 'from another workspace, may nothing here', team: 'T0OTHER' },
];

/** A day to which the clock can be moved. */
const inTwoDays = new Date(Date.now() + 2 * 86_400_000).toLocaleDateString('sv');

/**
 * The bot's config: `pay` needs an approval, also to roll back; `search` is frozen the day after tomorrow; `docs` deploys itself after
 * ten minutes; `web` goes through three stages. The clock brings all of it near. These use the default channel. The page shows times in this machine's zone.
 */
export const CONFIG = `# Written by each start of the demo.
channel: C0RELEASES
timezone: ${Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC'}
digest: "0 9 * * *"
github: { webhooks: true, poll: 3s }
people: { alice-dev: U0ALICE, bob-codes: U0BOB }
operators: [U0ALICE]
services:
  - name: shop
    repository: acme/shop
    staging: { workflow: staging.yml, test_report: junit }
    production: { workflow: production.yml, inputs: { region: eu } }
    channel: C0SHOP
    deployers: [U0ALICE, S0DEPLOY]
  - name: search
    repository: acme/search
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    deployers: [U0ALICE, S0DEPLOY]
    freezes: [{ from: ${inTwoDays}, to: ${inTwoDays}, reason: Stocktaking }]
  - name: pay
    repository: acme/pay
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    deployers: [U0ALICE, S0DEPLOY]
    approvals: { required: 1, from: [S0LEADS, U0BOB] }
    rollback: { approvals: 1 }
    override: [U0ERIN]
    max_changes: 3
  - name: docs
    repository: acme/docs
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    deployers: [U0ALICE, S0DEPLOY]
    mode: continuous
    hold: 10m
  - name: web
    repository: acme/web
    staging: { workflow: staging.yml }
    production:
      workflow: production.yml
      stages:
        - { name: canary, inputs: { region: canary }, bake: 1m }
        - { name: eu, inputs: { region: eu }, next: press }
        - { name: us, workflow: production-us.yml }
    deployers: [U0ALICE, S0DEPLOY]
`;

/** Fills the workspace. */
export function people(slack: SlackStandIn): void {
  for (const { id, name, role, team } of PEOPLE) {
    slack.addUser({
      id,
      name: name.toLowerCase(),
      real_name: name,
      team_id: team,
      ...(role === 'guest' && { guest: 'restricted' }),
    });
  }
  slack.addGroup({ id: 'S0DEPLOY', handle: 'deployers', name: 'Deployers', users: ['U0DAVE'] });
  slack.addGroup({ id: 'S0LEADS', handle: 'leads', name: 'Leads', users: ['U0ERIN', 'U0FAYE'] });
  slack.addChannel({ id: 'C0SHOP', name: 'shop' });
  slack.addChannel({ id: 'C0RELEASES', name: 'releases' });
}

const staging: WorkflowOptions = {
  file: 'staging.yml',
  name: 'Staging',
  on: ['push'],
  jobs: ['build', 'unit tests', 'staging smoke test'],
};
const production: WorkflowOptions = {
  file: 'production.yml',
  name: 'Production',
  on: ['workflow_dispatch'],
  inputs: { sha: { required: true }, deploy_id: { required: true }, requested_by: { required: true }, region: {} },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the stand-in's own template
  runName: 'Deploy ${sha} [${deploy_id}]',
  jobs: ['deploy', 'smoke test'],
};

/** Of the last stage of `web`. */
const productionUs: WorkflowOptions = { ...production, file: 'production-us.yml', name: 'Production US' };

/** Creates the repositories with their workflows. */
export function repositories(github: GitHubStandIn): void {
  for (const { repository } of SERVICES) {
    github.addRepository({ fullName: repository, workflows: [staging, production, productionUs] });
  }
}
