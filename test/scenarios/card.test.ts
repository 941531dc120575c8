import { strToU8, zipSync } from 'fflate';
import { polledOnce, retold, withheld } from '../support/deliveries.js';
import { timed } from '../support/own-time.js';
import { card, land, press, quiet, release, short, stands, start, withButton } from '../support/releases.js';
import { ALICE, BOB, configOf, GUS, PRODUCTION, SHOP, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
const begin = async (options: Parameters<typeof startTeam>[0] = {}) => {
  team = await startTeam(options);
  await polledOnce(team);
};
afterEach(() => team.stop());

const OCTO = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const offers = ['Deploy', 'What ships'];
const posts = () =>
  team.slack.calls('chat.postMessage').filter(({ args }) => args.channel === SHOP && args.thread_ts === undefined);

test('a card shows service, title, author, pull request, duration and jobs, with links', async () => {
  await begin();
  const [, , told] = await withheld(team, () =>
    team.github.land('acme/shop', {
      title: 'Add prices (#41)',
      author: OCTO,
      pullRequest: { number: 41, title: 'Add prices' },
    }),
  );
  const late = retold(told, ({ workflow_run }) => {
    const ended = Date.parse(String(workflow_run.updated_at));
    workflow_run.run_started_at = new Date(ended - 252_000).toISOString();
  });
  await team.github.deliver('workflow_run', late);
  const { head_sha: sha, id } = late.workflow_run as { head_sha: string; id: number };
  const drawn = await card(
    team,
    sha,
    ['shop', 'Add prices', 'by octocat', '#41', '4 min 12 s', '2 jobs: build, test'],
    offers,
  );
  const blocks = JSON.stringify(drawn.blocks);
  for (const path of ['pull/41', `commit/${sha}`, `actions/runs/${id}`]) {
    expect(blocks).toContain(`https://github.com/acme/shop/${path}`);
  }
});

test('the card of a failed change names the failed jobs and steps, each with its link', async () => {
  await begin();
  const { sha, runId } = await team.github.land(
    'acme/shop',
    { title: 'Add prices', author: OCTO },
    {
      conclusion: 'failure',
      jobs: [
        { name: 'build', conclusion: 'success' },
        {
          name: 'test',
          conclusion: 'failure',
          steps: [
            { name: 'Unit tests', conclusion: 'success' },
            { name: 'Browser tests', conclusion: 'failure' },
          ],
        },
        { name: 'lint <all>', conclusion: 'timed_out', steps: [{ name: 'Look *hard*', conclusion: 'timed_out' }] },
      ],
    },
  );
  const drawn = await card(
    team,
    sha,
    ['failed staging', 'test: Browser tests', 'lint <all> (timed out): Look *hard*'],
    ['Re-run'],
  );
  expect(drawn.words).not.toContain('Unit tests');
  const jobs = team.github.run(runId).jobs.filter((job) => job.conclusion !== 'success');
  expect(jobs).toHaveLength(2);
  for (const job of jobs) {
    expect(JSON.stringify(drawn.blocks)).toContain(`https://github.com/acme/shop/actions/runs/${runId}/job/${job.id}`);
  }
});

test('a card counts the changes that Deploy would ship and names their authors', async () => {
  await begin();
  await release(team, await land(team, 'The first'));
  const ada = { login: 'ada', name: 'Ada', email: 'ada@acme.test' };
  await team.github.land('acme/shop', { title: 'Add a basket', author: ada });
  const { sha } = await team.github.land('acme/shop', { title: 'Add a till', author: OCTO });
  await card(team, sha, ['2 changes would ship', 'ada', 'octocat'], offers);
});

const JUNIT = `<?xml version="1.0"?><testsuites><testsuite name="a" tests="3">
  <testcase name="one"/><testcase name="two"><failure>no &lt;b&gt;</failure></testcase><testcase name="three"><skipped/></testcase>
</testsuite></testsuites>`;

test('with a test report the card counts its tests; without one it shows the jobs', async () => {
  await begin({ config: configOf().replace('workflow: staging.yml', 'workflow: staging.yml, test_report: junit') });
  const zip = zipSync({
    'a/unit.xml': strToU8(JUNIT),
    'b/e2e.xml': strToU8(JUNIT),
    'readme.txt': strToU8('<testcase/>'),
  });
  const author = OCTO;
  const { land: lands } = team.github;
  const counted = await lands(
    'acme/shop',
    { title: 'Counted', author },
    { conclusion: 'success', artifact: { name: 'junit', zip } },
  );
  await card(team, counted.sha, ['6 tests, 2 failed, 2 skipped'], offers);
  const none = await lands('acme/shop', { title: 'Without a report', author });
  expect((await card(team, none.sha, ['2 jobs: build, test'], offers)).words).not.toContain('tests,');
  const broken = strToU8('no zip at all');
  const bad = await lands(
    'acme/shop',
    { title: 'A broken one', author },
    { conclusion: 'success', artifact: { name: 'junit', zip: broken } },
  );
  await card(team, bad.sha, ['2 jobs: build, test · 1 report could not be read'], offers);
});

test('a change keeps one message from failed staging to rollback', async () => {
  await begin();
  const author = OCTO;
  const first = await team.github.land('acme/shop', { title: 'Add prices', author }, { conclusion: 'failure' });
  await card(team, first.sha, ['failed staging'], ['Re-run']);
  await team.github.rerun(first.runId, { actor: 'octocat' });
  await team.github.completeRun(first.runId, { conclusion: 'success' });
  await card(team, first.sha, ['passed staging'], offers);
  await release(team, first.sha);
  const second = await land(team, 'Add a basket');
  await release(team, second);
  await card(team, first.sha, ['superseded by', short(second)], []);
  await press(team, ALICE, second, 'Roll back');
  const back = Number((await stands(team, first.sha, 'deploying')).run_id);
  await team.github.completeRun(back, { conclusion: 'success' });
  await card(team, first.sha, ['live'], []);
  await quiet(team);
  expect(team.slack.messages(SHOP)).toHaveLength(2);
  expect(posts()).toHaveLength(2);
});

test('older cards are superseded when a newer change passes, including a failed one', async () => {
  await begin();
  const failed = await team.github.land('acme/shop', { title: 'Red', author: OCTO }, { conclusion: 'failure' });
  const green = await land(team, 'Green');
  await card(team, green, ['passed staging'], offers);
  await card(team, failed.sha, ['superseded by', short(green)], []);
  const newest = await land(team, 'Newest');
  await card(team, newest, ['passed staging'], offers);
  await card(team, green, ['superseded by', short(newest)], []);
  await card(team, failed.sha, ['superseded by'], []);
});

test('a deleted card is posted again at its next update, and only once', async () => {
  await begin();
  const sha = await land(team);
  const { ts } = await withButton(team, sha, 'Deploy');
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'help' });
  team.slack.deleteMessage(SHOP, ts);
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${short(sha)}` });
  const run = Number((await stands(team, sha, 'deploying')).run_id);
  await card(team, sha, ['deploying'], ['Cancel']);
  await team.github.completeRun(run, { conclusion: 'success' });
  await card(team, sha, ['live'], []);
  await quiet(team);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
});

test('a deleted card with nothing left to press stays away, until it has something to say', async () => {
  await begin();
  const { sha: older, runId } = await team.github.land('acme/shop', { title: 'Add prices', author: OCTO });
  const { ts } = await withButton(team, older, 'Deploy');
  const newer = await land(team, 'Add a basket');
  await card(team, older, ['superseded by'], []);
  team.slack.deleteMessage(SHOP, ts);
  // Something of its own happens to it: its staging run is run again in GitHub and passes again.
  await team.github.rerun(runId, { actor: 'octocat' });
  await team.github.completeRun(runId, { conclusion: 'success' });
  await until('it is known', async () => {
    const [row] = await team.rows('select staging_attempt from changes where sha = $1', [older]);
    return Number(row?.staging_attempt) === 2;
  });
  await card(team, newer, ['passed staging'], offers);
  await quiet(team);
  expect(team.cards().some((one) => one.words.split('\n')[1]?.includes(short(older)))).toBe(false);
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${short(older)}` });
  await card(team, older, ['deploying'], ['Cancel']);
});

