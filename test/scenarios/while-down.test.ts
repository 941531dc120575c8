import { plainText } from '../../sandbox/slack/reading.js';
import { card, land, press, stands } from '../support/releases.js';
import { ALICE, configOf, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** What ran out while every replica was down is over when one is back, and those whom it concerns are told. */

let team: Team;
afterEach(() => team.stop());
const HOUR = 3_600_000;

test('after an outage of all replicas an overdue approval expires, an overdue lock opens and an overdue run is hung', async () => {
  team = await startTeam({
    movableClock: true,
    config: configOf({ service: '    approvals: { required: 1, from: [U0BOB], expires: 2h }' }),
  });
  const first = await land(team);
  await press(team, ALICE, first, 'Deploy');
  await press(team, 'U0BOB', first, 'Approve');
  await stands(team, first, 'deploying');
  const second = await land(team, 'Add a till');
  await press(team, ALICE, second, 'Deploy');
  await stands(team, second, 'waiting');
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'lock shop for 1h Fair in town' });
  await team.told(ALICE, 'shop is locked');
  await Promise.all(team.running.splice(0).map((one) => one.stop()));
  await team.moveClock(3 * HOUR);
  team.point(await team.start());
  expect((await stands(team, second, 'expired')).reason).toBe('approvals missing: 0 of 1');
  await card(team, second, ['passed staging', 'expired: approvals missing: 0 of 1'], ['Deploy', 'What ships']);
  await until('Alice is told', () => team.slack.dms(ALICE).some((one) => plainText(one).includes('has expired')));
  await card(team, first, ['hung since'], ['Cancel']);
  await until('the lock is off', async () => (await team.rows('select 1 from services where lock_by is null')).length);
});
