import type { Ticket } from '../../src/core/change/ticket.js';
import { cardMessage } from '../../src/slack/views/card.js';
import { diffMessage } from '../../src/slack/views/diff.js';
import { whatShipsView } from '../../src/slack/views/what-ships.js';
import { card, change, commit, everyState, ships } from './given.js';
import { expectFit, expectModalFits, objectsIn, seen } from './reading.js';

/** How many tickets are shown where, and that any number of them fits. */

const ticket = (id: string): Ticket => ({ id, url: `https://acme.atlassian.net/browse/${encodeURIComponent(id)}` });
const tickets = (count: number, id = 'SHOP-') => Array.from({ length: count }, (_, n) => ticket(`${id}${n + 1}`));
const passed = everyState.find(({ is }) => is === 'passed staging') as (typeof everyState)[number];

test.each<[number, string]>([
  [1, '#12 · SHOP-1 · staging'],
  [3, '#12 · SHOP-1, SHOP-2, SHOP-3 · staging'],
  [4, '#12 · SHOP-1, SHOP-2, SHOP-3 and 1 more · staging'],
  [50, '#12 · SHOP-1, SHOP-2, SHOP-3 and 47 more · staging'],
])('a card with %i', (count, words) => {
  const message = cardMessage(card(passed, { change: change({ tickets: tickets(count) }) }));
  expectFit(message);
  expect(seen(message.blocks)).toContain(words);
  expect(message.text).not.toContain('SHOP-1');
});

const diff = (commits: ReturnType<typeof commit>[]) => ({
  ...{ service: 'shop', repository: 'acme/shop', to: change(), url: 'https://github.com/acme/shop' },
  ships: ships({ count: commits.length, commits }),
});
/** So many changes, each with so many tickets, `same` ones or its own. */
const many = (count: number, each: number, id: (n: number) => string) =>
  diff(Array.from({ length: count }, (_, n) => commit('1', 'octo-ada', { tickets: tickets(each, id(n)) })));

test('What ships links the tickets of each change and counts each once', () => {
  const view = whatShipsView(many(2, 2, () => 'SHOP-'));
  expectModalFits(view);
  expect(seen(view.blocks)).toContain('· 2 tickets');
  expect(seen(view.blocks).match(/ · SHOP-1, SHOP-2$/gm)).toHaveLength(2);
  expect(objectsIn(view.blocks)).toContainEqual({ type: 'link', text: 'SHOP-1', ...{ url: ticket('SHOP-1').url } });
});

test.each<[string, (n: number) => string]>([
  ['short ids', (n) => `SHOP-${n}-`],
  ['ids of mrkdwn and right-to-left marks', (n) => `<!channel>*\u202e${n}`],
  ['ids that are long', (n) => `${'\u{1F680}'.repeat(25)}${n}-`],
])('nine hundred changes with ten tickets each fit: %s', (_, id) => {
  const given = many(900, 10, id);
  const view = whatShipsView(given);
  expectModalFits(view);
  expectFit(diffMessage(given));
  expect(seen(view.blocks)).toContain('9000 tickets');
  expect(seen(view.blocks)).toMatch(/and \d+ more$/m);
});
