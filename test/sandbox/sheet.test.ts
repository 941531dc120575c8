import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SHEET } from '../../sandbox/sheet/cards.js';
import { cardMessage } from '../../src/slack/views/card.js';
import { everyState, standings } from '../views/given.js';
import { expectFit } from '../views/reading.js';

/** The sheet of cards shows every state, as it is drawn now. */

test('it has every state of a card, and everything that may stand between a change and production', () => {
  const states = new Set(SHEET.map(({ card }) => card.state.is));
  expect([...states].sort()).toEqual(everyState.map(({ is }) => is).sort());
  const stands = SHEET.flatMap(({ card: { state } }) => (state.is === 'passed staging' ? [state.stands.is] : []));
  expect([...new Set(stands)].sort()).toEqual(standings.map(({ is }) => is).sort());
});

test.each(SHEET.map((one) => [one.name, one] as const))(
  '%s: Slack takes it, and its picture is in the document',
  (name, { card }) => {
    expectFit(cardMessage(card));
    expect(readFileSync('docs/cards.md', 'utf8')).toContain(`(pictures/cards/${name}.png)`);
    expect(existsSync(`docs/pictures/cards/${name}.png`)).toBe(true);
  },
);

test('no picture is left of a card that is gone', () => {
  expect(readdirSync('docs/pictures/cards').sort()).toEqual(SHEET.map(({ name }) => `${name}.png`).sort());
});
