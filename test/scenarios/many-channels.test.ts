import { anotherService, configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** More channels than jobs that draw at the same time: each has its own second, and waits for no other. */

const CHANNELS = Array.from({ length: 12 }, (_, n) => `C0TEAM${n}`);
const EACH = 5;
const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };

let team: Team;
afterEach(() => team.stop());

test('a channel in which cards wait for their second keeps no other from its turn', async () => {
  const services = CHANNELS.flatMap((channel, n) =>
    Array.from({ length: EACH }, (_, m) => ({ name: `service-${n}-${m}`, channel })),
  );
  team = await startTeam({
    pauses: 'real',
    replicas: 0,
    config: configOf({ services: services.map(({ name, channel }) => anotherService(name, channel)).join('') }),
  });
  for (const channel of CHANNELS) team.slack.addChannel({ id: channel, name: channel.toLowerCase() });
  for (const { name } of services)
    team.github.addRepository({ fullName: `acme/${name}`, defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
  team.point(await team.start());
  await Promise.all(services.map(({ name }) => team.github.land(`acme/${name}`, { title: 'Add prices', author })));
  const posts = () => team.slack.calls('chat.postMessage').filter((call) => call.outcome === 'ok');
  await until('every card is posted', () => posts().length === services.length);
  const inOrder = posts()
    .sort((a, b) => a.at - b.at)
    .map((call) => call.args.channel);
  const place = (channel: string, card: number) =>
    inOrder.flatMap((one, index) => (one === channel ? [index] : []))[card - 1] ?? -1;
  // Five cards take four seconds in a channel of their own: each has begun before any has come to its last.
  const begun = Math.max(...CHANNELS.map((channel) => place(channel, 1)));
  expect(begun).toBeLessThan(Math.min(...CHANNELS.map((channel) => place(channel, EACH))));
  // Within the limit of each channel: Slack had nothing to refuse.
  expect(team.slack.calls('chat.postMessage')).toHaveLength(services.length);
}, 60_000);
