import { plainText } from '../../sandbox/slack/reading.js';
import type { Ask, Mine, MyChange, Offer } from '../../src/core/mine.js';
import { onOnePage } from '../../src/slack/service-page.js';
import { homeView } from '../../src/slack/views/home.js';
import { answer, type Message } from '../../src/slack/views/message.js';
import { mineMessage, withDeploySteps, withNextSteps } from '../../src/slack/views/next-steps.js';
import { line, richText } from '../../src/slack/views/rich.js';
import { statusMessage } from '../../src/slack/views/status.js';
import {
  change,
  commit,
  deployment,
  mine,
  minutesAgo,
  NOW,
  names,
  newer,
  shaOf,
  ships,
  standings,
  status,
} from './given.js';
import { buttonsIn, expectFit, expectModalFits } from './reading.js';

/** What waits for one person: on the Home tab, in the answer to /release, and below the answers about one service. */

const HOSTILE = '<!channel> *bold* <@U0BOB> \u{1F680}';
const WIDE = `${HOSTILE} ${'\u{1F680}'.repeat(5_000)}`;
const lock = { gate: 'locked', by: 'U0BOB', reason: WIDE, since: minutesAgo(3), until: minutesAgo(-60) } as const;

const ask = (given: Partial<Ask> = {}): Ask => ({
  ...{ service: 'shop', change: change(), ships: ships(), gates: [] },
  deployment: deployment('waiting', { required: 1 }),
  ...given,
});
const offer = (given: Partial<Offer> = {}): Offer => ({
  ...{ service: 'shop', change: change(), stands: { is: 'ready' }, ships: ships(), gates: [], asks: false },
  ...given,
});
const own = (where: MyChange['where'], given: Partial<MyChange> = {}): MyChange => ({
  ...{ service: 'shop', change: newer, url: 'https://github.com/acme/shop/actions/runs/70', where },
  ...given,
});

const many = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));
const wide = {
  change: change({ title: WIDE }),
  ships: ships({ commits: many(250, (index) => commit('1', `${WIDE} ${index}`)), count: 900 }),
  gates: [lock],
  service: HOSTILE.repeat(9),
};
/** As much as a page ever gets, all of it written by somebody who means harm. */
const widest: Mine = mine({
  asks: many(10, () => ask(wide)),
  moreAsks: 90,
  offers: many(10, (index) => offer({ ...wide, stands: index % 2 ? { is: 'shut' } : { is: 'ready' } })),
  moreOffers: 990,
  changes: many(10, () =>
    own({ is: 'superseded', by: { ...newer, title: WIDE } }, { change: { ...newer, title: WIDE } }),
  ),
  groupsKnown: false,
  names: new Map([['U0BOB', HOSTILE]]),
});

const home = (given: Mine, count = 1) => {
  const statuses = many(count, (index) => status({ service: `service-${index}` }));
  const places = new Map([[1, { channel: 'C0SHOP', ts: '1764060000.000100' }]]);
  const view = homeView({
    ...onOnePage({ statuses, names }),
    ...{ mine: given, at: NOW, places, workspace: 'https://acme.slack.com/' },
  });
  expectModalFits(view);
  return { view, words: plainText(view) };
};

test('the Home tab begins with what must be decided: approvals, then what can be deployed, then where my changes are', () => {
  const given = mine({
    asks: [ask({ deployment: deployment('waiting', { required: 3 }) })],
    offers: [offer({ service: 'site' }), offer({ service: 'api', stands: { is: 'shut' }, gates: [lock] })],
    changes: [own({ is: 'live', since: minutesAgo(5) })],
  });
  const { view, words } = home(given);
  expect(words.split('\n').slice(0, 4)).toEqual([
    '1 request waits for your approval',
    ':raised_hand: shop · aaaaaaa “Add prices” · requested by Alice, expires 2026-11-23 10:00 UTC · 3 approvals missing · card',
    '3 changes would ship, by octo-ada and bo, on top of 9999999',
    '2 changes wait for Deploy',
  ]);
  expect(words).toContain(
    ':white_check_mark: site · aaaaaaa “Add prices” · passed staging 2026-11-23 08:50 UTC · card',
  );
  expect(words).toMatch(/:lock: api · aaaaaaa .* · locked by Bob: .*/);
  expect(words).toMatch(/Your changes\n.*shop · bbbbbbb “Newer title” · :checkered_flag: live since/);
  expect(buttonsIn(view.blocks).map(({ label }) => label)).toEqual([
    ...['Approve', 'Reject', 'What ships', 'Deploy', 'What ships', 'Why not?', 'What ships', 'Refresh'],
  ]);
  expect(buttonsIn(view.blocks)[0]?.confirm).toContain('Approve shop aaaaaaa for production? 3 changes ship.');
  expect(buttonsIn(view.blocks)[3]?.confirm).toBe('Deploy site aaaaaaa to production? 3 changes ship.');
});

test('to approve a rollback is asked about what it deploys, not about what ships', () => {
  const back = deployment('waiting', { kind: 'roll back', required: 1 });
  const { view, words } = home(mine({ asks: [ask({ deployment: back, ships: null })] }));
  expect(words).toContain('It deploys what was live before; nothing new ships');
  expect(buttonsIn(view.blocks)[0]?.confirm).toContain('Approve the rollback of shop to aaaaaaa?');
});

