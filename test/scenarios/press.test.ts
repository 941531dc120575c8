import { timed } from '../support/own-time.js';
import {
  card,
  counts,
  deploymentsOf,
  land,
  press,
  quiet,
  refusals,
  release,
  short,
  stands,
  start,
  told,
  whoWasTold,
  withButton,
} from '../support/releases.js';
import { ALICE, DAVE, DEPLOYERS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

const recorded = (deployments: number, approvals: number) =>
  until(
    `${deployments} deployments and ${approvals} approvals within two seconds`,
    async () => (await counts(team, 'deployments', 'approvals')).join() === `${deployments},${approvals}`,
    2_000,
  );

test('one press records one deployment and one approval within two seconds of its answer', async () => {
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  const { result: answer, tookMs } = await timed(() => press(team, ALICE, sha, 'Deploy'));
  expect([answer.status, answer.failedWith]).toEqual([200, undefined]);
  expect(tookMs).toBeLessThan(3_000);
  await recorded(1, 1);
  const row = await stands(team, sha, 'deploying');
  expect(row).toMatchObject({ service: 'shop', sha, requested_by: ALICE, kind: 'deploy' });
  expect(await team.rows('select deployment_id, slack_user_id, decision, reason from approvals')).toEqual([
    { deployment_id: row.id, slack_user_id: ALICE, decision: 'requested', reason: null },
  ]);
  await quiet(team);
  expect(whoWasTold(team)).toEqual([]);
});

test('Deploy asks for confirmation, naming the service, the short SHA and how many changes ship', async () => {
  const first = await land(team);
  const asked = (await press(team, ALICE, first, 'Deploy')).confirm;
  expect(asked?.text).toMatch(/\bshop\b/);
  expect(asked?.text).toContain(short(first));
  expect(asked?.text).toMatch(/\b1 change\b/);
  await team.github.completeRun(Number((await stands(team, first, 'deploying')).run_id), { conclusion: 'success' });
  await stands(team, first, 'live');

  await land(team, 'Add a basket');
  const third = await land(team, 'Add a till');
  await card(team, third, ['2 changes would ship'], ['Deploy', 'What ships']);
  const again = (await press(team, ALICE, third, 'Deploy')).confirm;
  expect(again?.text).toContain(short(third));
  expect(again?.text).toMatch(/\b2 changes\b/);
});

test('changes that land together get one card each, and then nothing is left to draw', async () => {
  const shas = await Promise.all(
    ['Add prices', 'Add a basket', 'Add a till', 'Add a receipt'].map((one) => land(team, one)),
  );
  for (const sha of shas) await team.card(sha);
  await until('nothing is left to draw', async () => {
    return (await team.rows('select 1 from cards where dirty_at is not null')).length === 0;
  });
  const posts = team.slack.calls('chat.postMessage').filter(({ args }) => args.thread_ts === undefined);
  expect(posts).toHaveLength(4);
  expect(team.slack.messages(SHOP)).toHaveLength(4);
});

test('a press for a SHA already under way joins that deployment, adds no row and says who started it', async () => {
  const sha = await land(team);
  const before = await withButton(team, sha, 'Deploy');
  await start(team, ALICE, sha);
  const { channel, ts, blocks } = before;
  expect((await team.slack.clickStale({ user: DAVE, channel, ts, blocks, button: 'Deploy' })).status).toBe(200);
  await told(team, DAVE, short(sha), 'alice', 'under way');
  await team.slack.command({ user: DAVE, channel: SHOP, text: `deploy shop ${short(sha)}` });
  await until('a second answer', () => team.slack.ephemerals(DAVE).length === 2);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(team.production()).toHaveLength(1);
  expect(whoWasTold(team)).toEqual([DAVE]);
  expect(await team.rows("select actor, kind from ledger where kind = 'merged'")).toEqual([
    { actor: DAVE, kind: 'merged' },
    { actor: DAVE, kind: 'merged' },
  ]);
});

test('ten people press at the same moment and one run starts', async () => {
  const people = Array.from({ length: 10 }, (_, n) => `U0TEN${n}`);
  for (const id of people) team.slack.addUser({ id, name: id.toLowerCase() });
  team.slack.setGroupUsers(DEPLOYERS, people);
  const sha = await land(team);
  const { channel, ts } = await withButton(team, sha, 'Deploy');
  const answers = await Promise.all(people.map((user) => team.slack.click({ user, channel, ts, button: 'Deploy' })));
  expect(answers.map((one) => one.status)).toEqual(Array(10).fill(200));
  await recorded(1, 1);
  const { requested_by: winner } = await stands(team, sha, 'deploying');
  await until('nine are told', () => whoWasTold(team).length === 9);
  await quiet(team);
  expect(whoWasTold(team)).toEqual(people.filter((one) => one !== winner));
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(team.production()).toHaveLength(1);
});

test('a double click starts one run', async () => {
  const sha = await land(team);
  const { channel, ts } = await withButton(team, sha, 'Deploy');
  const click = () => team.slack.click({ user: ALICE, channel, ts, button: 'Deploy' });
  const answers = await Promise.all([click(), click()]);
  expect(answers.map((one) => one.status)).toEqual([200, 200]);
  await stands(team, sha, 'deploying');
  await quiet(team);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(team.production()).toHaveLength(1);
});

test('a click that Slack resends byte for byte leaves no trace', async () => {
  const sha = await land(team);
  const answer = await press(team, ALICE, sha, 'Deploy');
  const again = await team.slack.replay(answer.request, { 'x-slack-retry-num': '1' });
  expect(again.status).toBe(200);
  const run = Number((await stands(team, sha, 'deploying')).run_id);
  await team.github.completeRun(run, { conclusion: 'failure' });
  await stands(team, sha, 'failed');
  expect((await team.slack.replay(answer.request)).status).toBe(200);
  await quiet(team);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(team.production()).toHaveLength(1);
  expect(whoWasTold(team)).toEqual([]);
});

test('a command typed once and delivered twice makes one deployment', async () => {
  const sha = await land(team);
  await team.card(sha, 'passed staging');
  const answer = await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${sha}` });
  await team.slack.replay(answer.request);
  await stands(team, sha, 'deploying');
  await told(team, ALICE, short(sha), 'recorded');
  await quiet(team);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(team.slack.ephemerals(ALICE)).toHaveLength(1);
});

test('deploy SERVICE without a SHA asks about the newest change, and its Deploy works like any other', async () => {
  await land(team, 'Add prices');
  const newest = await land(team, 'Add a basket');
  await team.card(newest, 'passed staging');
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'deploy shop' });
  const question = await told(team, ALICE, short(newest), 'Add a basket');
  expect(await counts(team, 'deployments')).toEqual([0]);
  const answer = await team.slack.click({ user: ALICE, channel: SHOP, ts: question.ts, button: 'Deploy' });
  expect(answer.confirm?.text).toContain(short(newest));
  await stands(team, newest, 'deploying');
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
});

describe('Deploy on an outdated card', () => {
  test('of a superseded change is refused, naming the newer one', async () => {
    const old = await land(team);
    const { channel, ts, blocks } = await withButton(team, old, 'Deploy');
    const newest = await land(team, 'Add a basket');
    await card(team, old, ['superseded by', short(newest)], []);
    const answer = await team.slack.clickStale({ user: ALICE, channel, ts, blocks, button: 'Deploy' });
    expect(answer.status).toBe(200);
    await told(team, ALICE, short(old), 'superseded', short(newest));
    expect(await refusals(team)).toEqual([`${ALICE}: superseded`]);
    expect(await counts(team, 'deployments', 'approvals')).toEqual([0, 0]);
    expect(whoWasTold(team)).toEqual([ALICE]);
  });

  test('of a change that is already live is refused, and so is typing its SHA', async () => {
    const sha = await land(team);
    const { channel, ts, blocks } = await withButton(team, sha, 'Deploy');
    await release(team, sha);
    await team.slack.clickStale({ user: DAVE, channel, ts, blocks, button: 'Deploy' });
    await told(team, DAVE, short(sha), 'already live', 'alice');
    await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${sha}` });
    await told(team, ALICE, short(sha), 'already live');
    expect(await refusals(team)).toEqual([`${DAVE}: already live`, `${ALICE}: already live`]);
    expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
    expect(team.production()).toHaveLength(1);
  });
});

