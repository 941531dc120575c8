import { deliveryStatus, pressed, readyAgain, readyz, saysWhy } from '../support/outage.js';
import { ownedDatabase } from '../support/postgres.js';
import { counts, dispatches, land, quiet, stands, start, withButton } from '../support/releases.js';
import { ALICE, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** A server or a role has so many connections and no more. The replica runs as a role for which that holds: no superuser. */

let team: Team;
let role: string;
let port: number;
beforeEach(async () => {
  const database = await ownedDatabase();
  role = database.role;
  team = await startTeam({ pauses: 'real', database, replicas: 0 });
  const replica = await team.start(database.ownerUrl);
  team.point(replica);
  port = replica.port;
});
afterEach(() => team.stop());

/** From now on the role has so many connections, and those that it had are gone. */
async function limitTo(connections: number): Promise<void> {
  await team.rows(`alter role ${role} connection limit ${connections}`);
  await team.rows('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
}

test('with no database connection left, readiness, presses and deliveries report it, and work resumes once there are some', async () => {
  const before = await land(team, 'Before');
  const run = await start(team, ALICE, before);
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  await quiet(team);
  const had = await counts(team, 'inbox', 'ledger');
  await limitTo(0);
  await saysWhy(port, 'takes no more connections');
  expect(await pressed(team, ALICE, on)).toBe('not saved');
  expect(await deliveryStatus(team)).toBe(503);
  // What is under way ends meanwhile, and nobody hears of it.
  await team.github.completeRun(run, { conclusion: 'success' });
  expect(await counts(team, 'inbox', 'ledger')).toEqual(had);

  await limitTo(-1);
  await readyAgain(port);
  await stands(team, before, 'live', 30_000);
  await team.press(ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying', 30_000);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([2, 2]);
  expect(dispatches(team)).toHaveLength(2);
}, 90_000);

test('with one database connection left, too few for presses, the replica never reports ready', async () => {
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  await quiet(team);
  for (let round = 0; round < 5; round += 1) {
    await limitTo(1);
    await until('that one is held', async () => {
      const held = await team.rows('select 1 from pg_stat_activity where usename = $1', [role]);
      return held.length === 1;
    });
    const { status, problems } = await readyz(port);
    expect({ status, problems }).toEqual({ status: 503, problems: { database: 'takes no more connections' } });
  }
  await limitTo(-1);
  await readyAgain(port);
  await team.slack.click({ user: ALICE, channel: on.channel, ts: on.ts, button: 'Deploy' });
  await stands(team, sha, 'deploying', 30_000);
  expect(team.production()).toHaveLength(1);
  expect((await readyz(port)).problems).toEqual({});
}, 90_000);

test('while the database role may not log in, readiness says so', async () => {
  await team.rows(`alter role ${role} nologin`);
  await limitTo(-1);
  await saysWhy(port, 'refuses the login');
  await team.rows(`alter role ${role} login`);
  await readyAgain(port);
}, 90_000);
