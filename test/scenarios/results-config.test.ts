/** The config requires something else than it did. */

import { freshDatabase } from '../support/postgres.js';
import { card, deploymentsOf, land, quiet, told } from '../support/releases.js';
import { requiringTeam, results } from '../support/results.js';
import { ALICE, SHOP, startTeam, type Team } from '../support/team.js';

let team: Team;
afterEach(() => team.stop());

test('what passed before more was required is looked at again: Deploy is gone, and a press is refused', async () => {
  const database = await freshDatabase();
  const kept = { ...database, drop: async () => {} };
  team = await startTeam({ database: kept });
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  await team.stop();
  // Its GitHub knows nothing of that commit.
  team = await requiringTeam({ database, polled: false });
  await quiet(team);
  expect(await team.rows('select staging_status, run_status from changes')).toEqual([
    { staging_status: 'running', run_status: 'passed' },
  ]);
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${sha}` });
  await told(team, ALICE, 'e2e.yml (deployment_status)', 'not there yet');
  expect(await deploymentsOf(team, sha)).toEqual([]);
});

test('what waited passes once nothing more is required', async () => {
  const database = await freshDatabase();
  team = await requiringTeam({ database: { ...database, drop: async () => {} } });
  const { sha } = await team.github.land('acme/shop', { title: 'Add prices' });
  await results(team, sha).scan();
  await card(team, sha, ['waits for results'], []);
  await team.stop();
  team = await startTeam({ database });
  await quiet(team);
  expect(await team.rows('select staging_status, run_status, awaits from changes')).toEqual([
    { staging_status: 'passed', run_status: null, awaits: false },
  ]);
});
