import { pressed, readyAgain, saysWhy, type Told, teamBehindWay, wasTrue } from '../support/outage.js';
import { counts, dispatches, land, quiet, stands, withButton } from '../support/releases.js';
import { ALICE, BOB, type Team } from '../support/team.js';

/** The database answers, and takes its time: what was told for certain is true when all has arrived. */

let all: Awaited<ReturnType<typeof teamBehindWay>>;
let team: Team;
let way: typeof all.way;
let port: number;
beforeEach(async () => {
  all = await teamBehindWay();
  ({ team, way, port } = all);
});
afterEach(() => all.stop());

/** A change with Deploy, and one connection for presses that is open. */
async function aCard() {
  const sha = await land(team);
  const on = await withButton(team, sha, 'Deploy');
  expect(await pressed(team, BOB, on)).toBe('saved');
  await quiet(team);
  return { sha, on };
}

test('a press saved too late is not reported as unrecorded: it is carried out, and a second press starts nothing more', async () => {
  const { sha, on } = await aCard();
  way.slow(() => 1_500);
  expect(await pressed(team, ALICE, on)).toBe('not certain');
  await saysWhy(port, 'no answer in time');
  way.slow(() => 0);
  await readyAgain(port);
  // Its card may have lost the button already.
  await pressed(team, ALICE, on).catch(() => {});
  await stands(team, sha, 'deploying', 30_000);
  await quiet(team);
  expect(await counts(team, 'deployments', 'approvals')).toEqual([1, 1]);
  expect(dispatches(team)).toHaveLength(1);
}, 90_000);

test.each([700, 1_200, 3_000])(
  'each piece takes %i ms: nobody is told what is not so',
  async (ms) => {
    const { on } = await aCard();
    const people = Array.from({ length: 6 }, (_, n) => `U0MANY${n}`);
    for (const id of people) team.slack.addUser({ id, name: id.toLowerCase() });
    way.slow(() => ms);
    const told = new Map<string, Told>();
    // Two on what is open already, then those for whom another connection is needed.
    await Promise.all(people.map(async (user) => told.set(user, await pressed(team, user, on))));
    way.slow(() => 0);
    await readyAgain(port);
    await quiet(team, 30_000);
    await wasTrue(team, told);
  },
  90_000,
);
