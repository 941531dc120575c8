import { plainText } from '../../sandbox/slack/reading.js';
import { card, land, press, quiet, release, short, stands } from '../support/releases.js';
import { ALICE, BOB, configOf, DAVE, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** A team that wants to watch each deployment for half an hour before the next. */

let team: Team;
afterEach(() => team.stop());
const MINUTE = 60_000;
const type = (user: string, text: string) => team.slack.command({ user, channel: SHOP, text });
const paced = async (more = '') => {
  const config = configOf({ service: `    every: 30m\n    override: [U0BOB]\n${more}` });
  team = await startTeam({ replicas: 2, config, movableClock: true });
  const first = await land(team);
  await release(team, first);
  return first;
};
const finish = async (sha: string) => {
  const row = await stands(team, sha, 'deploying', 30_000);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'live');
};
/** From each start that was sent to the next, in minutes. */
const apart = async () =>
  (
    await team.rows<{
      minutes: number | null;
    }>(`select (extract(epoch from sent_at - lag(sent_at) over (order by sent_at))
      / 60)::float8 as minutes from deployments where sent_at is not null order by sent_at`)
  ).flatMap(({ minutes }) => minutes ?? []);

test('a second deployment is queued, says until when and why, and starts by itself half an hour after the first', async () => {
  const first = await paced();
  const second = await land(team, 'Add a till');
  await type(ALICE, 'why shop');
  await team.told(ALICE, 'can be deployed by you now', 'It starts not before', 'at least 30 min pass', short(first));
  await press(team, DAVE, second, 'Deploy');
  const why = ['Not before', 'at least 30 min pass between two deployments', `${short(first)} was sent`];
  await card(team, second, ['queued, place 1', ...why], ['Withdraw']);
  await type(BOB, 'status shop');
  await team.told(BOB, 'queued, place 1', 'the next starts not before', 'at least 30 min');
  await until('the thread tells it', () =>
    team.slack.workspace.messages.some((one) => plainText(one).includes('Waiting, not before')),
  );
  const waits = await team.rows("select reason, detail->>'every_ms' as every from ledger where kind = 'waits'");
  expect(waits).toEqual([{ reason: 'paced: at least 30 min between two deployments', every: '1800000' }]);
  await team.moveClock(29 * MINUTE);
  await quiet(team);
  await stands(team, second, 'queued');
  await team.moveClock(MINUTE);
  await finish(second);
  expect((await apart()).every((minutes) => minutes >= 30)).toBe(true);
  await card(team, second, ['live'], ['Roll back']);
  expect(await team.rows("select 1 from ledger where kind = 'waits'")).toHaveLength(1);
}, 120_000);

test('what waits for the pace can be withdrawn', async () => {
  await paced();
  const second = await land(team, 'Add a till');
  await press(team, DAVE, second, 'Deploy');
  await card(team, second, ['queued', 'Not before'], ['Withdraw']);
  await press(team, DAVE, second, 'Withdraw');
  await stands(team, second, 'withdrawn');
  await team.moveClock(31 * MINUTE);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
}, 60_000);

test('Roll back and break glass do not wait, and the next Deploy counts from them', async () => {
  const first = await paced();
  await team.moveClock(31 * MINUTE);
  const second = await land(team, 'Add a till');
  await press(team, ALICE, second, 'Deploy');
  await finish(second);
  await type(ALICE, 'rollback shop');
  await finish(first);
  const third = await land(team, 'Add a basket');
  await type(BOB, `deploy shop ${short(third)} --override Prices are wrong`);
  await finish(third);
  const fourth = await land(team, 'Add a voucher');
  await press(team, ALICE, fourth, 'Deploy');
  await card(team, fourth, ['queued', 'Not before', short(third)], ['Withdraw']);
  // A rollback goes past what waits.
  await type(ALICE, 'rollback shop');
  await stands(team, first, 'deploying', 30_000);
  await team.github.completeRun(Number((await stands(team, first, 'deploying')).run_id), { conclusion: 'success' });
  await card(team, fourth, ['queued', 'Not before', short(first)], ['Withdraw'], 30_000);
  await team.moveClock(30 * MINUTE);
  await finish(fourth);
  expect((await apart()).map((minutes) => minutes >= 30)).toEqual([true, false, false, false, true]);
}, 120_000);

test('a lock outlasts the pace, and the card says the one that keeps it', async () => {
  await paced();
  const second = await land(team, 'Add a till');
  await press(team, DAVE, second, 'Deploy');
  await card(team, second, ['queued', 'Not before'], ['Withdraw']);
  await type(ALICE, 'lock shop The fair is on');
  await team.moveClock(31 * MINUTE);
  await card(team, second, ['queued', 'Waiting since', 'locked by alice: The fair is on'], ['Withdraw'], 30_000);
  await type(ALICE, 'unlock shop');
  await stands(team, second, 'deploying', 30_000);
}, 60_000);

test('what deploys itself holds until the pace allows it, and a newer change takes its place meanwhile', async () => {
  const first = await paced('    mode: continuous\n    hold: 10m\n');
  const second = await land(team, 'Add a till');
  const why = ['deploying in', 'Not before', 'at least 30 min', short(first)];
  await card(team, second, why, ['Hold', 'Deploy now', 'What ships']);
  await team.moveClock(15 * MINUTE);
  await quiet(team);
  expect(team.production()).toHaveLength(1);
  const third = await land(team, 'Add a basket');
  await card(team, second, ['superseded by'], []);
  await team.moveClock(16 * MINUTE);
  const row = await stands(team, third, 'deploying', 30_000);
  expect(row.requested_by).toBe('pushbutton');
  expect(await apart()).toEqual([expect.any(Number)]);
  expect((await apart())[0]).toBeGreaterThanOrEqual(30);
}, 60_000);
