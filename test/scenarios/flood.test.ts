import { polledOnce } from '../support/deliveries.js';
import { AUTHOR, card, deploymentsOf, land, press, stands, start, withButton } from '../support/releases.js';
import { ALICE, anotherService, configOf, PRODUCTION, SHOP, STAGING, startTeam, type Team } from '../support/team.js';
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

test('a repository that tells of 200 jobs at a time: all are accepted, presses are decided, and its run is followed', async () => {
  team = await startTeam({ config: configOf({ services: anotherService('till', SHOP) }) });
  const { id } = team.github.addRepository({
    fullName: 'acme/till',
    defaultBranch: 'main',
    workflows: [STAGING, PRODUCTION],
  });
  await polledOnce(team);
  const till = await team.github.land('acme/till', { title: 'Add a till', author: AUTHOR });
  const run = await start(team, ALICE, till.sha);
  const sha = await land(team);
  const { ts } = await withButton(team, sha, 'Deploy');
  const wave = (n: number) =>
    Promise.all(
      Array.from({ length: 200 }, (_, job) => tells({ id, full_name: 'acme/till' }, run, 1_000 + n * 200 + job)),
    );
  const waves = [wave(0), wave(1), wave(2)];
  await team.slack.click({ user: ALICE, channel: SHOP, ts, button: 'Deploy' });
  await until('it is recorded', async () => (await deploymentsOf(team, sha)).length === 1);
  waves.push(wave(3), wave(4));
  const answers = (await Promise.all(waves)).flat().map(({ status }) => status);
  expect(answers).toEqual(Array(1_000).fill(202));
  await team.github.completeRun(run, { conclusion: 'success' });
  await stands(team, till.sha, 'live');
  const left = () => team.rows('select from inbox where handled_at is null');
  await until('nothing is left in the inbox', async () => (await left()).length === 0);
  expect(await jobs(run)).toBeGreaterThan(1_000);
  expect(await team.rows("select from ledger where service = 'till' and kind = 'live'")).toHaveLength(1);
});
