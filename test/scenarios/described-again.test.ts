import { polledOnce } from '../support/deliveries.js';
import { AUTHOR, card } from '../support/releases.js';
import { startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
afterEach(() => team.stop());

test('what a card says of a failure stays on it while GitHub no longer answers', async () => {
  team = await startTeam();
  await polledOnce(team);
  const down = { kind: 'status', status: 503 } as const;
  // The author is missing, so everything is asked for again.
  team.github.fail('commit', down, 1_000);
  const jobs = [{ name: 'lint the code', conclusion: 'failure' as const }];
  const outcome = { conclusion: 'failure' as const, jobs };
  const { sha } = await team.github.land('acme/shop', { title: 'Add prices', author: AUTHOR }, outcome);
  await card(team, sha, ['failed staging', 'lint the code'], ['Re-run']);
  team.github.fail('attempt-jobs', down, 1_000);
  const refused = () => team.github.calls({ route: 'attempt-jobs', status: 503 });
  await until('it was asked for again, twice', () => refused().length >= 2);
  const [row] = await team.rows<{ jobs: unknown }>('select staging_jobs as jobs from changes where sha = $1', [sha]);
  expect(row?.jobs).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'lint the code' })]));
  await card(team, sha, ['failed staging', 'lint the code'], ['Re-run']);
});
