import { typedTime } from '../../src/slack/typed-time.js';

/** What a person may type, paste, or be given by a phone for the time of a deployment. */

const AT_TWO = { is: 'at', date: null, minutes: 840 };

test.each<[line: string, time: unknown, rest: string]>([
  ['deploy shop 1f0c3ab at 14:00', AT_TWO, 'deploy shop 1f0c3ab '],
  ['deploy shop at 14:00', AT_TWO, 'deploy shop '],
  ['Deploy shop 1f0c3ab AT 14:00', AT_TWO, 'Deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at 9:05', { is: 'at', date: null, minutes: 545 }, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at 14.00', AT_TWO, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at 14:00.', AT_TWO, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab “at 14:00”', AT_TWO, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab `at 14:00`', AT_TWO, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at *14:00*', AT_TWO, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at\u00a014：00', AT_TWO, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at\u200b 14:00\u2060', AT_TWO, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at 2026-12-24 09:30', { is: 'at', date: '2026-12-24', minutes: 570 }, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at 2026-12-24T09:30', { is: 'at', date: '2026-12-24', minutes: 570 }, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at 2026–12–24 09:30', { is: 'at', date: '2026-12-24', minutes: 570 }, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab in 2h', { is: 'in', ms: 7_200_000 }, 'deploy shop 1f0c3ab '],
  ['deploy shop in 90m', { is: 'in', ms: 5_400_000 }, 'deploy shop '],
  ['deploy shop 1f0c3ab in 1.5H', { is: 'in', ms: 5_400_000 }, 'deploy shop 1f0c3ab '],
  // What follows the time stays.
  ['deploy shop 1f0c3ab at 14:00 region=eu', AT_TWO, 'deploy shop 1f0c3ab region=eu'],
  ['deploy shop 1f0c3ab region=eu at 14:00', AT_TWO, 'deploy shop 1f0c3ab region=eu '],
  ['deploy shop at 14:00 1f0c3ab', AT_TWO, 'deploy shop 1f0c3ab'],
  // No such time, date or duration.
  ['deploy shop 1f0c3ab at', null, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at noon', null, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at 14', null, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at 24:00', null, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at 14:60', null, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at 14:00:30', null, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at 2026-02-30 09:30', null, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab at 2026-12-24', null, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab in 30s', null, 'deploy shop 1f0c3ab '],
  ['deploy shop 1f0c3ab in a while', null, 'deploy shop 1f0c3ab while'],
])('%s', (line, time, rest) => {
  expect(typedTime(line)).toMatchObject({ time, line: rest, override: false });
});

test.each([
  'deploy shop 1f0c3ab',
  'deploy shop',
  'deploy at',
  'deploy',
  '',
  'lock shop for 2h back at 14:00',
  'hold 1f0c3ab seen at 14:00',
  'deploy shop 1f0c3ab --override down since lunch at 14:00 in Berlin',
  'deploy shop —override back at 14:00',
])('%j names no time', (line) => {
  expect(typedTime(line)).toBeNull();
});

test('a time beside an override is noticed, and says what was typed', () => {
  const line = 'deploy shop 1f0c3ab at 2026-12-24 09:30 --override Fire';
  expect(typedTime(line)).toMatchObject({ override: true, typed: 'at 2026-12-24 09:30' });
});
