import { pollNow } from '../support/deliveries.js';
import { deliveryStatus, pressed, readyAgain, saysWhy } from '../support/outage.js';
import { ALICE, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
});
afterEach(() => team.stop());

/** Ends every connection of the replicas, as a restart of the server does. */
const cut = () =>
  team.rows(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'pushbutton' and pid <> pg_backend_pid()`,
  );

test('a replica survives repeated loss of its database connections: the run goes live, and the next card is posted', async () => {
  const { github } = team;
  const first = await github.land('acme/shop', { title: 'Before' });
  await team.card(first.sha, 'passed staging');
  // A slow GitHub keeps jobs under way while their connections are cut.
  github.fail('run', { kind: 'slow', ms: 300 }, 6);
  await team.press(ALICE, first.sha, 'Deploy');
  const run = await until('a production run', () => team.production()[0]);
  for (let round = 0; round < 12; round += 1) {
    await cut();
    await until('a moment', () => true);
    await github.advance(run.id, { job: 'deploy', status: 'in_progress' }).catch(() => {});
  }
  await github.completeRun(run.id, { conclusion: 'success' });
  await until(
    'the deployment is live',
    async () => (await team.rows("select 1 from deployments where status = 'live'"))[0],
    25_000,
  );
  expect(team.production()).toHaveLength(1);

  const second = await github.land('acme/shop', { title: 'After' });
  const card = await until(
    'the next card',
    () => team.cards().find((one) => one.words.includes(second.sha.slice(0, 7)) && one.buttons.includes('Deploy')),
    20_000,
  );
  expect(card.words).toContain('passed staging');
});

test('a workflow file that GitHub does not know is a warning in readiness, which stays ready, until it is there', async () => {
  const at = `http://127.0.0.1:${team.running[0]?.port}/readyz`;
  team.github.fail('workflow-runs', { kind: 'status', status: 404 }, Number.POSITIVE_INFINITY);
  await pollNow(team);
  const read = async () => (await fetch(at)).json() as Promise<{ ready: boolean; warnings: string[] }>;
  const told = await until('a warning', async () => {
    const now = await read();
    return now.warnings.some((one) => one.includes('acme/shop') && one.includes('staging.yml')) && now;
  });
  expect(told.ready).toBe(true);
  expect(told.warnings.join()).toContain('404');
  team.github.heal();
  await pollNow(team);
  await until('no warning', async () => (await read()).warnings.length === 0);
});

test('when the database becomes a standby, readiness, presses and deliveries report it, and work resumes once it takes writes', async () => {
  const { sha } = await team.github.land('acme/shop', { title: 'Add prices' });
  const on = await team.card(sha, 'passed staging');
  const database = new URL(team.databaseUrl).pathname.slice(1);
  const port = team.running[0]?.port;
  // As after a failover: new connections reach a server that answers, and takes nothing.
  await team.rows(`alter database ${database} set default_transaction_read_only = on`);
  await cut();
  // A connection that was cut does not answer at first; whichever is opened then is read-only.
  await saysWhy(port, 'is read-only');
  expect(await pressed(team, ALICE, on)).toBe('not saved');
  expect(await deliveryStatus(team)).toBe(503);
  // The connections that it has are good for nothing: they are opened anew by themselves.
  await team.rows(`alter database ${database} reset default_transaction_read_only`);
  await readyAgain(port);
  await team.press(ALICE, sha, 'Deploy');
  await until('a production run', () => team.production()[0], 30_000);
  expect(await team.rows('select status from deployments')).toHaveLength(1);
}, 90_000);