test('a card that one failed statement has kept from being drawn comes within five seconds', async () => {
  await begin({ pauses: 'real' });
  await team.rows('alter table people rename to away');
  const sha = await land(team);
  await until('it could not be drawn', () => team.logged.find((line) => line.includes('a card could not be drawn')));
  await team.rows('alter table away rename to people');
  const { tookMs } = await timed(() => card(team, sha, ['passed staging'], offers));
  expect(tookMs).toBeLessThan(5_000);
});

test('in a channel without the bot the card waits, readiness names the channel, and an invitation is enough', async () => {
  await begin();
  team.slack.remove(SHOP);
  const sha = await land(team);
  const ready = async () => {
    const answer = await fetch(`http://127.0.0.1:${team.running[0]?.port}/readyz`);
    const { warnings } = (await answer.json()) as { warnings: string[] };
    return { status: answer.status, warnings };
  };
  await until('a warning', async () => (await ready()).warnings.some((one) => one.includes(SHOP)));
  expect((await ready()).status).toBe(200);
  expect((await ready()).warnings.join()).toContain('not_in_channel');
  team.slack.invite(SHOP);
  await card(team, sha, ['passed staging'], offers);
  await until('no warning is left', async () => (await ready()).warnings.length === 0);
});

test('a channel without the bot holds up no other channel', async () => {
  const services = `
  - name: blog
    repository: acme/blog
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    channel: C0RELEASES
    deployers: [U0ALICE]`;
  team = await startTeam({ replicas: 0, config: configOf({ services }) });
  team.github.addRepository({ fullName: 'acme/blog', workflows: [STAGING, PRODUCTION] });
  team.point(await team.start());
  await polledOnce(team);
  team.slack.remove(SHOP);
  await land(team);
  await until('a refused post', () => posts().length > 0);
  await team.github.land('acme/blog', { title: 'A post', author: OCTO });
  await until('the card of the other service', () => team.cards('C0RELEASES').length === 1);
});

