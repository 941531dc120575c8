import {
  card,
  counts,
  deploymentsOf,
  land,
  press,
  quiet,
  refusals,
  short,
  stands,
  start,
  told,
} from '../support/releases.js';
import { ALICE, BOB, DAVE, DEPLOYERS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

/** A change whose deployment failed in production, its card with Retry. */
async function failed(title = 'Add prices') {
  const sha = await land(team, title);
  const run = await start(team, ALICE, sha);
  await team.github.completeRun(run, { conclusion: 'failure' });
  await stands(team, sha, 'failed');
  return { sha, run, ...(await card(team, sha, ['failed in production'], ['Retry'])) };
}

test('Retry makes a new deployment with its own run, never a re-run of the old one', async () => {
  const { sha, run } = await failed();
  await press(team, DAVE, sha, 'Retry');
  const again = await stands(team, sha, 'deploying');
  expect(again).toMatchObject({ kind: 'retry', requested_by: DAVE });
  expect(Number(again.run_id)).not.toBe(run);
  const [first] = await deploymentsOf(team, sha);
  expect(first).toMatchObject({ status: 'failed', run_id: String(run) });
  expect(again.deploy_id).not.toBe(first?.deploy_id);
  await card(team, sha, ['deploying', 'Retry requested by dave'], ['Cancel']);
  await team.github.completeRun(Number(again.run_id), { conclusion: 'success' });
  await stands(team, sha, 'live');
  await card(team, sha, ['live'], []);
  expect(team.github.calls({ path: /rerun/ })).toEqual([]);
  expect(team.production().map((one) => one.attempt)).toEqual([1, 1]);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([2, 2]);
});

test('a Retry that fails can be retried', async () => {
  const { sha } = await failed();
  await press(team, ALICE, sha, 'Retry');
  const second = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(second.run_id), { conclusion: 'failure' });
  await stands(team, sha, 'failed');
  await until('the second failure is on the card', async () => {
    const [on] = team.cards();
    return on?.words.includes('Retry requested by') && on.buttons.includes('Retry');
  });
  await press(team, ALICE, sha, 'Retry');
  await stands(team, sha, 'deploying');
  expect(team.production()).toHaveLength(3);
}, 45_000);

test('two people pressing Retry at once start one run', async () => {
  const { sha, channel, ts } = await failed();
  const click = (user: string) => team.slack.click({ user, channel, ts, button: 'Retry' });
  await Promise.all([click(ALICE), click(DAVE), click(ALICE)]);
  await stands(team, sha, 'deploying');
  await quiet(team);
  expect(team.production()).toHaveLength(2);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([2, 2]);
});

test('Retry is refused to non-deployers, including one just removed from the group', async () => {
  const { sha } = await failed();
  await press(team, BOB, sha, 'Retry');
  await told(team, BOB, 'not a deployer');
  team.slack.setGroupUsers(DEPLOYERS, []);
  await press(team, DAVE, sha, 'Retry');
  await told(team, DAVE, 'not a deployer');
  expect(await refusals(team)).toEqual([`${BOB}: not a deployer`, `${DAVE}: not a deployer`]);
  expect(team.production()).toHaveLength(1);
});

test('Retry checks staging again: a change that is running there again is not sent', async () => {
  const { sha } = await failed();
  const [staging] = team.github.runs('acme/shop', 'staging.yml');
  await team.github.rerun(Number(staging?.id), { actor: 'octocat' });
  await team.github.startRun(Number(staging?.id));
  await until('staging runs again', async () => {
    const [row] = await team.rows('select staging_status from changes');
    return row?.staging_status === 'running';
  });
  await press(team, ALICE, sha, 'Retry');
  await until('it is refused or rejected', async () => {
    const [ended] = await team.rows<{ n: number }>(
      "select count(*)::int as n from ledger where kind in ('refused', 'rejected') and reason like 'not passed staging%'",
    );
    return ended?.n === 1;
  });
  await quiet(team);
  expect(team.production()).toHaveLength(1);
});

test('Retry on an outdated card is refused once the change is live', async () => {
  const { sha, channel, ts, blocks } = await failed();
  await press(team, ALICE, sha, 'Retry');
  const again = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(again.run_id), { conclusion: 'success' });
  await stands(team, sha, 'live');
  await team.slack.clickStale({ user: DAVE, channel, ts, blocks, button: 'Retry' });
  await told(team, DAVE, short(sha));
  expect(await refusals(team)).toHaveLength(1);
  await quiet(team);
  expect(team.production()).toHaveLength(2);
  expect(await counts(team, 'deployments')).toEqual([2]);
});

test('Retry is refused once another change has been sent, naming that change', async () => {
  const { sha, channel, ts, blocks } = await failed();
  const newer = await land(team, 'Add a basket');
  await start(team, ALICE, newer);
  await team.slack.clickStale({ user: DAVE, channel, ts, blocks, button: 'Retry' });
  await told(team, DAVE, short(sha), 'not the last', short(newer));
  expect(await refusals(team)).toEqual([`${DAVE}: no longer the last`]);
  expect(await deploymentsOf(team, sha)).toHaveLength(1);
});
