import type { GitHubStandIn } from '../sandbox/github/github.js';
import type { SlackStandIn } from '../sandbox/slack/start.js';

/** Who and what is in the bench: a company with ten services of one repository each. */

/** They guard nothing: both sides are stand-ins on this machine. */
export const SECRETS = {
  botToken: 'xoxb-bench-000000000-bot',
  signingSecret: 'signing-secret-of-the-bench',
  githubToken: 'ghp_benchbenchbenchbenchbenchbench000000',
  webhookSecret: 'webhook-secret-of-the-bench',
};

export const SERVICES = Array.from({ length: 10 }, (_, n) => `service-${n}`);
/** The service that is pressed, and its repository. */
export const SERVICE = 'service-0';
export const REPOSITORY = 'acme/service-0';
export const CHANNEL = 'C0SHOP';
/** All of them may deploy through their group. */
export const DEPLOYERS = Array.from({ length: 10 }, (_, n) => `U0DEPLOYER${n}`);
export const DEPLOYER = DEPLOYERS[0] as string;

/** Without a digest. Where only what is sent is measured, `poll` is an hour. */
export const configOf = (services: readonly string[], poll: string): string => `
channel: C0RELEASES
github: { webhooks: true, poll: ${poll} }
services:
${services
  .map(
    (name) => `  - name: ${name}
    repository: acme/${name}
    staging: { workflow: staging.yml }
    production: { workflow: production.yml, inputs: { region: eu } }
    channel: ${CHANNEL}
    deployers: [S0DEPLOY]
`,
  )
  .join('')}`;

export const STAGING = { file: 'staging.yml', name: 'Staging', on: ['push'], jobs: ['build', 'test'] };
export const PRODUCTION = {
  file: 'production.yml',
  name: 'Production',
  on: ['workflow_dispatch'],
  inputs: { sha: { required: true }, deploy_id: { required: true }, requested_by: { required: true }, region: {} },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the stand-in's own template
  runName: 'Deploy ${sha} [${deploy_id}]',
  jobs: ['deploy', 'smoke test'],
};

/** Fills the workspace and GitHub. Returns the first commit of each service's repository, by the service's name. */
export function populate(slack: SlackStandIn, github: GitHubStandIn): Map<string, string> {
  for (const id of DEPLOYERS) slack.addUser({ id, name: id.toLowerCase() });
  slack.addGroup({ id: 'S0DEPLOY', handle: 'deployers', name: 'Deployers', users: [...DEPLOYERS] });
  slack.addChannel({ id: CHANNEL, name: 'shop' });
  slack.addChannel({ id: 'C0RELEASES', name: 'releases' });
  return new Map(
    SERVICES.map((name) => {
      const { sha } = github.addRepository({ fullName: `acme/${name}`, workflows: [STAGING, PRODUCTION] });
      return [name, sha];
    }),
  );
}
