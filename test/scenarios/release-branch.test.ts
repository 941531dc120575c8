import { ERIN, FAYE, startWithLeads, WAITING } from '../support/leads.js';
import { card, press, quiet, refusals, short, stands } from '../support/releases.js';
import { DAVE, type Team } from '../support/team.js';

/** A service whose branch is not the default one; an open pull request will release that branch, and contains all of it. */

const AUTHOR = { login: 'octocat', name: 'Octo Cat', email: 'octo@x.test' };
let team: Team;
beforeEach(async () => {
  team = await startWithLeads(1, {}, '    branch: develop\n');
  await team.github.push('acme/shop', { title: 'Begin', silent: true });
  await team.github.push('acme/shop', { title: 'Begin to develop', branch: 'develop', silent: true });
  team.github.openPull('acme/shop', { title: 'Release 1.2', author: 'faye_acme', head: 'develop', base: 'main' });
});
afterEach(() => team.stop());

const land = async (pullRequest?: { title: string; author: string }) => {
  const { sha } = await team.github.land('acme/shop', {
    ...{ title: 'Add a till', author: AUTHOR, branch: 'develop' },
    ...(pullRequest && { pullRequest }),
  });
  await press(team, DAVE, sha, 'Deploy');
  const shown = await card(team, sha, ['waiting for approval', 'not found in Slack: octocat'], WAITING);
  await quiet(team);
  return { sha, words: shown.words };
};

test('a change shows the pull request that brought it, and not who releases it but who opened that is its author', async () => {
  const { sha, words } = await land({ title: 'A till for the shop', author: 'octo-erin' });
  expect(words).toContain('#2');
  expect(words).not.toMatch(/#1\b|Release 1\.2/);
  await press(team, ERIN, sha, 'Approve');
  await team.told(ERIN, 'You wrote', short(sha));
  await press(team, FAYE, sha, 'Approve');
  await stands(team, sha, 'deploying');
  expect(await refusals(team)).toEqual([`${ERIN}: author of what ships`]);
});

test('a change that was pushed to the branch has no pull request, and who releases it may approve it', async () => {
  const { sha, words } = await land();
  expect(words).not.toMatch(/#1\b|Release 1\.2/);
  await press(team, FAYE, sha, 'Approve');
  await stands(team, sha, 'deploying');
  expect(await refusals(team)).toEqual([]);
});
