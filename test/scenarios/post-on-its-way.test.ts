import { polledOnce } from '../support/deliveries.js';
import { card, land } from '../support/releases.js';
import { anotherService, configOf, PRODUCTION, SHOP, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';
import { wayTo } from '../support/way.js';

/** A replica loses its database while Slack takes its time with a post. The others hear nothing of it, and it is posted all the same. */

const HISTORY = ['chat:write', 'commands', 'users:read', 'usergroups:read', 'channels:read', 'channels:history'];
const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
let team: Team;
let way: Awaited<ReturnType<typeof wayTo>>;
afterEach(async () => {
  way.set('cut');
  await team.stop();
  await way.stop();
});

test('what a replica that counts as dead was posting is not posted again: one card', async () => {
  const config = configOf({ services: anotherService('web', 'C0RELEASES') });
  team = await startTeam({ scopes: HISTORY, replicas: 0, pauses: 'real', config });
  team.github.addRepository({ fullName: 'acme/web', defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
  way = await wayTo(team.databaseUrl);
  team.point(await team.start(way.url));
  await polledOnce(team);
  let carryOut = () => {};
  const later = new Promise<void>((resolve) => {
    carryOut = resolve;
  });
  team.slack.fail('chat.postMessage', { kind: 'held', until: later, late: true });
  const posts = () => team.slack.calls('chat.postMessage').filter((call) => call.args.channel === SHOP);
  const sha = await land(team);
  await until('the post is on its way', () => posts().length === 1, 20_000);
  const first = (await team.rows<{ id: string }>('select id from replicas')).map((one) => one.id);
  way.set('silent');

  team.point(await team.start());
  const known = () => team.rows('select from replicas where id = any($1)', [first]);
  await until('the first counts as dead', async () => (await known()).length === 0, 30_000);
  // Its channel would be drawn before this one.
  await team.github.land('acme/web', { title: 'Add a page', author });
  await until('another card is posted', () => team.slack.messages('C0RELEASES').length === 1, 30_000);
  expect(posts()).toHaveLength(1);

  carryOut();
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships'], 30_000);
  await until('it is known', async () => (await team.rows('select from cards where ts is null')).length === 0, 30_000);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
}, 120_000);
