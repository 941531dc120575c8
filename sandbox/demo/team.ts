import type { GitHubStandIn } from '../github/github.js';
import type { WorkflowOptions } from '../github/workflow.js';
import type { SlackStandIn } from '../slack/start.js';

/** Who and what there is in the demo: a company with two services. */

/** They guard nothing: both sides are stand-ins on this machine. */
export const SECRETS = {
  botToken: 'xoxb-demo-0000000000-bot',
  signingSecret: 'signing-secret-of-the-demo',
  githubToken: 'ghp_demodemodemodemodemodemodemodemo0000',
  webhookSecret: 'webhook-secret-of-the-demo',
};

/** The services and the repositories that they are built from. */
export const REPOSITORIES: Readonly<Record<string, string>> = { shop: 'acme/shop', search: 'acme/search' };

/** Whom the page lets you be, and what each may do. */
export const ROLES: ReadonlyArray<readonly [id: string, role: string]> = [
  ['U0ALICE', 'may deploy'],
  ['U0DAVE', 'may deploy (by group)'],
  ['U0BOB', 'may not deploy'],
  ['U0GUS', 'guest'],
  ['U0SAM', 'from another company'],
];

/** The bot's config; the channel of `search` is the default one. */
export const CONFIG = `# Written by each start of the demo.
channel: C0RELEASES
github: { webhooks: true, poll: 10s }
people: { alice-dev: U0ALICE, bob-codes: U0BOB }
operators: [U0ALICE]
services:
  - name: shop
    repository: acme/shop
    staging: { workflow: staging.yml }
    production: { workflow: production.yml, inputs: { region: eu } }
    channel: C0SHOP
    deployers: [U0ALICE, S0DEPLOY]
  - name: search
    repository: acme/search
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    deployers: [U0ALICE, S0DEPLOY]
`;

/** Fills the workspace. */
export function people(slack: SlackStandIn): void {
  slack.addUser({ id: 'U0ALICE', name: 'alice', real_name: 'Alice' });
  slack.addUser({ id: 'U0DAVE', name: 'dave', real_name: 'Dave' });
  slack.addUser({ id: 'U0BOB', name: 'bob', real_name: 'Bob' });
  slack.addUser({ id: 'U0GUS', name: 'gus', real_name: 'Gus', guest: 'restricted' });
  slack.addUser({ id: 'U0SAM', name: 'sam', real_name: 'Sam', team_id: 'T0OTHER' });
  slack.addGroup({ id: 'S0DEPLOY', handle: 'deployers', name: 'Deployers', users: ['U0DAVE'] });
  slack.addChannel({ id: 'C0SHOP', name: 'shop', ext_shared: true });
  slack.addChannel({ id: 'C0RELEASES', name: 'releases', ext_shared: true });
}

const staging: WorkflowOptions = { file: 'staging.yml', name: 'Staging', on: ['push'], jobs: ['build', 'test'] };
const production: WorkflowOptions = {
  file: 'production.yml',
  name: 'Production',
  on: ['workflow_dispatch'],
  inputs: { sha: { required: true }, deploy_id: { required: true }, requested_by: { required: true }, region: {} },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the stand-in's own template
  runName: 'Deploy ${sha} [${deploy_id}]',
  jobs: ['deploy', 'smoke test'],
};

/** Makes the repositories with their two workflows. */
export function repositories(github: GitHubStandIn): void {
  for (const fullName of Object.values(REPOSITORIES)) {
    github.addRepository({ fullName, workflows: [staging, production] });
  }
}
