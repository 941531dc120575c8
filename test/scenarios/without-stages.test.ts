import { land, release, start } from '../support/releases.js';
import { ALICE, startTeam, type Team } from '../support/team.js';

let team: Team;
afterEach(() => team.stop());

test('a service without stages is stored as before', async () => {
  team = await startTeam();
  const sha = await land(team);
  await release(team, sha);
  expect(await team.rows('select * from stages')).toEqual([]);
  expect(await team.rows('select stage from deployments')).toEqual([{ stage: null }]);
  await start(team, ALICE, await land(team, 'Add a till'));
});
