import { pressed, readyAgain, saysWhy } from '../support/outage.js';
import { card, counts, dispatches, land, press, quiet, stands, start, withButton } from '../support/releases.js';
import { databaseOnSmallDisk } from '../support/small-disk.js';
import { ALICE, BOB, configOf, DAVE, SHOP, startTeam, type Team } from '../support/team.js';

const database = await databaseOnSmallDisk();
if ('why' in database) console.warn(`LEFT OUT, no disk can be mounted here: ${database.why}`);

let team: Team;
const maybe = 'why' in database ? test.skip : test;
afterAll(() => team?.stop());

maybe(
  'when the database disk is full, readiness, presses and deliveries report it, and work resumes once there is room',
  async () => {
    if ('why' in database) return;
    team = await startTeam({ pauses: 'real', database, config: configOf().replace('poll: 1h', 'poll: 5s') });
    const port = team.running[0]?.port;
    const before = await land(team, 'Before');
    const run = await start(team, ALICE, before);
    const sha = await land(team);
    const on = await withButton(team, sha, 'Deploy');
    await quiet(team);

    await database.fill();
    await saysWhy(port, 'has no room left on its disk');
    // A press may still find room in the pages that there are: it is saved then, and decided. Of one who may not, so that the card
    // keeps its Deploy.
    const early = await pressed(team, BOB, on);
    // What is tried again meanwhile makes a little room.
    for (let press = early, tries = 0; press === 'saved'; tries += 1) {
      expect(tries).toBeLessThan(20);
      await database.fillInbox();
      press = await pressed(team, BOB, on);
    }
    // So may a delivery: another one comes until one is not saved.
    const landed: string[] = [];
    const isLost = (sha: string) =>
      team.github.deliveries.some(
        ({ event, body, status }) => event === 'workflow_run' && body.includes(sha) && status === 503,
      );
    do {
      expect(landed.length).toBeLessThan(20);
      await database.fillInbox();
      landed.push((await team.github.land('acme/shop', { title: `Lost on the way ${landed.length}` })).sha);
    } while (!isLost(landed.at(-1) ?? ''));
    const lost = { sha: landed.at(-1) ?? '' };
    await team.github.completeRun(run, { conclusion: 'success' });
    await saysWhy(port, 'has no room left on its disk');

    await database.free();
    await readyAgain(port);
    await stands(team, before, 'live', 30_000);
    // The delivery that was lost is polled; its change is the newest, and carries what was there before.
    await card(team, lost.sha, ['passed staging'], ['Deploy', 'What ships'], 30_000);
    await press(team, DAVE, lost.sha, 'Deploy');
    await stands(team, lost.sha, 'deploying', 30_000);
    expect(await counts(team, 'deployments', 'approvals')).toEqual([2, 2]);
    expect(dispatches(team)).toHaveLength(2);
    expect(team.slack.messages(SHOP)).toHaveLength(2 + landed.length);
    console.info(`${early}: a press while the disk was full and the inbox was not`);
  },
  120_000,
);
