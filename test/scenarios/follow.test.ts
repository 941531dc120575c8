import type { Fault } from '../../sandbox/github/faults.js';
import { plainText } from '../../sandbox/slack/reading.js';
import { card, counts, hurry, land, press, quiet, stands, start } from '../support/releases.js';
import { ALICE, configOf, OPS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
const begin = async (config = configOf()) => {
  team = await startTeam({ config });
};
afterEach(() => team.stop());

test('the card shows the jobs as they progress, and live at the end', async () => {
  await begin();
  const { github } = team;
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  await github.advance(run, { job: 'deploy', status: 'in_progress' });
  await card(team, sha, ['deploying', 'deploy', 'smoke test'], ['Cancel']);
  const jobs = async () =>
    (
      (
        await team.rows<{ jobs: { name: string; status: string; conclusion: string }[] }>(
          'select jobs from deployments',
        )
      )[0]?.jobs ?? []
    ).map((job) => `${job.name} ${job.conclusion ?? job.status}`);
  await until('the first job runs', async () => (await jobs()).join() === 'deploy in_progress,smoke test queued');
  await github.advance(run, { job: 'deploy', status: 'completed' });
  await github.advance(run, { job: 'smoke test', status: 'in_progress' });
  await until('the second job runs', async () => (await jobs()).join() === 'deploy success,smoke test in_progress');
  await github.completeRun(run, { conclusion: 'success' });
  await stands(team, sha, 'live');
  await card(team, sha, ['live', 'alice'], []);
});

test('the card of a failed run names the failing job and step and offers Retry', async () => {
  await begin();
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  const steps = [{ name: 'Check health', conclusion: 'failure' as const }];
  await team.github.completeRun(run, {
    conclusion: 'failure',
    jobs: [{ name: 'smoke test', conclusion: 'failure', steps }],
  });
  await stands(team, sha, 'failed');
  await card(team, sha, ['failed in production', 'smoke test', 'Check health'], ['Retry']);
});

test.each(['timed_out', 'startup_failure', 'action_required', 'stale', 'neutral', 'skipped'] as const)(
  'a run that ends as %s is not live',
  async (conclusion) => {
    await begin();
    const sha = await land(team);
    const run = await start(team, ALICE, sha);
    await team.github.completeRun(run, { conclusion });
    expect((await stands(team, sha, 'failed')).reason).toBe(conclusion);
    await card(team, sha, ['failed in production'], ['Retry']);
    expect(await team.rows('select live_deployment_id from services')).toEqual([{ live_deployment_id: null }]);
  },
);

test('a run cancelled on GitHub is shown as cancelled, with Deploy back on the card', async () => {
  await begin();
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  await team.github.completeRun(run, { conclusion: 'cancelled' });
  await stands(team, sha, 'cancelled');
  await card(team, sha, ['cancelled on GitHub'], ['Deploy', 'What ships']);
});

test.each(['duplicate', 'reordered'] as const)('deliveries that come %s lead to the same end', async (mode) => {
  await begin();
  team.github.setWebhooks(mode);
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  await team.github.startRun(run);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, sha, 'live');
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  const kinds = (await team.rows<{ kind: string }>('select kind from ledger order by seq')).map((row) => row.kind);
  expect(kinds).toEqual(['staging passed', 'requested', 'dispatching', 'deploying', 'live']);
});

test('the end of a run is found without a webhook', async () => {
  await begin();
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  team.github.setWebhooks('off');
  await team.github.completeRun(run, { conclusion: 'failure' });
  await stands(team, sha, 'failed', 15_000);
  await card(team, sha, ['failed in production', 'smoke test'], ['Retry']);
});

test('without webhooks polling finds everything from the push to live', async () => {
  await begin(configOf().replace('{ webhooks: true, poll: 1h }', '{ webhooks: false, poll: 1s }'));
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, sha, 'live', 15_000);
  await card(team, sha, ['live'], []);
  await quiet(team);
  expect(team.github.deliveries.every((one) => one.status === 404)).toBe(true);
  expect(team.production()).toHaveLength(1);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
}, 45_000);

test.each<[string, Fault, string]>([
  ['refuses to show', { kind: 'status', status: 404, body: { message: 'Not Found' } }, '1 second'],
  ['has given no answer about for ten minutes', { kind: 'status', status: 500 }, '601 seconds'],
])('the jobs of an ended deployment that GitHub %s are not asked for any more', async (_, fault, ago) => {
  await begin();
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  team.github.fail('attempt-jobs', fault, 1_000);
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, sha, 'live');
  await team.rows('update deployments set ended_at = now() - $1::interval', [ago]);
  await until('nobody follows it any more', async () => {
    await hurry(team, 'follow');
    await quiet(team);
    const [left] = await team.rows("select 1 from graphile_worker.jobs where task_identifier = 'follow'");
    return left === undefined;
  });
  await card(team, sha, ['live'], []);
});

test('the jobs of a failed deployment are requested until GitHub answers', async () => {
  await begin();
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  const heal = team.github.fail('attempt-jobs', { kind: 'status', status: 500 }, 1_000);
  await team.github.completeRun(run, { conclusion: 'failure' });
  await card(team, sha, ['failed in production', 'For the failing job, see the run'], ['Retry']);
  await quiet(team);
  heal();
  await hurry(team, 'follow');
  await card(team, sha, ['failed in production', 'smoke test'], ['Retry']);
});

describe('a run that exceeds its timeout', () => {
  const impatient = configOf({ service: '    timeout: 1s' });

  async function hung(started: boolean): Promise<{ sha: string; run: number }> {
    await begin(impatient);
    const sha = await land(team);
    const run = await start(team, ALICE, sha);
    if (started) await team.github.startRun(run);
    await stands(team, sha, 'hung', 20_000);
    await card(team, sha, ['hung', 'since', 'longer than 1 s'], ['Cancel']);
    await until('the operators are told', () => team.slack.dms(OPS).some((one) => plainText(one).includes('hung')));
    return { sha, run };
  }

  test('is hung and keeps the service until it ends', async () => {
    const { sha, run } = await hung(true);
    const next = await land(team, 'Add a basket');
    await press(team, ALICE, next, 'Deploy');
    await stands(team, next, 'queued');
    await quiet(team);
    expect(team.production()).toHaveLength(1);
    await team.github.completeRun(run, { conclusion: 'success' });
    await stands(team, sha, 'live');
    await stands(team, next, 'deploying');
    expect(team.slack.dms(OPS).filter((one) => plainText(one).includes(sha.slice(0, 7)))).toHaveLength(1);
  }, 60_000);

  test('is hung even if it never starts, and Cancel ends it', async () => {
    const { sha, run } = await hung(false);
    await press(team, ALICE, sha, 'Cancel');
    await stands(team, sha, 'cancelled', 20_000);
    expect(team.github.run(run)).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
    await card(team, sha, ['cancelled by alice'], ['Deploy', 'What ships']);
  }, 60_000);
});