test('twenty job events in eight seconds cause at most four updates in ten', async () => {
  team = await startTeam({ pauses: 'real', replicas: 0 });
  const jobs = Array.from({ length: 10 }, (_none, index) => `job ${index}`);
  team.github.addRepository({ fullName: 'acme/shop', workflows: [STAGING, { ...PRODUCTION, jobs }] });
  team.point(await team.start());
  await polledOnce(team);
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  const began = Date.now();
  const moves = jobs.flatMap((job) => [
    { job, status: 'in_progress' as const },
    { job, status: 'completed' as const },
  ]);
  for (const [index, move] of moves.entries()) {
    await until('its time', () => Date.now() >= began + index * 400);
    await team.github.advance(run, move);
  }
  await card(team, sha, ['deploying', 'job 9'], ['Cancel']);
  await until('the last job is drawn', () => !team.cards()[0]?.words.includes('in progress'), 15_000);
  const at = (team.slack.messages(SHOP)[0]?.drawings ?? []).map((one) => one.at).filter((one) => one >= began);
  const inTenSeconds = at.map((from) => at.filter((one) => one >= from && one < from + 10_000).length);
  expect(Math.max(...inTenSeconds)).toBeLessThanOrEqual(4);
  expect(at.length).toBeGreaterThan(1);
}, 60_000);

test('every full member can press Re-run, and a double click asks GitHub once', async () => {
  await begin();
  const { sha, runId } = await team.github.land('acme/shop', { title: 'Red', author: OCTO }, { conclusion: 'failure' });
  const asked = () => team.github.calls({ method: 'POST', path: /rerun/ });
  await press(team, GUS, sha, 'Re-run');
  await team.told(GUS, 'full member');
  expect(asked()).toEqual([]);
  const { ts, blocks } = await withButton(team, sha, 'Re-run');
  const click = () => team.slack.clickStale({ user: BOB, channel: SHOP, ts, blocks, button: 'Re-run' });
  const answers = await Promise.all([click(), click()]);
  expect(answers.map((one) => one.status)).toEqual([200, 200]);
  await until('GitHub was asked', () => asked().length > 0);
  await team.github.startRun(runId);
  await card(team, sha, ['staging runs again'], []);
  await team.github.completeRun(runId, { conclusion: 'success' });
  await card(team, sha, ['passed staging', 'attempt 2'], offers);
  await quiet(team);
  expect(asked()).toHaveLength(1);
  const kinds = await team.rows(
    "select actor, kind from ledger where kind in ('refused', 're-run asked') order by seq",
  );
  expect(kinds).toEqual([
    { actor: GUS, kind: 'refused' },
    { actor: BOB, kind: 're-run asked' },
    { actor: BOB, kind: 'refused' },
  ]);
});
