/** Results that come late, not at all, or after the press. */

import { pollNow } from '../support/deliveries.js';
import { card, deploymentsOf, hurry, press, quiet, stands, told, whileInboxLocked } from '../support/releases.js';
import { requiringTeam, results } from '../support/results.js';
import { ALICE, DAVE, SHOP, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
afterEach(() => team.stop());

const BUTTONS = ['Deploy', 'What ships'];
const MINUTE = 60_000;
const type = (user: string, text: string) => team.slack.command({ user, channel: SHOP, text });
const landed = async () => (await team.github.land('acme/shop', { title: 'Add prices' })).sha;
const allGreen = async (sha: string) => {
  const { e2e, scan, legacy } = results(team, sha);
  const run = await e2e();
  await Promise.all([scan(), legacy()]);
  await card(team, sha, ['passed staging'], BUTTONS);
  return run;
};

test('what is not there after half an hour is called missing, and may still arrive', async () => {
  team = await requiringTeam({ replicas: 2, movableClock: true });
  const sha = await landed();
  const { e2e, scan, legacy } = results(team, sha);
  await Promise.all([e2e(), scan()]);
  await card(team, sha, ['waits for results', 'ci/legacy (jenkins-acme): not there yet'], []);
  await team.moveClock(31 * MINUTE);
  await hurry(team, 'read results');
  await card(team, sha, ['waits for results', 'ci/legacy (jenkins-acme): missing'], []);
  await type(ALICE, `deploy shop ${sha}`);
  await told(team, ALICE, 'ci/legacy (jenkins-acme)', 'is missing');
  await legacy();
  await card(team, sha, ['passed staging'], BUTTONS);
});

test('a result turns red while the deployment waits for approval: it cannot be approved, and nothing starts', async () => {
  team = await requiringTeam({ service: '    approvals: { required: 1 }' });
  const sha = await landed();
  const run = await allGreen(sha);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'waiting');
  await team.github.rerun(run, { actor: 'octocat' });
  await team.github.completeRun(run, { conclusion: 'failure' });
  await until('it is known', async () => (await team.rows("select 1 from ledger where kind = 'result failed'"))[0]);
  await press(team, DAVE, sha, 'Approve');
  await told(team, DAVE, 'failed staging', 'e2e.yml (deployment_status)');
  await quiet(team);
  expect((await deploymentsOf(team, sha)).map(({ status }) => status)).toEqual(['waiting']);
  expect(team.production()).toEqual([]);
  // Green again, it can be approved.
  await team.github.rerun(run, { actor: 'octocat' });
  await team.github.completeRun(run, { conclusion: 'success' });
  await press(team, DAVE, sha, 'Approve');
  await stands(team, sha, 'deploying');
});

test('a result turns red while the deployment is queued: the start is refused, and the requester is told', async () => {
  team = await requiringTeam();
  const first = await landed();
  await allGreen(first);
  await press(team, ALICE, first, 'Deploy');
  const ahead = await stands(team, first, 'deploying');
  const sha = await landed();
  const run = await allGreen(sha);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'queued');
  await team.github.rerun(run, { actor: 'octocat' });
  await team.github.completeRun(run, { conclusion: 'failure' });
  await team.github.completeRun(Number(ahead.run_id), { conclusion: 'success' });
  await stands(team, sha, 'rejected');
  expect(team.production()).toHaveLength(1);
  await card(team, sha, ['failed staging', 'e2e.yml (deployment_status): red'], ['Re-run']);
});

test('a re-run that fails and of which no webhook tells is found in the list that the poll reads anyway', async () => {
  team = await requiringTeam();
  const sha = await landed();
  const run = await allGreen(sha);
  await quiet(team);
  team.github.setWebhooks('off');
  await team.github.rerun(run, { actor: 'octocat' });
  await team.github.completeRun(run, { conclusion: 'failure' });
  const before = team.github.calls({ route: 'check-runs' }).length;
  await pollNow(team);
  await card(team, sha, ['failed staging', 'e2e.yml (deployment_status): red'], ['Re-run']);
  expect(team.github.calls({ route: 'check-runs' }).length).toBe(before);
});

