import { plainText } from '../../sandbox/slack/reading.js';
import { polledOnce } from '../support/deliveries.js';
import { card, hurry, press, quiet } from '../support/releases.js';
import { BOB, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
let sha: string;
let runId: number;
beforeEach(async () => {
  team = await startTeam();
  await polledOnce(team);
  ({ sha, runId } = await team.github.land('acme/shop', { title: 'Red' }, { conclusion: 'failure' }));
  await card(team, sha, ['failed staging'], ['Re-run']);
});
afterEach(() => team.stop());

const asked = () => team.github.calls({ route: 'rerun-failed-jobs' });
const attempt = () => team.github.runs('acme/shop', 'staging.yml')[0]?.attempt;
const lines = async () =>
  (await team.rows<{ kind: string }>("select kind from ledger where kind like 're-run%' order by seq")).map(
    ({ kind }) => kind,
  );

/** The minute after which the run itself is asked is over, and it has been asked. */
async function aMinuteLater() {
  await until('it is sent', async () => (await team.rows('select 1 from changes where rerun_sent_at is not null'))[0]);
  await quiet(team);
  await team.rows("update changes set rerun_sent_at = now() - interval '61 seconds'");
  await until('nothing is waited for any more', async () => {
    await hurry(team, 're-run staging');
    return (await team.rows('select 1 from changes where rerun_attempt is null'))[0];
  });
}

test('a person whose Re-run never reached GitHub is told, and the button is back', async () => {
  team.github.fail('rerun-failed-jobs', { kind: 'refuse' });
  await press(team, BOB, sha, 'Re-run');
  await card(team, sha, ['A re-run was requested'], []);
  await aMinuteLater();
  await until('Bob is told', () =>
    team.slack.dms(BOB).some((one) => /has not started again[\s\S]*press Re-run/.test(plainText(one))),
  );
  await card(team, sha, ['failed staging'], ['Re-run']);
  expect(await lines()).toEqual(['re-run asked', 're-run not seen']);
  expect([asked().length, attempt()]).toEqual([1, 1]);
});

test('a re-run that starts without a webhook is noticed and not reported as missing', async () => {
  team.github.setWebhooks('off');
  team.github.fail('rerun-failed-jobs', { kind: 'lost' });
  await press(team, BOB, sha, 'Re-run');
  await until('attempt 2 is there', () => attempt() === 2);
  await aMinuteLater();
  await card(team, sha, ['staging runs again'], []);
  expect(await lines()).toEqual(['re-run asked']);
  await quiet(team);
  expect([team.slack.ephemerals(BOB), team.slack.dms(BOB)]).toEqual([[], []]);
});

test('a Re-run that GitHub throttles is sent again by itself and not before its retry-after', async () => {
  team.github.fail('rerun-failed-jobs', { kind: 'rate-limit', limit: 'secondary', retryAfter: 5 });
  await press(team, BOB, sha, 'Re-run');
  await until('attempt 2 is there', () => attempt() === 2, 15_000);
  await team.github.startRun(runId);
  await card(team, sha, ['staging runs again'], []);
  const [first, second] = asked();
  expect([first?.status, second?.status]).toEqual([403, 201]);
  expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(5_000);
  expect(asked()).toHaveLength(2);
});

test('while GitHub does not say whether the re-run has started, nothing is reported', async () => {
  team.github.setWebhooks('off');
  await press(team, BOB, sha, 'Re-run');
  await until('attempt 2 is there', () => attempt() === 2);
  await until('it is sent', async () => (await team.rows('select 1 from changes where rerun_sent_at is not null'))[0]);
  await quiet(team);
  const heal = team.github.fail('run', { kind: 'status', status: 500 }, 1_000);
  await team.rows("update changes set rerun_sent_at = now() - interval '61 seconds'");
  await hurry(team, 're-run staging');
  await until('the run was asked', () => team.github.calls({ route: 'run', status: 500 }).length > 0);
  expect(await lines()).toEqual(['re-run asked']);
  heal();
  await hurry(team, 're-run staging');
  await card(team, sha, ['staging runs again'], []);
  expect(await lines()).toEqual(['re-run asked']);
});

test('a Re-run that GitHub refuses for good takes the button away, and says why and what to do', async () => {
  const message = 'Unable to retry this workflow run because it was created over a month ago';
  team.github.fail('rerun-failed-jobs', { kind: 'status', status: 403, body: { message } });
  await press(team, BOB, sha, 'Re-run');
  await card(team, sha, ['failed staging', 'will not run it again', 'over a month ago', 'A new push'], []);
  await until('Bob is told', () =>
    [...team.slack.ephemerals(BOB), ...team.slack.dms(BOB)].some((one) => plainText(one).includes('over a month ago')),
  );
  // A new attempt, started by hand in GitHub, is a new start.
  await team.github.rerun(runId, { actor: 'octocat' });
  await team.github.completeRun(runId, { conclusion: 'failure' });
  await card(team, sha, ['failed staging', 'attempt 2'], ['Re-run']);
});

test('a Re-run that GitHub refuses for want of a permission keeps the button', async () => {
  const body = { message: 'Resource not accessible by integration' };
  team.github.fail('rerun-failed-jobs', { kind: 'status', status: 403, body });
  await press(team, BOB, sha, 'Re-run');
  await until('Bob is told', () =>
    [...team.slack.ephemerals(BOB), ...team.slack.dms(BOB)].some((one) => plainText(one).includes('not accessible')),
  );
  await card(team, sha, ['failed staging'], ['Re-run']);
});

test('a Re-run of a run in which no job failed runs all of its jobs again', async () => {
  const body = { message: 'This workflow run cannot be retried' };
  team.github.fail('rerun-failed-jobs', { kind: 'status', status: 403, body });
  await press(team, BOB, sha, 'Re-run');
  await until('attempt 2 is there', () => attempt() === 2);
  expect([asked().length, team.github.calls({ route: 'rerun' }).length]).toEqual([1, 1]);
  await team.github.startRun(runId);
  await card(team, sha, ['staging runs again'], []);
  expect(await lines()).toEqual(['re-run asked']);
});
