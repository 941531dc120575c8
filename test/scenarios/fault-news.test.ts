import { plainText } from '../../sandbox/slack/reading.js';
import { PAUSES } from '../../src/core/pauses.js';
import { tellLastingFaults } from '../../src/jobs/fault-news.js';
import { pollNow } from '../support/deliveries.js';
import { card, land, quiet } from '../support/releases.js';
import { OPS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Faults that last are told to the operators once, with what a person has to do; what passes is told to nobody. */

let team: Team;
afterEach(() => team.stop());
const told = () => team.slack.dms(OPS).map(plainText);
/** So many minutes pass over the faults that there are; they were seen all the while, or were gone. */
const pass = async (minutes: number, how: 'seen' | 'gone' = 'seen') => {
  const gone = how === 'gone' ? ', seen_at = seen_at - $1::interval' : '';
  await team.rows(`update fault_news set since = since - $1::interval, told_at = told_at - $1::interval${gone}`, [
    `${minutes} minutes`,
  ]);
  await look();
};
/** The faults are looked at once more. */
const look = async () => {
  await until('a look', async () => {
    await team.rows("update turns set next_at = now() where name = 'faults'");
    return tellLastingFaults(team.pool, [OPS], PAUSES);
  });
  await quiet(team);
};
const noted = (name: string) =>
  until(`${name} is noted`, async () => {
    await look();
    return (await team.rows('select 1 from fault_news where name like $1', [`%${name}%`]))[0];
  });

test('a channel without the bot: operators are told once, with the fix, and again if it happens later', async () => {
  team = await startTeam({ replicas: 2 });
  team.slack.remove(SHOP);
  const sha = await land(team);
  await noted(SHOP);
  expect(told()).toEqual([]);
  await pass(3);
  await until('the operators are told', () => told().length === 1);
  expect(told()[0]).toContain('channel C0SHOP: not_in_channel, since');
  expect(told()[0]).toContain('Invite the bot');
  await pass(30);
  expect(told()).toHaveLength(1);
  team.slack.invite(SHOP);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  await until('it is forgotten', async () => {
    await pass(11, 'gone');
    return (await team.rows('select name from fault_news')).length === 0;
  });
  team.slack.remove(SHOP);
  await land(team, 'Another');
  await noted(SHOP);
  await pass(3);
  await until('the operators are told anew', () => told().length === 2);
}, 60_000);

test('a lasting GitHub outage is one message for all workflows, and a short one is none', async () => {
  team = await startTeam();
  team.github.fail('workflow-runs', { kind: 'status', status: 500 }, 1_000);
  await pollNow(team);
  await noted('staging.yml');
  await noted('production.yml');
  team.github.heal();
  await pollNow(team);
  await until('it is over', async () => (await team.rows('select 1 from faults')).length === 0);
  await pass(3, 'gone');
  await quiet(team);
  expect(told()).toEqual([]);
  // Another outage is another: it does not last since the one before.
  team.github.fail('workflow-runs', { kind: 'status', status: 404 }, 1_000);
  await pollNow(team);
  await until('both', async () => (await team.rows('select 1 from faults')).length === 2);
  await look();
  expect(told()).toEqual([]);
  await pass(3);
  await until('the operators are told', () => told().length === 1);
  expect(told()[0]).toContain('2 faults that a person may have to fix');
  expect(told()[0]).toContain('repository acme/shop, workflow production.yml: GitHub answers 404');
  expect(told()[0]).toContain('Check whether the repository was renamed');
}, 60_000);