test('continuous: what passed is not deployed before the last result is green', async () => {
  team = await requiringTeam({ service: '    mode: continuous\n    hold: 1s' });
  const first = await landed();
  await allGreen(first);
  await press(team, ALICE, first, 'Deploy');
  const { run_id } = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
  const sha = await landed();
  const { e2e, scan, legacy } = results(team, sha);
  await Promise.all([e2e(), scan()]);
  await card(team, sha, ['waits for results'], []);
  await team.rows("update changes set seen_at = seen_at - interval '1 hour'");
  await quiet(team);
  expect(await deploymentsOf(team, sha)).toEqual([]);
  await legacy();
  await stands(team, sha, 'deploying');
});

test('what was reported before the change was known is read once it is', async () => {
  team = await requiringTeam();
  const { sha, runId } = await team.github.push('acme/shop', { title: 'Add prices', silent: true });
  const { e2e, scan, legacy } = results(team, sha);
  await Promise.all([e2e(), scan(), legacy()]);
  await quiet(team);
  expect(await team.rows('select 1 from changes where sha = $1', [sha])).toEqual([]);
  await team.github.completeRun(runId, { conclusion: 'success' });
  await card(team, sha, ['passed staging'], BUTTONS);
});

test('a run that the push run of another workflow started says in its name which commit it tested', async () => {
  const requires = `
    staging:
      workflow: staging.yml
      requires: [{ workflow: after.yml, event: workflow_run }]
`;
  team = await requiringTeam({ requires, workflows: [{ file: 'after.yml', on: ['workflow_run'], jobs: ['smoke'] }] });
  const sha = await landed();
  const newer = await landed();
  const after = async (title: string, conclusion: 'success' | 'failure') => {
    // Its head_sha is the tip of the branch by then.
    const { id } = await team.github.startedBy('acme/shop', 'after.yml', { event: 'workflow_run', title });
    await team.github.completeRun(id, { conclusion });
  };
  await after('Smoke test', 'success');
  await after(`Smoke test of ${sha} beside ${newer}`, 'success');
  await after(`Smoke test of ${sha}`, 'success');
  await card(team, sha, ['passed staging', 'after.yml (workflow_run): green'], BUTTONS);
  await quiet(team);
  const stood = await team.rows('select staging_status from changes where sha = $1', [newer]);
  expect(stood).toEqual([{ staging_status: 'running' }]);
});

test('a check that cannot be saved is answered 503, and found by looking for it', async () => {
  team = await requiringTeam({ deadlines: 'real' });
  const sha = await landed();
  const { e2e, scan, legacy } = results(team, sha);
  await Promise.all([e2e(), legacy()]);
  await card(team, sha, ['waits for results', 'security/scan (snyk): not there yet'], []);
  await quiet(team);
  await whileInboxLocked(team, () => scan().then(() => {}));
  const answered = team.github.deliveries.filter(({ event }) => event === 'check_run').map(({ status }) => status);
  expect(answered).toEqual([503]);
  await hurry(team, 'read results');
  await card(team, sha, ['passed staging'], BUTTONS);
});

test('of changes that wait one behind the other, only the newest is looked for closely', async () => {
  team = await requiringTeam({ poll: '2m' });
  const older = await landed();
  const newer = await landed();
  await results(team, newer).scan();
  await card(team, newer, ['waits for results'], []);
  await quiet(team);
  await hurry(team, 'read results');
  await quiet(team);
  const due = await team.rows<{ key: string; minutes: number }>(
    `select key, round(extract(epoch from run_at - now()) / 60)::int as minutes from graphile_worker.jobs
     where task_identifier = 'read results'`,
  );
  const minutes = (sha: string) => due.find(({ key }) => key.endsWith(sha))?.minutes;
  expect([minutes(older), minutes(newer)]).toEqual([20, 2]);
});