test('a service whose only news is offered above is not told twice; one in which more goes on is', () => {
  const idle = { active: null, queue: [], outside: [] };
  const statuses = [
    status({ ...idle, service: 'shop' }),
    status({ service: 'site' }),
    status({ ...idle, service: 'api' }),
  ];
  const given = mine({ offers: [offer({ service: 'shop' }), offer({ service: 'site' })] });
  const shown = { mine: given, at: NOW, places: new Map(), workspace: null };
  const words = plainText(homeView({ ...onOnePage({ statuses, names }), ...shown }));
  const others = words.slice(words.indexOf('Other services'));
  expect(others.match(/^(shop|site|api) · /gm)).toEqual(['site · ', 'api · ']);
});

test.each<[MyChange['where'], string]>([
  [{ is: 'under way', status: 'waiting' }, ':raised_hand: waiting for approval'],
  [{ is: 'shipped', with: { ...newer, sha: shaOf('e') } }, ':checkered_flag: shipped with eeeeeee “Newer title”'],
  [{ is: 'undone' }, ':rewind: removed from production by a rollback'],
  [{ is: 'staging runs' }, 'staging is running'],
  [{ is: 'failed staging' }, ':x: failed staging'],
  [{ is: 'bad', by: 'U0BOB' }, ':no_entry_sign: marked bad by Bob'],
  [{ is: 'superseded', by: newer }, ':fast_forward: will ship with bbbbbbb “Newer title”'],
  [{ is: 'waiting', after: 'failed' }, ':white_check_mark: waiting for Deploy · failed in production'],
  [{ is: 'waiting', after: null }, ':white_check_mark: waiting for Deploy'],
])('a change says in a few words where it is: %j', (where, words) =>
  expect(home(mine({ changes: [own(where)] })).words).toContain(`shop · bbbbbbb “Newer title” · ${words}`),
);

test.each([1, 80, 1_000])('the most that anybody has, beside %i services, fits, whole or counted', (count) => {
  const { view, words } = home(widest, count);
  expect(view.blocks.length).toBeLessThanOrEqual(100);
  expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThan(250_000);
  expect(words).toContain('100 requests wait for your approval');
  expect(words).toContain('and 90 more for your approval');
  expect(words).toContain('1000 changes wait for Deploy');
  expect(words).toContain('Slack does not say which groups you are in');
  // Half of a character would be written as an escape.
  expect(JSON.stringify(view)).not.toMatch(/\\ud[89a-f]/i);
});

test('the answer to /release is what waits for me, with its buttons, then what can be typed', () => {
  const told = mineMessage(mine({ asks: [ask()], offers: [offer()], changes: [own({ is: 'undone' })] }), 'UTC');
  expectFit(told);
  expect(told.text).toContain('Waiting for you: 1 request for your approval, 1 change for Deploy.');
  expect(plainText(told)).toMatch(/Your changes[\s\S]*\/release status \[SERVICE\]/);
  expect(buttonsIn(told.blocks).map(({ label }) => label)).toEqual([
    ...['Approve', 'Reject', 'What ships', 'Deploy', 'What ships'],
  ]);
  const unsure = mineMessage(mine({ groupsKnown: false }), 'UTC');
  expect(unsure.text).toMatch(/^Nothing found that waits for you\. Slack does not say which groups/);
  expect(home(mine({ groupsKnown: false })).words).toMatch(/^Nothing found that waits for you\nSlack does not say/);
  const none = mineMessage(mine(), 'UTC');
  expectFit(none);
  expect(none.text).toMatch(/^Nothing waits for you\./);
});

test('the most that anybody has fits into that answer, and what does not is counted', () => {
  const told = mineMessage(widest, 'UTC');
  expectFit(told);
  expect(plainText(told)).toMatch(/and \d\d more for your approval/);
});

test.each(standings)('below an answer about one service stands what its card offers: %j', (stands) => {
  const given = mine({ offers: [offer({ stands, gates: stands.is === 'shut' ? [lock] : [] })] });
  const labels = (told: Message) => buttonsIn(told.blocks).map(({ label }) => label);
  const below = labels(withNextSteps(answer([['Told.']]), given));
  expect(below.includes('Why not?')).toBe(['shut', 'bad', 'paused'].includes(stands.is));
  expect(labels(withDeploySteps(answer([['Told.']]), given))).toEqual(below.filter((label) => label !== 'What ships'));
});

/** An answer that is so many hundred characters long, as Slack counts it. */
const long = (hundreds: number): Message => ({
  text: 'Told.',
  blocks: [richText(...many(hundreds, () => line('x'.repeat(100))))],
});

test('as many next steps stand below an answer as Slack takes with it, the first of them', () => {
  for (const below of [withNextSteps, withDeploySteps]) {
    const counts = [1, 80, 90, 100].map((hundreds) => {
      const told = below(long(hundreds), widest);
      expect(told.blocks[0]).toEqual(long(hundreds).blocks[0]);
      expectFit(told);
      return buttonsIn(told.blocks).length;
    });
    expect(counts).toEqual([...counts].sort((one, other) => other - one));
    expect([counts[0] === 0, new Set(counts).size > 2, counts.at(-1)]).toEqual([false, true, 0]);
  }
});

test('the fullest status of one service takes its next steps, or is told without them', () => {
  const full = status({
    gates: many(9, () => lock),
    asks: many(9, () => ({ deployment: deployment('waiting'), change: { ...newer, title: WIDE } })),
    queue: many(9, () => ({ deployment: deployment('queued'), change: { ...newer, title: WIDE } })),
  });
  const shown = statusMessage(onOnePage({ statuses: [full], names: new Map([['U0BOB', HOSTILE]]) }), 'UTC');
  expectFit(withNextSteps(shown, widest));
});
