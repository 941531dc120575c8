import { polledOnce } from '../support/deliveries.js';
import { card, deploymentsOf, land, press, start } from '../support/releases.js';
import { ALICE, configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
afterEach(() => team.stop());

const NAMES = ['web', 'api', 'mail'];
const services = NAMES.map(
  (name) => `
  - name: ${name}
    repository: acme/mono
    staging: { workflow: ${name}-staging.yml }
    production: { workflow: ${name}-production.yml }
    channel: C0SHOP
    deployers: [U0ALICE]`,
).join('');

const jobs = async (run: number) =>
  (await team.rows("select 1 from inbox where command->>'type' = 'job moved' and command->'runId' = $1", [run])).length;

/** GitHub tells of one job of a run; the bot has answered when this resolves. */
const tells = (repository: { id: number; full_name: string }, run: number, job: number) =>
  team.github.deliver('workflow_job', {
    action: 'queued',
    repository,
    workflow_job: { id: job, run_id: run, status: 'queued' },
  });

test('job events of an unrelated matrix workflow are dropped, and a press is recorded at once', async () => {
  team = await startTeam({ config: configOf({ services }) });
  const workflows = NAMES.flatMap((name) => [
    { ...STAGING, file: `${name}-staging.yml` },
    { ...PRODUCTION, file: `${name}-production.yml` },
  ]);
  const { id } = team.github.addRepository({ fullName: 'acme/mono', defaultBranch: 'main', workflows });
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  const mono = { id, full_name: 'acme/mono' };
  await Promise.all(Array.from({ length: 256 }, (_, job) => tells(mono, 77, job)));
  await press(team, ALICE, sha, 'Deploy');
  await until('it is recorded', async () => (await deploymentsOf(team, sha)).length === 1);
  expect(await jobs(77)).toBe(0);
});

test('a press is handled before hundreds of waiting job events', async () => {
  team = await startTeam();
  await polledOnce(team);
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  await team.rows(
    `insert into inbox (key, command, due_at)
     select 'flood ' || n, '{"type": "job moved", "service": "shop", "runId": 77}', now() - interval '1 minute'
     from generate_series(1, 3000) n`,
  );
  await press(team, ALICE, sha, 'Deploy');
  await until('it is recorded', async () => (await deploymentsOf(team, sha)).length === 1);
  const [row] = await team.rows<{ left: number }>(
    'select count(*)::int as left from inbox where handled_at is null and due_at < now()',
  );
  expect(row?.left).toBeGreaterThan(500);
});

test('a job event of a Pushbutton run is saved', async () => {
  team = await startTeam();
  await polledOnce(team);
  const run = await start(team, ALICE, await land(team));
  await team.github.advance(run, { job: 'deploy', status: 'in_progress' });
  await until('it is in the inbox', async () => (await jobs(run)) > 0);
});
