import { quiet } from '../support/releases.js';
import { ALICE, anotherService, configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Thirty services in fifteen channels, and three hundred results in ten seconds: nothing is dropped, what is newest comes first. */

const CHANNELS = Array.from({ length: 15 }, (_, n) => `C0LOAD${n}`);
const SERVICES = Array.from({ length: 30 }, (_, n) => ({
  name: `service-${n}`,
  channel: CHANNELS[n % CHANNELS.length] as string,
}));
const EACH = 10;
const TEN_SECONDS = 10_000;

let team: Team;
beforeAll(async () => {
  team = await startTeam({
    pauses: 'real',
    replicas: 0,
    config: configOf({
      services: SERVICES.map(({ name, channel }) => anotherService(name, channel)).join(''),
    }),
  });
  for (const channel of CHANNELS) team.slack.addChannel({ id: channel, name: channel.toLowerCase() });
  for (const { name } of SERVICES)
    team.github.addRepository({ fullName: `acme/${name}`, defaultBranch: 'main', workflows: [STAGING, PRODUCTION] });
  team.point(await team.start());
  await team.start();
}, 60_000);
afterAll(() => team.stop());

test('of three hundred results in ten seconds none is dropped, and the newest changes can be deployed first', async () => {
  const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
  const began = performance.now();
  const newest = new Map<string, string>();
  for (let round = 0; round < EACH; round += 1) {
    await Promise.all(
      SERVICES.map(async ({ name }) => {
        const { sha } = await team.github.land(`acme/${name}`, { title: `Change ${round}`, author });
        newest.set(name, sha);
      }),
    );
    const left = ((round + 1) * TEN_SECONDS) / EACH - (performance.now() - began);
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
  }
  await until(
    'every result is known',
    async () =>
      (await team.rows("select 1 from changes where staging_status = 'passed'")).length === SERVICES.length * EACH,
    20_000,
  );
  const known = performance.now() - began;
  const cardOf = (name: string, channel: string) =>
    team.cards(channel).find((one) => one.words.split('\n')[1]?.startsWith((newest.get(name) ?? '').slice(0, 7)));
  // What can be pressed is there long before the last of those that were overtaken.
  await until(
    'the newest of each has its Deploy',
    () => SERVICES.every(({ name, channel }) => cardOf(name, channel)?.buttons.includes('Deploy')),
    20_000,
  );
  const pressable = performance.now() - began;
  const posted = () => CHANNELS.reduce((sum, channel) => sum + team.slack.messages(channel).length, 0);
  const { name, channel } = SERVICES[7] as (typeof SERVICES)[0];
  const on = cardOf(name, channel);
  await team.slack.click({ user: ALICE, channel, ts: on?.ts ?? '', button: 'Deploy' });
  await until('the press is recorded', async () => (await team.rows('select 1 from deployments')).length === 1, 2_000);
  await until('every card is there', () => posted() === SERVICES.length * EACH, 60_000);
  const all = performance.now() - began;
  const texts = team.slack.calls('chat.postMessage').map((one) => String(one.args.text));
  const lastOfNewest = Math.max(
    ...[...newest.values()].map((sha) => texts.findIndex((text) => text.includes(sha.slice(0, 7)))),
  );
  expect(lastOfNewest).toBeLessThan(texts.length - 1);
  await quiet(team, 30_000);
  expect(posted()).toBe(SERVICES.length * EACH);
  for (const each of CHANNELS) {
    const at = team.slack.calls('chat.postMessage').flatMap((one) => (one.args.channel === each ? [one.at] : []));
    const inTenSeconds = at.map((from) => at.filter((time) => time >= from && time < from + TEN_SECONDS).length);
    expect(Math.max(...inTenSeconds)).toBeLessThanOrEqual(10);
  }
  // Each card was drawn as it is, not once for every step on the way.
  const updates = team.slack.calls('chat.update').length;
  expect(updates).toBeLessThan(2 * SERVICES.length * EACH);
  const s = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  console.info(
    `${SERVICES.length * EACH} results: known after ${s(known)}, all newest pressable after ${s(pressable)}, all cards after ${s(all)}; ${updates} updates`,
  );
}, 150_000);
