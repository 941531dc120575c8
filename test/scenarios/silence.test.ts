import { polledOnce } from '../support/deliveries.js';
import { card, deploymentsOf, land, press, refusals, release, stands, told } from '../support/releases.js';
import { ALICE, BOB, configOf, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
  await polledOnce(team);
});
afterEach(() => team.stop());

const AUTHOR = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
/** A call that gets no answer is given up after ten seconds. What happens before has not waited for it. */
const BEFORE_SILENCE_IS_GIVEN_UP_MS = 9_000;
const asked = (route: string) => team.github.calls({ route }).length;

test('while GitHub hangs, a non-deployer is refused within seconds and a deployer sees the card change', async () => {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  const before = asked('commit-pulls');
  team.github.fail('*', { kind: 'hang' }, Number.POSITIVE_INFINITY);
  for (let count = 1; count <= 24; count += 1)
    await team.github.land('acme/shop', { title: `Broken ${count}`, author: AUTHOR }, { conclusion: 'failure' });
  await until('GitHub is asked and says nothing', () => asked('commit-pulls') >= before + 8);
  const began = Date.now();
  await press(team, BOB, sha, 'Deploy');
  await told(team, BOB, 'not a deployer');
  await press(team, ALICE, sha, 'Deploy');
  await card(team, sha, ['queued'], ['Withdraw']);
  expect(Date.now() - began).toBeLessThan(BEFORE_SILENCE_IS_GIVEN_UP_MS);
  team.github.heal();
});

test('while GitHub cannot compare commits, a press is still recorded, and the commits are compared later', async () => {
  await team.stop();
  team = await startTeam({ deadlines: 'real' });
  await release(team, await land(team));
  team.github.fail('compare', { kind: 'hang' }, Number.POSITIVE_INFINITY);
  const sha = await land(team, 'Add a basket');
  await card(team, sha, ['passed staging', 'has not said how many changes'], ['Deploy', 'What ships']);
  await press(team, ALICE, sha, 'Deploy');
  await until(
    'it is recorded',
    async () => (await deploymentsOf(team, sha)).length === 1,
    BEFORE_SILENCE_IS_GIVEN_UP_MS,
  );
  team.github.heal();
  await stands(team, sha, 'deploying', 16_000);
});

test('a card that is due for a recount in minutes shows a decision at once', async () => {
  await team.stop();
  const config = configOf({ service: '    approvals: { required: 1, from: [U0BOB] }' });
  team = await startTeam({ pauses: 'real', config });
  const first = await land(team);
  await press(team, ALICE, first, 'Deploy');
  await press(team, BOB, first, 'Approve');
  await team.github.completeRun(Number((await stands(team, first, 'deploying')).run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
  team.github.fail('compare', { kind: 'status', status: 502 }, Number.POSITIVE_INFINITY);
  const second = await land(team, 'Add a till');
  await press(team, ALICE, second, 'Deploy');
  await card(team, second, ['waiting for approval'], ['Approve', 'Reject', 'Withdraw']);
  await until('it is drawn, and to be counted', async () => {
    const at = "update cards set due_at = now() + interval '5 minutes', drawn_at = now() - interval '6 seconds'";
    return (
      await team.rows(`${at} where dirty_at is not null and due_at > now() + interval '8 seconds' returning 1`)
    )[0];
  });
  await press(team, ALICE, second, 'Withdraw');
  await card(team, second, ['withdrawn'], ['Deploy', 'What ships']);
});

test('while Slack accepts no replies, a run starts and is followed to its end', async () => {
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  const people = Array.from({ length: 16 }, (_, n) => `U0CURIOUS${n}`);
  for (const id of people) team.slack.addUser({ id, name: id.toLowerCase() });
  team.slack.fail('response_url', { kind: 'hang' }, Number.POSITIVE_INFINITY);
  for (const id of people) await press(team, id, sha, 'Deploy');
  await until('all are refused', async () => (await refusals(team)).length === 16);
  await press(team, ALICE, sha, 'Deploy');
  const { run_id } = await stands(team, sha, 'deploying', BEFORE_SILENCE_IS_GIVEN_UP_MS);
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await stands(team, sha, 'live', BEFORE_SILENCE_IS_GIVEN_UP_MS);
  team.slack.clearFaults();
});