test('an older change can be deployed by its SHA, but not one older than what is live: Roll back is for that', async () => {
  const oldest = await land(team, 'Add prices');
  const middle = await land(team, 'Add a basket');
  const newest = await land(team, 'Add a till');
  await team.card(newest, 'passed staging');
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${short(middle)}` });
  const run = Number((await stands(team, middle, 'deploying')).run_id);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, middle, 'live');

  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${short(oldest)}` });
  await told(team, ALICE, short(oldest), 'older than what is live', short(middle), 'Roll back');
  expect(await refusals(team)).toEqual([`${ALICE}: behind what is live`]);
  expect(await deploymentsOf(team, oldest)).toEqual([]);
});

describe('a change whose commit was force-pushed away', () => {
  /** A staging run of main whose commit a force push has taken off main since. */
  async function pushedAway(): Promise<string> {
    const side = await team.github.push('acme/shop', { branch: 'side', title: 'Pushed away' });
    await team.github.completeRun(side.runId, { conclusion: 'success', silent: true });
    const delivered = team.github.deliveries.findLast((one) => one.event === 'workflow_run');
    const payload = JSON.parse(delivered?.body ?? '{}');
    expect(payload.workflow_run).toMatchObject({ id: side.runId, head_branch: 'side' });
    Object.assign(payload.workflow_run, {
      ...{ head_branch: 'main', status: 'completed', conclusion: 'success', run_number: 1_000 },
    });
    await team.github.deliver('workflow_run', { ...payload, action: 'completed' });
    return side.sha;
  }

  test('is rejected at the dispatch, where its branch is checked again', async () => {
    await land(team);
    const away = await pushedAway();
    await land(team, 'In its place');
    await press(team, ALICE, away, 'Deploy');
    const row = await stands(team, away, 'rejected');
    expect(row.reason).toContain('not on the branch');
    await card(team, away, ['rejected', 'not on the branch'], ['Deploy', 'What ships']);
    expect(team.production()).toEqual([]);
  });

  test('is refused when it does not contain what is live', async () => {
    await land(team);
    const away = await pushedAway();
    const live = await land(team, 'In its place');
    await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${live}` });
    const run = Number((await stands(team, live, 'deploying')).run_id);
    await team.github.completeRun(run, { conclusion: 'success' });
    await stands(team, live, 'live');

    await press(team, ALICE, away, 'Deploy');
    await told(team, ALICE, short(away), 'does not contain what is live', short(live));
    expect(await refusals(team)).toEqual([`${ALICE}: diverged from what is live`]);
    expect(await deploymentsOf(team, away)).toEqual([]);
  });
});
