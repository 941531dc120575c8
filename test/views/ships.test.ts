import type { Ships } from '../../src/core/card.js';
import { said } from '../../src/slack/views/rich.js';
import { howMany, wouldShip } from '../../src/slack/views/ships.js';
import { ships } from './given.js';

/** What comes along of a monorepo without touching the service is said beside what ships. */
test.each<[Partial<Ships>, string, string]>([
  [{}, '3 changes would ship, by octo-ada and bo, on top of 9999999', '3 changes ship.'],
  [
    { others: 9 },
    '3 changes would ship, by octo-ada and bo, and 9 others that do not touch it, on top of 9999999',
    '3 changes ship, and 9 others that do not touch it.',
  ],
  [
    { others: 1 },
    '3 changes would ship, by octo-ada and bo, and 1 other that does not touch it, on top of 9999999',
    '3 changes ship, and 1 other that does not touch it.',
  ],
  [
    { count: 0, commits: [], others: 2 },
    'No change that touches it would ship, and 2 others that do not touch it, on top of 9999999',
    'No change that touches it ships, and 2 others that do not touch it.',
  ],
  [{ count: 0, commits: [] }, 'Nothing new would ship: 9999999 is live', '0 changes ship.'],
])('%j', (over, line, question) => {
  expect(said(wouldShip(ships(over)), 'UTC')).toBe(line);
  expect(howMany(ships(over))).toBe(question);
});
