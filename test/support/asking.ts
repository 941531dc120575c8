import { plainText } from '../../sandbox/slack/reading.js';
import { ERIN, FAYE, LEADS } from './leads.js';
import { press } from './releases.js';
import { configOf, PRODUCTION, startTeam, type Team, type TeamOptions } from './team.js';
import { until } from './until.js';

/** A team whose shop asks questions before each deployment. Erin and Faye are leads. */

export const QUESTIONS = `
        - { input: strategy, label: How?, choice: [rolling, all at once], default: rolling }
        - { input: migrate, label: Run the migrations?, yes_or_no: true, default: no, by: [S0LEADS, U0ALICE] }
        - { input: note, label: Note for support, text: true, required: false }`;
export const CHECKS = `
        - { check: The runbook was read }
        - { check: Support knows }`;

const inputs = {
  ...PRODUCTION.inputs,
  strategy: { type: 'choice' as const, options: ['rolling', 'all at once', 'blue green'] },
  migrate: { type: 'boolean' as const, default: 'false' },
  note: {},
  target: {},
};

export function startAsking(questions = QUESTIONS, more: TeamOptions & { service?: string } = {}): Promise<Team> {
  const { service = '', ...options } = more;
  const production = 'production: { workflow: production.yml, inputs: { region: eu } }';
  const asks = `production:\n      workflow: production.yml\n      inputs: { region: eu }\n      ask:${questions}`;
  return startTeam({
    config: configOf({ service }).replace(production, asks),
    production: { ...PRODUCTION, inputs },
    others: (slack) => {
      slack.addUser({ id: ERIN, name: 'erin', real_name: 'Erin' });
      slack.addUser({ id: FAYE, name: 'faye', real_name: 'Faye' });
      slack.addGroup({ id: LEADS, handle: 'leads', name: '@leads', users: [ERIN, FAYE] });
    },
    ...options,
  });
}

/** The modal that a person has open, with its words. */
export async function modalOf(team: Team, user: string) {
  const view = await until(`a modal for ${user}`, () => team.slack.modals(user)[0]);
  return { ...view, words: plainText(view.definition) };
}

/** Presses Deploy on a card and gives the modal that asks. */
export async function askedBy(team: Team, user: string, sha: string, button = 'Deploy') {
  await press(team, user, sha, button);
  return modalOf(team, user);
}

/** The inputs of the newest production run that are no part of every run. */
export function answersOfRun(team: Team): Record<string, string> {
  const { sha, deploy_id, requested_by, region, target, ...answers } = team.production().at(-1)?.inputs ?? {};
  return answers;
}
