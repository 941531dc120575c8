import { plainText } from '../../sandbox/slack/reading.js';
import type { ServiceStatus } from '../../src/core/report.js';
import { onOnePage } from '../../src/slack/service-page.js';
import { COMMANDS } from '../../src/slack/views/help.js';
import { homeRefused, homeUnknown, homeUnread, homeView } from '../../src/slack/views/home.js';
import { mine, NOW, names, outsideRun, status } from './given.js';
import { buttonsIn, expectModalFits, objectsIn } from './reading.js';

const workspace = 'https://acme.slack.com/';
const places = new Map([1, 2, 3, 4].map((id) => [id, { channel: 'C0SHOP', ts: `1764060000.00010${id}` }]));
const drawn = (statuses: readonly ServiceStatus[], given: Partial<Parameters<typeof homeView>[0]> = {}) => {
  const view = homeView({ ...onOnePage({ statuses, names }), mine: mine(), at: NOW, places, workspace, ...given });
  expectModalFits(view);
  return { view, words: plainText(view) };
};
const many = (count: number, given: Partial<ServiceStatus> = {}) =>
  Array.from({ length: count }, (_, index) => status({ ...given, service: `service-${index}` }));
const idle = { active: null, queue: [], waiting: null, outside: [] };

test('says how much goes on, as of when, each service whole, and what can be typed', () => {
  const { view, words } = drawn([status()]);
  expect(words.split('\n').slice(0, 10)).toEqual([
    'Nothing waits for you',
    'Services',
    '1 service in all: 1 under way, 1 queued, 1 waiting for Deploy.',
    'As of 2026-11-23 09:00 UTC. It updates by itself for ten minutes after you open it.',
    'shop · :checkered_flag: live aaaaaaa “Add prices” · by Alice since 2026-11-23 08:00 UTC · card',
    ':rocket: deploying bbbbbbb “Newer title” · run · requested by Alice · card',
    'queued, place 2: ccccccc “Newer title” · requested by Alice · card',
    'waiting for Deploy: ddddddd “Newer title” · passed staging 2026-11-23 08:51 UTC · card',
    'run outside Pushbutton by octo-eve, 2026-11-23 08:57 UTC: success',
    'Commands',
  ]);
  for (const { usage } of COMMANDS) expect(words).toContain(usage);
  expect(buttonsIn(view.blocks)).toEqual([
    { label: 'Refresh', value: undefined, style: undefined, confirm: undefined },
  ]);
  // Slack shows the moment in the reader's own zone and tells yesterday from today.
  expect(objectsIn(view).filter((one) => one.type === 'date')).toContainEqual(
    expect.objectContaining({ timestamp: NOW.getTime() / 1_000, format: '{date_short_pretty} at {time}' }),
  );
});

test('a card is linked where its message is known, else its channel is named', () => {
  const links = (view: unknown) =>
    objectsIn(view)
      .filter((one) => one.text === 'card')
      .map((one) => one.url);
  expect(links(drawn([status()]).view)).toEqual(
    [1, 2, 3, 4].map((id) => `https://acme.slack.com/archives/C0SHOP/p176406000000010${id}`),
  );
  const unposted = homeView({
    ...onOnePage({ statuses: [status({ ...idle })], names }),
    mine: mine(),
    at: NOW,
    places: new Map([[1, { channel: 'C0SHOP', ts: null }]]),
    workspace,
  });
  expect(plainText(unposted)).toContain('since 2026-11-23 08:00 UTC · card in #C0SHOP');
  expect(links(drawn([status()], { places: new Map() }).view)).toEqual([]);
});

test('nothing to tell is said in words', () => {
  expect(drawn([]).words).toContain('No service is configured.');
  expect(drawn([status(idle), status({ ...idle, service: 'site', live: { is: 'nothing' } })]).words).toMatch(
    /2 services in all: nothing is under way or waiting\.[\s\S]*site · nothing live yet/,
  );
  const run = outsideRun();
  expect(drawn([status({ ...idle, live: { is: 'outside', run, before: null } })]).words).toContain(
    'what is live is not known: a run outside Pushbutton started',
  );
});

test('sixty busy services are drawn whole, a block for each; ninety in a line each that leaves nothing out', () => {
  const sixty = drawn(many(60));
  expect(sixty.words.match(/waiting for Deploy: ddddddd “Newer title”/g)).toHaveLength(60);
  expect(sixty.view.blocks.length).toBeGreaterThan(60);
  const ninety = drawn(many(90));
  const line =
    / live aaaaaaa “Add prices” .* · card · deploying bbbbbbb · 1 queued · ddddddd is waiting · 1 run outside/g;
  expect(ninety.words.match(line)).toHaveLength(90);
  expect(ninety.view.blocks.length).toBeLessThanOrEqual(100);
});

test('with more than a page holds, each is drawn shorter; then the rest is counted', () => {
  const long = {
    ...idle,
    live: { ...status().live, change: { id: 1, key: 'k', sha: 'a'.repeat(40), title: '\u{1F680}'.repeat(5_000) } },
  } as Partial<ServiceStatus>;
  const shorter = drawn(many(400, long)).words;
  expect(shorter).toContain('service-399 live aaaaaaa');
  expect(shorter).not.toContain('more services');
  const { view, words } = drawn(many(5_000));
  const left = Number(/and (\d+) more services; see one with \/release status SERVICE/.exec(words)?.[1]);
  expect(words.match(/service-\d+ /g)).toHaveLength(5_000 - left);
  expect(left).toBeGreaterThan(0);
  expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThan(250_000);
  expect(words).toContain('/release help');
});

test('services in which something goes on or waits come first, each part in the order of the config', () => {
  const service = (name: string, given: Partial<ServiceStatus> = {}) => status({ ...idle, service: name, ...given });
  const { active, queue, waiting } = status();
  const { words } = drawn([
    service('one'),
    service('two', { waiting }),
    service('three'),
    service('four', { active }),
    service('five', { queue }),
  ]);
  expect(words.match(/^(one|two|three|four|five) /gm)).toEqual(['two ', 'four ', 'five ', 'one ', 'three ']);
});

test('what others wrote is literal', () => {
  const hostile = '<!channel> *bold* <@U0BOB>';
  const change = { id: 2, key: 'k', sha: 'b'.repeat(40), title: hostile };
  const { words } = drawn([status({ ...idle, service: hostile, waiting: { ...change, passedAt: NOW } })], {
    names: new Map([['U0ALICE', hostile]]),
  });
  expect(words).toContain(`waiting for Deploy: bbbbbbb “${hostile}”`);
  expect(words).toContain(`by ${hostile} since`);
});

test.each([
  ['stranger', 'but you belong to another workspace'],
  ['guest', 'a guest'],
  ['deactivated', 'deactivated'],
  ['bot', 'a bot'],
] as const)('a %s is told why, and what would help', (why, words) => {
  const view = homeRefused(why);
  expectModalFits(view);
  expect(plainText(view)).toContain(words);
  expect(plainText(view)).toContain('Once an admin makes you a full member');
  expect(buttonsIn(view.blocks)).toEqual([]);
});

test.each([
  ['Slack does not tell who it is', homeUnknown(), 'Slack did not confirm who you are'],
  ['the services cannot be read', homeUnread(), 'could not be read right now'],
] as const)('when %s, it says so and can be asked again', (_, view, words) => {
  expectModalFits(view);
  expect(plainText(view)).toContain(words);
  expect(buttonsIn(view.blocks).map((one) => one.label)).toEqual(['Refresh']);
});
