import { plainText } from '../../sandbox/slack/reading.js';
import { card, deploymentsOf, dispatches, land, quiet, stands, start } from '../support/releases.js';
import {
  ALICE,
  anotherService,
  configOf,
  OPS,
  PRODUCTION,
  SHOP,
  STAGING,
  startTeam,
  type Team,
} from '../support/team.js';
import { until } from '../support/until.js';

/** GitHub and Slack are away for an hour, both at once: nothing ends by it, nothing is asked without end, and their return is no flood. */

const MINUTE = 60_000;
const PAY = 'C0PAY';
let team: Team;
beforeEach(async () => {
  team = await startTeam({
    movableClock: true,
    config: configOf({
      service: '    timeout: 30m',
      services: anotherService('pay', PAY, 'timeout: 3h'),
    }),
  });
  team.slack.addChannel({ id: PAY, name: 'pay' });
  team.github.addRepository({ fullName: 'acme/pay', defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
});
afterEach(() => team.stop());

const away = () => {
  team.slack.fail('*', { kind: 'http', status: 503 }, Number.POSITIVE_INFINITY);
  team.github.fail('*', { kind: 'status', status: 502 }, Number.POSITIVE_INFINITY);
};
const back = () => {
  team.slack.clearFaults();
  team.github.heal();
};
/** A change of a repository that has passed, by its card. */
async function ready(repository: string, channel: string) {
  const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
  const { sha } = await team.github.land(repository, { title: 'Add a till', author });
  const { ts } = await until('its card', () => team.cards(channel).find((one) => one.buttons.includes('Deploy')));
  return { sha, ts };
}
const asked = () => team.slack.calls().length + team.github.calls().length;
const told = () => team.slack.dms(OPS).map(plainText);

test('after an hour without GitHub and Slack both runs resume, with no flood of calls or messages', async () => {
  const shop = await land(team);
  const run = await start(team, ALICE, shop);
  const pay = await ready('acme/pay', PAY);
  await quiet(team);
  // One run goes on when they go away; of the other the answer to its start is the last that is lost.
  team.github.setWebhooks('off');
  team.github.fail('dispatch', { kind: 'lost' });
  await team.slack.click({ user: ALICE, channel: PAY, ts: pay.ts, button: 'Deploy' });
  await until('the second run is there', () => team.github.runs('acme/pay', 'production.yml').length === 1);
  away();
  const from = asked();
  await stands(team, pay.sha, 'unknown', 20_000);
  await team.github.completeRun(run, { conclusion: 'success' });
  for (let minute = 10; minute <= 60; minute += 10) {
    await team.moveClock(10 * MINUTE);
    const before = asked();
    await until('they are asked', () => asked() > before + 1, 15_000);
  }
  expect((await deploymentsOf(team, pay.sha)).map((one) => one.status)).toEqual(['unknown']);
  expect((await deploymentsOf(team, shop)).map((one) => one.status)).toEqual(['hung']);
  const during = asked() - from;
  const here = asked();
  back();
  await stands(team, shop, 'live', 30_000);
  await stands(team, pay.sha, 'deploying', 30_000);
  await card(team, shop, ['live'], [], 30_000);
  await quiet(team, 30_000);
  // Tries are minutes apart for whoever reads the database's clock; what is over by then is not said any more.
  expect(during).toBeLessThan(60);
  expect(asked() - here).toBeLessThan(60);
  expect(told().length).toBeLessThanOrEqual(1);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
  expect(team.slack.messages(PAY)).toHaveLength(1);
  expect(dispatches(team)).toHaveLength(2);
  expect(team.github.runs('acme/pay', 'production.yml')).toHaveLength(1);
  expect(team.production()).toHaveLength(1);
}, 180_000);
