/** Re-run for a required result that failed, and what becomes of it when GitHub does not do it. */

import { plainText } from '../../sandbox/slack/reading.js';
import { card, hurry, press, quiet } from '../support/releases.js';
import { requiringTeam, results } from '../support/results.js';
import { BOB, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
let sha: string;
let run: number;
beforeEach(async () => {
  team = await requiringTeam();
  ({ sha } = await team.github.land('acme/shop', { title: 'Add prices' }));
  run = await results(team, sha).e2e('failure');
  await card(team, sha, ['failed staging', 'e2e.yml (deployment_status): red'], ['Re-run']);
});
afterEach(() => team.stop());

const asked = () => team.github.calls({ route: 'rerun-failed-jobs' });
const dms = () => team.slack.dms(BOB).map((one) => plainText(one));
const told = (words: RegExp) => until('Bob is told', () => [...dms(), ...said()].some((one) => words.test(one)));
const said = () => team.slack.ephemerals(BOB).map((one) => plainText(one));

test('pressed by two people, the failed run is run again once, and not the green push run', async () => {
  await Promise.all([press(team, BOB, sha, 'Re-run'), press(team, 'U0ALICE', sha, 'Re-run')]);
  await until('attempt 2 is there', () => team.github.run(run).attempt === 2);
  await quiet(team);
  expect(asked().map(({ path }) => path)).toEqual([`/repos/acme/shop/actions/runs/${run}/rerun-failed-jobs`]);
  await team.github.completeRun(run, { conclusion: 'success' });
  await card(team, sha, ['waits for results', 'e2e.yml (deployment_status): green'], []);
});

test('GitHub refuses: whoever pressed is told, and the button is back', async () => {
  const body = { message: 'Resource not accessible by integration' };
  team.github.fail('rerun-failed-jobs', { kind: 'status', status: 403, body });
  await press(team, BOB, sha, 'Re-run');
  await told(/not accessible/);
  await card(team, sha, ['failed staging'], ['Re-run']);
  await press(team, BOB, sha, 'Re-run');
  await until('attempt 2 is there', () => team.github.run(run).attempt === 2);
});

test('the answer is lost and it never began: a minute later whoever pressed is told', async () => {
  team.github.fail('rerun-failed-jobs', { kind: 'refuse' });
  await press(team, BOB, sha, 'Re-run');
  await card(team, sha, ['failed staging', 'A re-run was requested'], []);
  await until('it is sent', async () => (await team.rows('select 1 from changes where reruns_sent is not null'))[0]);
  await quiet(team);
  expect(asked()).toHaveLength(1);
  await team.rows(`update changes set reruns_sent = jsonb_build_object('${run}:1', now() - interval '61 seconds')`);
  await hurry(team, 're-run result');
  await told(/has not started again[\s\S]*press Re-run/);
  await card(team, sha, ['failed staging'], ['Re-run']);
  expect(asked()).toHaveLength(1);
});

test('the answer is lost and it began without a webhook: the run itself says so', async () => {
  team.github.setWebhooks('off');
  team.github.fail('rerun-failed-jobs', { kind: 'lost' });
  await press(team, BOB, sha, 'Re-run');
  await until('attempt 2 is there', () => team.github.run(run).attempt === 2);
  await quiet(team);
  await team.rows(`update changes set reruns_sent = jsonb_build_object('${run}:1', now() - interval '61 seconds')`);
  await hurry(team, 're-run result');
  await card(team, sha, ['waits for results', 'e2e.yml (deployment_status): running'], []);
  expect([dms(), said()]).toEqual([[], []]);
});
