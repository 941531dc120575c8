import type { GitHubStandIn } from '../../sandbox/github/github.js';
import type { SlackStandIn } from '../../sandbox/slack/start.js';
import { PRODUCTION, STAGING } from '../team.js';

/** Who and what is in a soak: sixteen services, each in its own channel, which takes one message a second. */

export interface SoakedService {
  readonly name: string;
  readonly repository: string;
  readonly channel: string;
}

export const SOAKED: readonly SoakedService[] = Array.from({ length: 16 }, (_, n) => ({
  name: `soaked-${n}`,
  repository: `acme/soaked-${n}`,
  channel: `C0SOAK${n}`,
}));

const numbered = (count: number, prefix: string) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
/** Some are named in the config, the others deploy through their group. */
export const SOAKERS = numbered(12, 'U0SOAKER');
export const LEADS = numbered(3, 'U0LEAD');
/** Full members who may not deploy. */
export const OTHERS = numbered(4, 'U0OTHER');
export const AUTHORS = ['octocat', 'hubot', 'monalisa'];
const GROUP = 'S0SOAK';

/** Every fourth needs an approval, every eighth deploys itself. */
const ruleOf = (n: number): string => {
  if (n % 4 === 1) return `approvals: { required: 1, from: [${LEADS.join(', ')}], expires: 2m }`;
  return n % 8 === 3 ? 'mode: continuous\n    hold: 3s' : 'max_changes: 5';
};

export const SOAK_CONFIG = `
channel: C0SOAK0
digest: "*/10 * * * *"
github: { webhooks: true, poll: 30s }
people: { octocat: ${SOAKERS[0]} }
operators: [${LEADS[0]}]
services:
${SOAKED.map(
  ({ name, repository, channel }, n) => `  - name: ${name}
    repository: ${repository}
    staging: { workflow: staging.yml }
    production: { workflow: production.yml, inputs: { region: eu } }
    channel: ${channel}
    deployers: [${SOAKERS[1]}, ${SOAKERS[2]}, ${GROUP}]
    ${ruleOf(n)}
`,
).join('')}`;

export function populateSoak(slack: SlackStandIn, github: GitHubStandIn): void {
  for (const id of [...SOAKERS, ...LEADS, ...OTHERS]) slack.addUser({ id, name: id.toLowerCase() });
  slack.addGroup({ id: GROUP, handle: 'soakers', name: 'Soakers', users: [...SOAKERS] });
  for (const { channel, repository } of SOAKED) {
    slack.addChannel({ id: channel, name: channel.toLowerCase() });
    github.addRepository({ fullName: repository, workflows: [STAGING, PRODUCTION] });
  }
}
