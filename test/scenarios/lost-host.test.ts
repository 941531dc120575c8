import { pressed, readyAgain, teamBehindWay } from '../support/outage.js';
import { counts, dispatches, land, quiet, stands, start, withButton } from '../support/releases.js';
import { ALICE, BOB, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let all: Awaited<ReturnType<typeof teamBehindWay>>;
let team: Team;
let way: typeof all.way;
let port: number;
beforeEach(async () => {
  all = await teamBehindWay();
  ({ team, way, port } = all);
});
afterEach(() => all.stop());

test('the database host vanishes silently and another takes its place: everything resumes within thirty seconds', async () => {
  const before = await land(team, 'Before');
  const run = await start(team, ALICE, before);
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  await quiet(team);
  // Somebody who may not deploy: a connection for presses is open, and its next press is lost on it.
  expect(await pressed(team, BOB, on)).toBe('saved');
  const since = performance.now();
  way.lose();
  expect(await pressed(team, ALICE, on)).toBe('not certain');
  await team.github.completeRun(run, { conclusion: 'success' });
  await until('a press is saved', async () => (await pressed(team, ALICE, on)) === 'saved');
  await readyAgain(port);
  await stands(team, before, 'live', 30_000);
  await stands(team, sha, 'deploying', 30_000);
  expect(performance.now() - since).toBeLessThan(30_000);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([2, 2]);
  expect(dispatches(team)).toHaveLength(2);
}, 120_000);
