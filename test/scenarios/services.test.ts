import { plainText } from '../../sandbox/slack/reading.js';
import { quiet } from '../support/releases.js';
import { ALICE, configOf, PRODUCTION, SHOP, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

const SEARCH = 'C0SEARCH';
const twoServices = configOf({
  services: `
  - name: search
    repository: acme/mono
    staging: { workflow: search-staging.yml }
    production: { workflow: search-production.yml }
    channel: ${SEARCH}
    deployers: [U0ALICE]
  - name: web
    repository: acme/mono
    staging: { workflow: web-staging.yml }
    production: { workflow: web-production.yml }
    channel: ${SHOP}
    deployers: [U0ALICE]
`,
});

let team: Team;
async function begin(config: string) {
  team = await startTeam({ config });
  team.slack.addChannel({ id: SEARCH, name: 'search' });
  team.github.addRepository({
    fullName: 'acme/mono',
    defaultBranch: 'main',
    workflows: [
      { ...STAGING, file: 'search-staging.yml' },
      { ...STAGING, file: 'web-staging.yml' },
      { ...PRODUCTION, file: 'search-production.yml' },
      { ...PRODUCTION, file: 'web-production.yml' },
    ],
  });
}
beforeEach(() => begin(twoServices));
afterEach(() => team.stop());

test('two services of one repository each have their own card, run and live SHA for the same commit', async () => {
  const { github } = team;
  const pushed = await github.land('acme/mono', { title: 'Shared change' });
  const cardIn = (channel: string, ...words: string[]) =>
    until(`a card in ${channel} with ${words.join()}`, () =>
      team.cards(channel).find((one) => words.every((word) => one.words.includes(word))),
    );
  const inSearch = await cardIn(SEARCH, 'search', 'passed staging');
  await cardIn(SHOP, 'web', 'passed staging');

  await team.slack.click({ user: ALICE, channel: SEARCH, ts: inSearch.ts, button: 'Deploy' });
  const run = await until('a run of search', () => github.runs('acme/mono', 'search-production.yml')[0]);
  await github.startRun(run.id);
  await github.completeRun(run.id, { conclusion: 'success' });
  await cardIn(SEARCH, 'live');

  expect(github.runs('acme/mono', 'web-production.yml')).toHaveLength(0);
  expect((await cardIn(SHOP, 'passed staging')).buttons).toEqual(['Deploy', 'What ships']);
  expect(await team.rows('select service, status from deployments')).toEqual([{ service: 'search', status: 'live' }]);

  await team.slack.command({ user: ALICE, channel: SHOP, text: 'status' });
  const told = plainText(await team.told(ALICE, 'search', 'web', 'shop'));
  expect(told).toContain(pushed.sha.slice(0, 7));
});

/** A change that both services of acme/mono have a card of, and search has released; gives its id in that run's name. */
async function releasedBySearch(file: string) {
  const { sha } = await team.github.land('acme/mono', { title: 'Shared change' });
  const on = await until('the card in search', () => team.cards(SEARCH).find((one) => one.buttons.includes('Deploy')));
  await team.slack.click({ user: ALICE, channel: SEARCH, ts: on.ts, button: 'Deploy' });
  const run = await until('a run of search', () => team.github.runs('acme/mono', file)[0]);
  await team.github.startRun(run.id);
  await team.github.completeRun(run.id, { conclusion: 'success' });
  const { deploy_id: id } = await until('search is live', async () => {
    const [row] = await team.rows<{ deploy_id: string }>("select deploy_id from deployments where status = 'live'");
    return row;
  });
  await quiet(team);
  return { sha, id, run: run.id };
}
const outsideRuns = () =>
  team.rows<{ service: string; run_id: string }>('select service, run_id from outside_runs order by service');

test("a run by hand of one service's workflow with the deployment id of the other is outside Pushbutton", async () => {
  const { sha, id } = await releasedBySearch('search-production.yml');
  const inputs = { sha, deploy_id: id, requested_by: 'mallory' };
  const run = await team.github.dispatchOutside('acme/mono', 'web-production.yml', { actor: 'mallory', inputs });
  await team.github.startRun(run.id);
  await team.github.completeRun(run.id, { conclusion: 'success' });
  await quiet(team);
  expect(await outsideRuns()).toEqual([{ service: 'web', run_id: String(run.id) }]);
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'status web' });
  expect(plainText(await team.told(ALICE, 'web', 'outside Pushbutton'))).toContain('mallory');
});

test("with a shared production workflow one service's run is not outside for the other, but a copy of its id is", async () => {
  await team.stop();
  await begin(twoServices.replace('web-production.yml', 'search-production.yml'));
  const { sha, id } = await releasedBySearch('search-production.yml');
  expect(await outsideRuns()).toEqual([]);
  const inputs = { sha, deploy_id: id, requested_by: 'mallory' };
  const run = await team.github.dispatchOutside('acme/mono', 'search-production.yml', { actor: 'mallory', inputs });
  await team.github.startRun(run.id);
  await quiet(team);
  expect(await outsideRuns()).toEqual([
    { service: 'search', run_id: String(run.id) },
    { service: 'web', run_id: String(run.id) },
  ]);
});

test('a change in another repository gets no card in any channel', async () => {
  team.github.addRepository({ fullName: 'acme/else', defaultBranch: 'main', workflows: [STAGING] });
  await team.github.land('acme/else', { title: 'Not ours' });
  const ours = await team.github.land('acme/shop', { title: 'Ours' });
  await team.card(ours.sha, 'passed staging');
  expect(team.cards().map((one) => one.words)).toHaveLength(1);
  expect(team.cards(SEARCH)).toHaveLength(0);
  expect(await team.rows('select service from changes')).toEqual([{ service: 'shop' }]);
});
