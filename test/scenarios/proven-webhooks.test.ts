import { polledOnce, pollNow, withheld } from '../support/deliveries.js';
import { asked, compared, halfway, hears, minutes, nextInThree } from '../support/polling.js';
import { card, quiet, whileInboxLocked } from '../support/releases.js';
import { anotherService, configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';

/**
 * A repository of many whose webhooks arrive is polled seldom; one of which that is not known is polled every minute, and so
 * are few.
 */

const MINUTE = 60_000;
const AUTHOR = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const offers = ['Deploy', 'What ships'];
const others = (count: number) => Array.from({ length: count }, (_, n) => `service-${n}`);
const total = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);

let team: Team;
afterEach(() => team.stop());

/** Beside the shop and some that a test speaks of, so that polling each every minute would be too much. */
const MANY = 99;
const SPOKEN_OF = 4;
const OF_SHOP = /acme\/shop\/actions\/runs$/;

async function begin({ services = MANY, replicas = 1, webhooks = true, hurried = false } = {}): Promise<void> {
  const names = others(services);
  team = await startTeam({
    replicas: 0,
    movableClock: true,
    ...(hurried ? { deadlines: 'real' as const } : {}),
    config: configOf({ services: names.map((name) => anotherService(name, 'C0RELEASES')).join('') }).replace(
      'webhooks: true, poll: 1h',
      `webhooks: ${webhooks}, poll: 60s`,
    ),
  });
  for (const name of names)
    team.github.addRepository({ fullName: `acme/${name}`, defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
  for (let count = 0; count < replicas; count += 1) await team.start();
  if (team.running[0]) team.point(team.running[0]);
  if (services === 0) await polledOnce(team);
  else await minutes(team, 2);
  await compared(team);
  // Webhooks of all others arrive.
  await team.rows('update repository_polls set heard_at = clock_timestamp() where repository = any($1)', [
    others(services)
      .slice(SPOKEN_OF)
      .map((name) => `acme/${name}`),
  ]);
}
/** Nothing has been missed for a while, and webhooks arrive. */
async function proven(...repositories: string[]): Promise<void> {
  await team.moveClock(11 * MINUTE);
  await hears(team, ...repositories);
  await minutes(team, 1);
}
const silently = async (repository = 'acme/shop', title = 'Add prices') =>
  (await team.github.land(repository, { title, author: AUTHOR, silent: true })).sha;
const known = async (sha: string) => (await team.rows('select 1 from changes where sha = $1', [sha])).length === 1;

test('200 services whose webhooks arrive cost at most 30 calls a minute', async () => {
  await begin({ services: 199, replicas: 2 });
  await proven('acme/shop', ...others(199).map((name) => `acme/${name}`));
  // The longest pause, so that each has found its moment.
  await minutes(team, 10);
  const each = await minutes(team, 20);
  expect(Math.max(...each)).toBeLessThanOrEqual(30);
  // Each is still polled every ten minutes.
  expect(total(each)).toBeGreaterThanOrEqual(2 * 200);
}, 180_000);

test('a lost webhook of a repository whose others arrive is found within five minutes', async () => {
  await begin();
  await proven('acme/shop');
  const sha = await silently();
  await minutes(team, 5);
  await card(team, sha, ['passed staging', 'Add prices'], offers);
});

test('a repository whose webhook was lost is polled every minute until others arrive', async () => {
  await begin();
  await proven('acme/shop');
  await minutes(team, 5);
  expect(total(await minutes(team, 10, OF_SHOP))).toBeLessThanOrEqual(3);
  await nextInThree(team, 'acme/shop');
  const sha = await silently();
  for (let minute = 0; minute < 5 && !(await known(sha)); minute += 1) await minutes(team, 1);
  await card(team, sha, ['passed staging'], offers);
  await halfway(team);
  expect(total(await minutes(team, 3, OF_SHOP))).toBeGreaterThanOrEqual(3);
  // One that arrives within ten minutes may be the only one: it proves nothing yet.
  await hears(team, 'acme/shop');
  expect(total(await minutes(team, 5, OF_SHOP))).toBeGreaterThanOrEqual(4);
  await proven('acme/shop');
  expect(total(await minutes(team, 10, OF_SHOP))).toBeLessThanOrEqual(4);
});

test('news that the poll finds before its webhook comes is no reason to poll more often', async () => {
  await begin();
  await proven('acme/shop');
  const deliveries = await withheld(team, () => team.github.land('acme/shop', { title: 'Add prices', author: AUTHOR }));
  await pollNow(team);
  expect(await team.rows('select title from changes')).toEqual([{ title: 'Add prices' }]);
  for (const { guid } of deliveries) await team.github.redeliver(guid);
  await hears(team, 'acme/shop');
  await minutes(team, 1);
  expect(total(await minutes(team, 10, OF_SHOP))).toBeLessThanOrEqual(3);
});

test('what a webhook told and the poll finds again is no reason to poll more often', async () => {
  await begin();
  await proven('acme/shop');
  const { sha } = await team.github.land('acme/shop', { title: 'Add prices', author: AUTHOR });
  await card(team, sha, ['passed staging'], offers);
  await team.moveClock(3 * MINUTE);
  await pollNow(team);
  expect(total(await minutes(team, 10, OF_SHOP))).toBeLessThanOrEqual(3);
});

test('what a webhook told while it could not be saved is looked for as soon as it can', async () => {
  await begin({ hurried: true });
  await proven('acme/shop');
  await minutes(team, 5);
  let sha = '';
  await whileInboxLocked(team, async () => {
    sha = (await team.github.land('acme/shop', { title: 'Add prices', author: AUTHOR })).sha;
    const told = team.github.deliveries.filter((one) => one.event === 'workflow_run' && one.status === 503);
    expect(told.length).toBeGreaterThan(0);
  });
  await card(team, sha, ['passed staging'], offers);
});

test('webhooks that fall silent altogether are noticed by the first that is missing: all are polled every minute', async () => {
  await begin();
  const all = ['acme/shop', ...others(4).map((name) => `acme/${name}`)];
  await proven(...all);
  await minutes(team, 5);
  const five = /(shop|service-[0-3])\/actions\/runs$/;
  expect(total(await minutes(team, 5, five))).toBeLessThanOrEqual(10);
  team.github.setWebhooks('off');
  await nextInThree(team, 'acme/service-2');
  const sha = await silently('acme/service-2');
  await minutes(team, 5);
  expect(await known(sha)).toBe(true);
  const lost = await silently('acme/shop');
  await minutes(team, 2);
  expect(await known(lost)).toBe(true);
  // A minute may begin just after the moment of one, and end just before its next.
  expect(total(await minutes(team, 3, five))).toBeGreaterThanOrEqual(12);
  // One that arrives shows that they are not silent any more; those that were missed are proven by their own.
  team.github.setWebhooks('on');
  await hears(team, 'acme/service-0');
  await minutes(team, 1);
  const seldom = await minutes(team, 5, /service-(0|1|3)\/actions\/runs$/);
  expect(total(seldom)).toBeLessThanOrEqual(6);
});

test('a repository whose webhooks never came is polled every minute while others are polled seldom', async () => {
  await begin();
  await proven('acme/shop');
  await minutes(team, 5);
  await halfway(team, 'acme/service-0');
  const before = asked(team).length;
  await minutes(team, 5);
  const lists = asked(team)
    .slice(before)
    .filter((call) => call.route === 'runs');
  expect(lists.filter((call) => call.path.includes('/service-0/')).length).toBeGreaterThanOrEqual(4);
  expect(lists.filter((call) => call.path.includes('/shop/')).length).toBeLessThanOrEqual(2);
  const sha = await silently('acme/service-0');
  await minutes(team, 1);
  await quiet(team);
  expect(await known(sha)).toBe(true);
});

test('with webhooks off every repository is polled every minute', async () => {
  await begin({ services: 0, webhooks: false });
  await halfway(team);
  expect(total(await minutes(team, 10, /actions\/runs$/))).toBeGreaterThanOrEqual(9);
  const sha = await silently();
  await minutes(team, 1);
  await card(team, sha, ['passed staging'], offers);
});

test('with few repositories a lost webhook is found within a minute', async () => {
  await begin({ services: 10 });
  await proven('acme/shop');
  const sha = await silently();
  await minutes(team, 2);
  await card(team, sha, ['passed staging', 'Add prices'], offers);
});

test('a replica that starts reads everything once, and knows which webhooks arrive', async () => {
  await begin();
  await proven('acme/shop');
  await team.rows("update repository_polls set next_at = now() + interval '5 minutes'");
  const sha = await silently();
  await team.running.pop()?.stop();
  team.point(await team.start());
  await card(team, sha, ['passed staging'], offers);
  await proven('acme/shop');
  await minutes(team, 5);
  const second = await team.start();
  await minutes(team, 1);
  await team.running.shift()?.stop();
  team.point(second);
  expect(total(await minutes(team, 10, OF_SHOP))).toBeLessThanOrEqual(4);
});
