import { polledOnce } from '../support/deliveries.js';
import { card, quiet, short } from '../support/releases.js';
import { ALICE, SHOP, startTeam, type Team } from '../support/team.js';

/** Staging runs that ended without a result, as `concurrency` cancels them when a newer push arrives. */
let team: Team;
const OCTO = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
beforeEach(async () => {
  team = await startTeam();
  await polledOnce(team);
});
afterEach(() => team.stop());

test.each(['cancelled', 'skipped'] as const)('a staging run that was %s is no failure', async (conclusion) => {
  const jobs = [
    { name: 'build', conclusion },
    { name: 'test', conclusion },
  ];
  const { sha } = await team.github.land('acme/shop', { title: 'Add prices', author: OCTO }, { conclusion, jobs });
  const { words } = await card(team, sha, [`staging was ${conclusion}: it has no result`], ['Re-run']);
  expect(words).not.toContain('failed');
  expect(words).not.toContain(':x:');
  const [line] = await team.rows("select kind from ledger where kind like 'staging%'");
  expect(line).toEqual({ kind: `staging ${conclusion}` });
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${short(sha)}` });
  await quiet(team);
  expect(team.production()).toEqual([]);
});

test('a staging run that was cancelled after a job had failed is a failure', async () => {
  const jobs = [
    { name: 'build', conclusion: 'failure' as const },
    { name: 'test', conclusion: 'cancelled' as const },
  ];
  const outcome = { conclusion: 'cancelled' as const, jobs };
  const { sha } = await team.github.land('acme/shop', { title: 'Add prices', author: OCTO }, outcome);
  await card(team, sha, ['failed staging: cancelled', 'build'], ['Re-run']);
});
