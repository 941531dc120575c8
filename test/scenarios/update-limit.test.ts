import { SHORT } from '../support/short-pauses.js';
import { statementsSent } from '../support/statements.js';
import { anotherService, configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Slack's limit of updates is one for all channels. */

const SERVICES = Array.from({ length: 8 }, (_, n) => ({ name: `service-${n}`, channel: `C0TEAM${n}` }));
const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };

let team: Team;
afterEach(() => team.stop());

const updates = () => team.slack.calls('chat.update');

test('after Slack has limited the updates, they go one after the other, and not from all channels at once', async () => {
  const services = SERVICES.map(({ name, channel }) => anotherService(name, channel)).join('');
  team = await startTeam({ replicas: 0, config: configOf({ services }) });
  for (const { name, channel } of SERVICES) {
    team.slack.addChannel({ id: channel, name: channel.toLowerCase() });
    team.github.addRepository({ fullName: `acme/${name}`, defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
  }
  team.point(await team.start());
  await team.start();
  const land = (title: string) =>
    Promise.all(SERVICES.map(({ name }) => team.github.land(`acme/${name}`, { title, author })));
  const posted = () => SERVICES.reduce((sum, { channel }) => sum + team.slack.messages(channel).length, 0);
  await land('Add prices');
  await until('every card is posted', () => posted() === SERVICES.length);
  await until(
    'and drawn',
    async () => (await team.rows('select 1 from cards where dirty_at is not null')).length === 0,
  );

  const before = updates().length;
  team.slack.fail('chat.update', { kind: 'error', error: 'ratelimited', retryAfter: 1 }, Number.POSITIVE_INFINITY);
  await land('Add a basket');
  await until('a refused update', () => updates().length > before);
  await until('every newer card is posted', () => posted() === 2 * SERVICES.length);
  const refused = updates().length;
  const sent = statementsSent();
  team.slack.clearFaults();
  await until('each older one says so', () =>
    SERVICES.every(({ channel }) => team.slack.messages(channel)[0]?.text.includes('superseded by')),
  );
  const at = updates()
    .slice(refused)
    .map((call) => call.at);
  expect(at.length).toBeGreaterThanOrEqual(SERVICES.length - 1);
  // Who does not have the turn does not read its card either.
  const read = sent.stop().filter((one) => one === 'deployments-of-card').length;
  expect(read).toBeLessThanOrEqual(2 * SERVICES.length);
  // Each in a turn of its own; how long a call is on its way differs a little.
  expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual((at.length - 2) * SHORT.slack.update);
}, 60_000);
