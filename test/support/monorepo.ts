import { card, short } from './releases.js';
import { configOf, PRODUCTION, SHOP, STAGING, startTeam, type Team, type TeamOptions } from './team.js';
import { until } from './until.js';

/** A repository with two services, which are tested together and go live each by itself. */

/** Where the cards of the second service are. */
export const TILL = 'C0RELEASES';

const till = `
  - name: till
    repository: acme/shop
    paths: ["till/**", "lib/money/**"]
    staging: { workflow: staging.yml }
    production: { workflow: till.yml }
    channel: ${TILL}
    deployers: [U0ALICE]
`;

export async function startMonorepo(options: TeamOptions = {}, service = '', top = ''): Promise<Team> {
  const own = `    paths: ["shop/**", "lib/money/**"]\n${service}`;
  const team = await startTeam({ ...options, config: configOf({ top, service: own, services: till }) });
  const ofTill = { ...PRODUCTION, file: 'till.yml', name: 'Till' };
  team.github.addRepository({ fullName: 'acme/shop', workflows: [STAGING, PRODUCTION, ofTill] });
  return team;
}

const OCTO = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };

/** A commit that touches these files and passes staging; returns its SHA once both services have made up their minds. */
export async function landed(team: Team, title: string, files: string[], author = OCTO): Promise<string> {
  const { sha } = await team.github.land('acme/shop', { title, files, author });
  await decided(team, sha);
  return sha;
}

/** It is known of both services whether the commit is one of theirs. */
const decided = (team: Team, sha: string) =>
  until(`it is known whose ${short(sha)} is`, async () => {
    const rows = await team.rows('select service, staging_status, aside from changes where sha = $1', [sha]);
    const known = rows.filter(({ staging_status, aside }) => staging_status !== 'running' && aside !== 'not known');
    if (known.length !== 2) throw new Error(JSON.stringify(rows));
    return true;
  });

/** The titles that the cards of a channel have, oldest first. */
export const titles = (team: Team, channel = SHOP) =>
  team.cards(channel).map((one) => one.text.match(/[0-9a-f]{7} “([^”]*)”/)?.[1]);

/** The card of a commit with Deploy on it. */
export const offered = (team: Team, sha: string, ...words: string[]) =>
  card(team, sha, ['passed staging', ...words], ['Deploy', 'What ships']);
