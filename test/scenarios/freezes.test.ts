import { card, land, press, quiet, short, stands, start } from '../support/releases.js';
import { ALICE, configOf, DAVE, SHOP, startTeam, type Team } from '../support/team.js';

/** A freeze window, as the team meets it: it shuts by itself, refuses, holds up what waits, and opens by itself. */

let team: Team;
afterEach(() => team.stop());
const MINUTE = 60_000;
/** Wall time in UTC, so many minutes from now. */
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * MINUTE).toISOString().slice(11, 16);

test('a freeze window removes Deploy, refuses commands and holds the queue, which resumes when it ends', async () => {
  const days = '[mon, tue, wed, thu, fri, sat, sun]';
  const window = `{ days: ${days}, from: "${inMinutes(30)}", to: "${inMinutes(90)}", reason: Stocktaking }`;
  const config = configOf({ top: 'timezone: Etc/UTC', service: `    freezes: [${window}]` });
  team = await startTeam({ replicas: 2, config, movableClock: true });
  const first = await land(team);
  const run = await start(team, ALICE, first);
  const second = await land(team, 'Add a till');
  await press(team, DAVE, second, 'Deploy');
  await card(team, second, ['queued, place 2'], ['Withdraw']);
  const third = await land(team, 'Add a basket');
  await card(team, third, ['passed staging'], ['Deploy', 'What ships']);
  // The clock shuts it: nobody has pressed anything.
  await team.moveClock(31 * MINUTE);
  await card(team, third, ['frozen: Stocktaking', 'until'], ['Why not?', 'What ships'], 30_000);
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${short(third)}` });
  await team.told(ALICE, 'shop is frozen: Stocktaking', 'It can be deployed from');
  await team.github.completeRun(run, { conclusion: 'success' });
  await card(team, second, ['Waiting since', 'frozen: Stocktaking'], ['Withdraw']);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  // A roll back would pass it; what waits goes on by itself when it is over.
  await team.moveClock(60 * MINUTE);
  await stands(team, second, 'deploying', 30_000);
  await card(team, second, ['deploying', 'It waited from', 'frozen: Stocktaking'], ['Cancel']);
  await card(team, third, ['passed staging'], ['Deploy', 'What ships']);
}, 120_000);
