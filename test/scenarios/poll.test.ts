import { polledOnce, pollNow } from '../support/deliveries.js';
import { card, counts, press, quiet, stands } from '../support/releases.js';
import { ALICE, configOf, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
afterEach(() => team.stop());

const AUTHOR = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const everySecond = configOf().replace('poll: 1h', 'poll: 1s');
const withoutWebhooks = configOf().replace('webhooks: true, poll: 1h', 'webhooks: false, poll: 1s');
const offers = ['Deploy', 'What ships'];
const lists = (status?: number) =>
  team.github.calls({ route: 'workflow-runs', ...(status === undefined ? {} : { status }) });

test('a push whose webhooks were lost is found by the poll', async () => {
  team = await startTeam({ config: everySecond });
  await polledOnce(team);
  const { sha } = await team.github.land('acme/shop', { title: 'Add prices', author: AUTHOR, silent: true });
  await card(team, sha, ['passed staging', 'Add prices'], offers);
  await quiet(team);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
});

test('a push is found by the poll while the list by branch is hours behind', async () => {
  team = await startTeam({ config: everySecond });
  await polledOnce(team);
  await team.running.pop()?.stop();
  team.github.staleLists(true);
  const { sha } = await team.github.land('acme/shop', { title: 'Add prices', author: AUTHOR, silent: true });
  team.point(await team.start());
  await card(team, sha, ['passed staging', 'Add prices'], offers);
});

test('a pushed tag that is called like the branch is no change to the poll either', async () => {
  team = await startTeam({ config: withoutWebhooks });
  const { github } = team;
  await polledOnce(team);
  const { sha } = await github.land('acme/shop', { title: 'Add prices', author: AUTHOR });
  const { runId } = await github.pushTag('acme/shop', 'main', { sha });
  await github.completeRun(runId, { conclusion: 'failure' });
  const next = await github.land('acme/shop', { title: 'Add taxes', author: AUTHOR });
  await card(team, next.sha, ['passed staging', 'Add taxes'], offers);
  await quiet(team);
  expect(await team.rows('select sha, staging_status from changes order by run_number')).toEqual([
    { sha, staging_status: 'passed' },
    { sha: next.sha, staging_status: 'passed' },
  ]);
});

test('a push behind more than a page of pull requests is found while the list by branch is hours behind', async () => {
  team = await startTeam({ config: everySecond });
  await polledOnce(team);
  await team.running.pop()?.stop();
  team.github.staleLists(true);
  const { sha } = await team.github.land('acme/shop', { title: 'Add prices', author: AUTHOR, silent: true });
  for (let count = 1; count <= 60; count += 1)
    await team.github.forkRun('acme/shop', { headBranch: `patch-${count}`, title: `Patch ${count}`, silent: true });
  team.point(await team.start());
  await card(team, sha, ['passed staging', 'Add prices'], offers);
  expect((await counts(team, 'changes'))[0]).toBe(1);
});

test('a failure, and a re-run that passes, are found without a webhook', async () => {
  team = await startTeam({ config: everySecond });
  const { github } = team;
  const silent = true;
  const push = await github.land(
    'acme/shop',
    { title: 'Add prices', author: AUTHOR, silent },
    { conclusion: 'failure' },
  );
  await card(team, push.sha, ['failed staging'], ['Re-run']);
  await github.rerun(push.runId, { actor: 'octocat', silent });
  await card(team, push.sha, ['staging runs again'], []);
  await github.completeRun(push.runId, { conclusion: 'success', silent });
  await card(team, push.sha, ['passed staging'], offers);
});

test('a result known from a webhook is shown once, even if the poll finds it again', async () => {
  team = await startTeam({ config: everySecond });
  const { sha } = await team.github.land('acme/shop', { title: 'Add prices', author: AUTHOR });
  await card(team, sha, ['passed staging'], offers);
  await pollNow(team);
  await pollNow(team);
  expect(await team.rows('select kind from ledger')).toEqual([{ kind: 'staging passed' }]);
  expect(team.slack.messages(SHOP)[0]?.drawings).toHaveLength(1);
});

test('with webhooks switched off a change still goes from the push to live', async () => {
  team = await startTeam({ config: withoutWebhooks });
  const { github } = team;
  github.setWebhooks('off');
  const { sha } = await github.land('acme/shop', { title: 'Add prices', author: AUTHOR });
  await card(team, sha, ['passed staging'], offers);
  await press(team, ALICE, sha, 'Deploy');
  const run = Number((await stands(team, sha, 'deploying')).run_id);
  await github.advance(run, { job: 'deploy', status: 'completed' });
  await github.advance(run, { job: 'smoke test', status: 'in_progress' });
  await card(team, sha, ['deploying', 'smoke test (in progress)'], ['Cancel'], 15_000);
  await github.completeRun(run, { conclusion: 'success' });
  await stands(team, sha, 'live');
  await card(team, sha, ['live'], []);
  expect(github.deliveries).toEqual([]);
});

test('with webhooks switched off a run started by hand is found', async () => {
  team = await startTeam({ config: withoutWebhooks });
  const inputs = { sha: 'a'.repeat(40), deploy_id: 'by-hand', requested_by: 'mallory' };
  await polledOnce(team);
  const run = await team.github.dispatchOutside('acme/shop', 'production.yml', {
    actor: 'mallory',
    inputs,
    silent: true,
  });
  await team.github.startRun(run.id, { silent: true });
  await until(
    'the run outside is known',
    async () =>
      (await team.rows('select 1 from outside_runs where run_id = $1 and status = $2', [run.id, 'in_progress']))
        .length === 1,
  );
});

test('a new installation shows the newest change that passed and no flood of old ones', async () => {
  team = await startTeam({ replicas: 0, config: everySecond });
  const { github } = team;
  const shas = [];
  for (let count = 1; count <= 60; count += 1) {
    const outcome = { conclusion: count % 7 === 0 || count === 60 ? 'failure' : 'success' } as const;
    shas.push((await github.land('acme/shop', { title: `Old change ${count}`, author: AUTHOR }, outcome)).sha);
  }
  const running = await github.push('acme/shop', { title: 'In staging at that moment', author: AUTHOR });
  const over = Math.floor(Date.now() / 1_000) * 1_000 + 1_050;
  await until('the second of the newest end is over', () => Date.now() >= over);
  team.point(await team.start());
  await card(team, shas[58] ?? '', ['passed staging', 'Old change 59'], offers);
  const known = lists().length;
  await until('two more polls', () => lists().length >= known + 4);
  await quiet(team);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
  expect(await counts(team, 'ledger')).toEqual([1]);

  await github.completeRun(running.runId, { conclusion: 'success', silent: true });
  await card(team, running.sha, ['passed staging'], offers);
});

test('changes that land while Pushbutton is down are found when it is back', async () => {
  team = await startTeam({ config: everySecond });
  await polledOnce(team);
  await team.running.pop()?.stop();
  const first = await team.github.land('acme/shop', { title: 'Add prices', author: AUTHOR });
  const second = await team.github.land('acme/shop', { title: 'Add a basket', author: AUTHOR });
  team.point(await team.start());
  await card(team, second.sha, ['passed staging'], offers);
  await card(team, first.sha, ['superseded by'], []);
});

/** GitHub gives no answer to the first request for such a page; how often it was asked for. */
function silentOnce(page: RegExp) {
  const real = globalThis.fetch;
  const asked: string[] = [];
  globalThis.fetch = async (input, init) => {
    if (!page.test(String(input))) return real(input, init);
    asked.push(String(input));
    if (asked.length === 1) throw new TypeError('fetch failed');
    return real(input, init);
  };
  const heal = () => {
    globalThis.fetch = real;
  };
  return { asked, heal };
}

test('changes on the second page are found even if GitHub once gives no answer for it', async () => {
  team = await startTeam({ config: everySecond });
  await polledOnce(team);
  await team.running.pop()?.stop();
  for (let count = 1; count <= 70; count += 1)
    await team.github.land('acme/shop', { title: `Change ${count}`, author: AUTHOR, silent: true });
  const { asked, heal } = silentOnce(/staging\.yml\/runs.*[?&]page=2/);
  try {
    team.point(await team.start());
    await until('all seventy are known', async () => (await counts(team, 'changes'))[0] === 70, 40_000);
    await until('the page is asked for again', () => asked.length > 1);
  } finally {
    heal();
  }
  const from = lists().length;
  await until('one poll more', () => lists().length >= from + 2);
  expect(lists().at(-1)?.status).toBe(304);
}, 60_000);

test('a poll that finds no change is free under the hourly limit: GitHub answers 304', async () => {
  team = await startTeam({ config: everySecond });
  await team.github.land('acme/shop', { title: 'Add prices', author: AUTHOR, silent: true });
  await until('two polls that found nothing new', () => lists(304).length >= 4);
  const from = lists().length;
  await until('one poll more', () => lists().length >= from + 2);
  const asked = lists().slice(from);
  expect(new Set(asked.map((call) => call.status))).toEqual(new Set([304]));
});

test('two replicas share one poll', async () => {
  team = await startTeam({ config: everySecond.replace('poll: 1s', 'poll: 3s'), replicas: 2 });
  await until('three polls after those of the starts', () => lists().length >= 10, 20_000);
  const staging = lists()
    .filter((call) => call.path.includes('staging.yml') && call.query.branch === 'main')
    .map((call) => call.at.getTime());
  // Each start polls at once; from the third on, they come at their time.
  const later = staging.slice(2);
  const gaps = later.slice(1).map((at, index) => at - (later[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(2_500);
});
