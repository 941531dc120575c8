import {
  card,
  counts,
  land,
  press,
  quiet,
  refusals,
  release,
  short,
  stands,
  start,
  told,
} from '../support/releases.js';
import { ALICE, BOB, DAVE, SHOP, startTeam, type Team } from '../support/team.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

const finish = (run: number) => team.github.completeRun(run, { conclusion: 'success' });
const shipped = () => team.production().map((run) => run.inputs.sha);

test('during a deployment the next one is queued with its place and starts by itself when the first ends', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const second = await land(team, 'Add a basket');
  await press(team, DAVE, second, 'Deploy');
  await stands(team, second, 'queued');
  await card(team, second, ['queued', 'place 2', short(first)], ['Withdraw']);
  const third = await land(team, 'Add a till');
  await press(team, ALICE, third, 'Deploy');
  await card(team, third, ['queued', 'place 3', short(second)], ['Withdraw']);
  await quiet(team);
  expect(shipped()).toEqual([first]);

  await finish(run);
  const next = await stands(team, second, 'deploying');
  await card(team, third, ['queued', 'place 2', short(second)], ['Withdraw']);
  await finish(Number(next.run_id));
  await finish(Number((await stands(team, third, 'deploying')).run_id));
  await stands(team, third, 'live');
  expect(shipped()).toEqual([first, second, third]);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([3, 3]);
}, 60_000);

test('a queued deployment also starts after the first one fails', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const second = await land(team, 'Add a basket');
  await press(team, DAVE, second, 'Deploy');
  await stands(team, second, 'queued');
  await team.github.completeRun(run, { conclusion: 'failure' });
  await stands(team, second, 'deploying');
  expect(shipped()).toEqual([first, second]);
});

test('only the requester can withdraw a queued deployment, and others are told who that is', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const second = await land(team, 'Add a basket');
  await press(team, DAVE, second, 'Deploy');
  await press(team, ALICE, second, 'Withdraw');
  await told(team, ALICE, short(second), 'dave');
  await press(team, BOB, second, 'Withdraw');
  await told(team, BOB, short(second), 'dave');
  expect(await refusals(team)).toEqual([`${ALICE}: not the requester`, `${BOB}: not the requester`]);
  await stands(team, second, 'queued');

  await press(team, DAVE, second, 'Withdraw');
  const row = await stands(team, second, 'withdrawn');
  await card(team, second, ['withdrawn by dave'], ['Deploy', 'What ships']);
  expect(
    await team.rows('select slack_user_id, decision from approvals where deployment_id = $1 order by id', [row.id]),
  ).toEqual([
    { slack_user_id: DAVE, decision: 'requested' },
    { slack_user_id: DAVE, decision: 'withdrawn' },
  ]);
  await finish(run);
  await stands(team, first, 'live');
  await quiet(team);
  expect(shipped()).toEqual([first]);
});

test('a Withdraw that comes too late is refused, saying what can be done', async () => {
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const second = await land(team, 'Add a basket');
  await press(team, DAVE, second, 'Deploy');
  const { channel, ts, blocks } = await card(team, second, ['queued'], ['Withdraw']);
  await finish(run);
  await stands(team, second, 'deploying');
  await team.slack.clickStale({ user: DAVE, channel, ts, blocks, button: 'Withdraw' });
  await told(team, DAVE, 'Withdraw is not possible now', 'deploying', 'cancel');
  expect(await refusals(team)).toEqual([`${DAVE}: wrong state`]);
  await stands(team, second, 'deploying');
});

test('a rollback goes ahead of deployments queued earlier', async () => {
  const first = await land(team);
  await release(team, first);
  const second = await land(team, 'Add a basket');
  await release(team, second);
  const third = await land(team, 'Add a till');
  const run = await start(team, ALICE, third);
  const fourth = await land(team, 'Add a receipt');
  await press(team, DAVE, fourth, 'Deploy');
  await stands(team, fourth, 'queued');
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'rollback shop' });
  await stands(team, first, 'queued');
  await finish(run);
  const back = await stands(team, first, 'deploying');
  expect(back.kind).toBe('roll back');
  await finish(Number(back.run_id));
  await stands(team, fourth, 'deploying');
  expect(shipped()).toEqual([first, second, third, first, fourth]);
}, 60_000);

test('the database itself allows one active deployment per service and one under way per SHA', async () => {
  const first = await land(team);
  await start(team, ALICE, first);
  const second = await land(team, 'Add a basket');
  const insert = (sha: string, status: string) =>
    team.rows(
      `insert into deployments (deploy_id, service, change_id, sha, kind, status, requested_by)
       select 'by hand', 'shop', id, sha, 'deploy', $2, 'U0ALICE' from changes where sha = $1`,
      [sha, status],
    );
  for (const status of ['dispatching', 'unknown', 'deploying', 'hung']) {
    await expect(insert(second, status)).rejects.toMatchObject({ constraint: 'one_active_deployment_per_service' });
  }
  await expect(insert(first, 'queued')).rejects.toMatchObject({ constraint: 'one_deployment_under_way_per_sha' });
});

test('an ended deployment keeps its final status', async () => {
  const sha = await land(team);
  await release(team, sha);
  await expect(team.rows("update deployments set status = 'failed'")).rejects.toMatchObject({
    constraint: 'ended_status_is_final',
  });
});
