import { plainText } from '../../sandbox/slack/reading.js';
import { card, land, quiet, release, stands } from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, OPS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** What deploys itself was asked for by nobody: somebody is told all the same when its run needs a hand. */

let team: Team;
afterEach(() => team.stop());
const MINUTE = 60_000;
const told = (user: string) => team.slack.dms(user).map(plainText).join('\n');

/** A run that deploys itself outlives its time. */
async function hung(change: (config: string) => string): Promise<void> {
  const service = '    mode: continuous\n    hold: 10m\n    timeout: 30m';
  team = await startTeam({ config: change(configOf({ service })), movableClock: true });
  const first = await land(team);
  await release(team, first, DAVE);
  const second = await land(team, 'Add a till');
  await card(team, second, ['deploying in'], ['Hold', 'Deploy now', 'What ships']);
  await team.moveClock(10 * MINUTE);
  await stands(team, second, 'deploying');
  await team.moveClock(31 * MINUTE);
  await stands(team, second, 'hung', 30_000);
}

test('a hung automatic deployment without operators is reported to the deployers named in the config', async () => {
  await hung((config) => config.replace('operators: [U0OPS]', ''));
  await until('Alice is told', () => told(ALICE).includes('is hung'));
  await quiet(team);
  expect([told(DAVE), told(BOB)]).toEqual(['', '']);
}, 60_000);

test('a hung automatic deployment without operators is reported to group members if only groups deploy', async () => {
  await hung((config) => config.replace('operators: [U0OPS]', '').replace('[U0ALICE, S0DEPLOY]', '[S0DEPLOY]'));
  await until('Dave is told', () => told(DAVE).includes('is hung'));
  await quiet(team);
  expect([told(ALICE), told(BOB)]).toEqual(['', '']);
}, 60_000);

test('an operator who has left is not messaged forever, and the other one is told', async () => {
  await hung((config) => config.replace('[U0OPS]', '[U0GONE, U0OPS]'));
  await until('the operator is told', () => told(OPS).includes('is hung'));
  await until('nobody else is tried any more', async () => {
    const left = await team.rows("select 1 from graphile_worker.jobs where task_identifier = 'tell operators'");
    return left.length === 0;
  });
}, 60_000);
