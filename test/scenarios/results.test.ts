/** More than the push run must be green before Deploy appears. */

import { plainText } from '../../sandbox/slack/reading.js';
import { pollNow } from '../support/deliveries.js';
import { card, deploymentsOf, hurry, press, quiet, refusals, stands, told } from '../support/releases.js';
import { requiringTeam, results } from '../support/results.js';
import { ALICE, BOB, SHOP, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await requiringTeam({ replicas: 2 });
});
afterEach(() => team.stop());

const BUTTONS = ['Deploy', 'What ships'];
const type = (user: string, text: string) => team.slack.command({ user, channel: SHOP, text });
const landed = async (title = 'Add prices') => (await team.github.land('acme/shop', { title, author: AUTHOR })).sha;
const AUTHOR = { login: 'octocat', name: 'Octo Cat', email: 'octo@example.org' };
const lines = async () =>
  (await team.rows<{ kind: string }>("select kind from ledger where kind like 'result%' order by seq")).map(
    ({ kind }) => kind,
  );

test('Deploy appears when the last result is green, and not before; the card has a line for each', async () => {
  const sha = await landed();
  await card(
    team,
    sha,
    ['waits for results', 'e2e.yml (deployment_status): not there yet', 'ci/legacy (jenkins-acme)'],
    [],
  );
  const { e2e, scan, legacy } = results(team, sha);
  await e2e();
  await card(team, sha, ['waits for results', 'e2e.yml (deployment_status): green', 'not there yet'], []);
  await type(ALICE, `deploy shop ${sha}`);
  await told(team, ALICE, 'security/scan (snyk)', 'is not there yet');
  await type(BOB, `why shop ${sha}`);
  await told(team, BOB, 'e2e.yml (deployment_status) is green', 'ci/legacy (jenkins-acme) is not there yet');
  await type(BOB, 'status shop');
  await told(team, BOB, 'waits for results', 'security/scan (snyk): not there yet');
  await scan();
  // The other replica hears of the last one.
  if (team.running[1]) team.point(team.running[1]);
  await legacy();
  await card(team, sha, ['passed staging', 'security/scan (snyk): green', 'ci/legacy (jenkins-acme): green'], BUTTONS);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying');
  expect(await refusals(team)).toEqual([`${ALICE}: not passed staging`]);
  expect(await lines()).toEqual(['result passed', 'result passed', 'result passed']);
});

test('the card is posted when the first result ends, before the push run', async () => {
  const { sha, runId } = await team.github.push('acme/shop', { title: 'Add prices' });
  await team.github.startRun(runId);
  await results(team, sha).scan();
  await card(team, sha, ['waits for results', 'staging is running', 'security/scan (snyk): green'], []);
  await team.github.completeRun(runId, { conclusion: 'success' });
  await card(team, sha, ['waits for results', 'staging ok'], []);
});

test('a check of the same name by another App, and a status by somebody else, change nothing', async () => {
  const sha = await landed();
  const { e2e, scan, legacy } = results(team, sha);
  await e2e();
  await scan();
  await team.github.commitStatus('acme/shop', { context: 'ci/legacy', sha, state: 'success', by: 'mallory' });
  await quiet(team);
  await card(team, sha, ['waits for results', 'ci/legacy (jenkins-acme): not there yet'], []);
  await legacy();
  await card(team, sha, ['passed staging'], BUTTONS);
  await team.github.check('acme/shop', { name: 'security/scan', app: 'mallory', sha, conclusion: 'failure' });
  await team.github.commitStatus('acme/shop', { context: 'ci/legacy', sha, state: 'failure', by: 'mallory' });
  await quiet(team);
  await card(team, sha, ['passed staging'], BUTTONS);
  expect(await lines()).toHaveLength(3);
});

test('a re-run that fails after it was green takes Deploy away, and what waits is not started', async () => {
  const sha = await landed();
  const { e2e, scan, legacy } = results(team, sha);
  const run = await e2e();
  await Promise.all([scan(), legacy()]);
  await card(team, sha, ['passed staging'], BUTTONS);
  await team.github.rerun(run, { actor: 'octocat' });
  await team.github.startRun(run);
  await card(team, sha, ['waits for results', 'e2e.yml (deployment_status): running'], []);
  await team.github.completeRun(run, { conclusion: 'failure' });
  await card(team, sha, ['failed staging', 'e2e.yml (deployment_status): red'], ['Re-run']);
  await type(ALICE, `deploy shop ${sha}`);
  await told(team, ALICE, 'failed staging', 'e2e.yml');
  expect(await deploymentsOf(team, sha)).toEqual([]);
  // Re-run on the card runs that one again.
  await press(team, BOB, sha, 'Re-run');
  await until('attempt 3 is there', () => team.github.run(run).attempt === 3);
  await team.github.completeRun(run, { conclusion: 'success' });
  await card(team, sha, ['passed staging'], BUTTONS);
});

test('a failed result calls the author once; what is no workflow is run again where it comes from', async () => {
  const sha = await landed();
  const { e2e, scan } = results(team, sha);
  await scan('failure');
  const on = await card(team, sha, ['failed staging', 'security/scan (snyk): red', 'where it comes from'], []);
  const said = () =>
    team.slack
      .thread(on.channel, on.ts)
      .slice(1)
      .map((one) => plainText(one));
  await until('a word in the thread', () => said().length === 1);
  expect(said()[0]).toMatch(/Failed staging: .*security\/scan \(snyk\).*@U0BOB/);
  await e2e('failure');
  await card(team, sha, ['failed staging', 'e2e.yml (deployment_status): red'], ['Re-run']);
  await quiet(team);
  expect(said().join().match(/@/g)).toHaveLength(1);
  // What the App says later counts, and neutral is not green.
  await scan('neutral');
  await card(team, sha, ['failed staging', 'security/scan (snyk): neutral'], ['Re-run']);
});

test('webhooks are lost: the results are found by looking for them, and then no longer looked for', async () => {
  team.github.setWebhooks('off');
  const sha = await landed();
  const { e2e, scan, legacy } = results(team, sha);
  await pollNow(team);
  await card(team, sha, ['waits for results'], []);
  await Promise.all([e2e(), scan(), legacy()]);
  await hurry(team, 'read results');
  await card(team, sha, ['passed staging'], BUTTONS);
  await quiet(team);
  const asked = () => team.github.calls({ route: 'check-runs' }).length;
  const before = asked();
  await hurry(team, 'read results');
  await quiet(team);
  expect(asked()).toBe(before);
  expect(await team.rows("select 1 from graphile_worker.jobs where task_identifier = 'read results'")).toEqual([]);
});
