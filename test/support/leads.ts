import { configOf, startTeam, type Team, type TeamOptions } from './team.js';

export const ERIN = 'U0ERIN';
export const FAYE = 'U0FAYE';
export const LEADS = 'S0LEADS';

/** The buttons of a card that waits for approval. */
export const WAITING = ['Approve', 'Reject', 'Withdraw'];

/** A team of two replicas whose leads, Erin and Faye, approve, and Alice. octo-erin's commits are Erin's by the config; Faye's address is faye@acme.test. */
export async function startWithLeads(required = 1, more: TeamOptions = {}, service = '', people = ''): Promise<Team> {
  const config = configOf({
    top: `people: { octo-erin: U0ERIN, faye_acme: U0FAYE, alice-dev: U0ALICE${people && `, ${people}`} }`,
    service: `    approvals: { required: ${required}, from: [S0LEADS, U0ALICE] }\n${service}`,
  });
  const others: TeamOptions['others'] = (slack) => {
    slack.addUser({ id: ERIN, name: 'erin', real_name: 'Erin' });
    slack.addUser({ id: FAYE, name: 'faye', real_name: 'Faye', email: 'faye@acme.test' });
    slack.addGroup({ id: LEADS, handle: 'leads', name: '@leads', users: [ERIN, FAYE] });
  };
  return startTeam({ config, replicas: 2, others, ...more });
}
