import type { TestFailure, TestReport } from '../../src/core/change/change.js';
import { cardMessage } from '../../src/slack/views/card.js';
import { card, change, everyState, minutesAgo, red, staging } from './given.js';
import { expectFit, seen } from './reading.js';

/** What a card says of tests, and of how long the staging run took. */

const NONE: TestReport = {
  ...{ total: 412, failed: 0, skipped: 0, outside: 0, unreadable: 0 },
  ...{ failures: [], newFailures: null, flaky: 0, flakyTests: [] },
};
const failure = (name: string, more: Partial<TestFailure> = {}): TestFailure => ({
  ...{ name, suite: 'Basket', file: null, message: 'expected 3, got 4' },
  ...more,
});
const failed = everyState.find(({ is }) => is === 'failed staging') as (typeof everyState)[number];
const passed = everyState.find(({ is }) => is === 'passed staging') as (typeof everyState)[number];
const told = (tests: Partial<TestReport>) => {
  const message = cardMessage(card(failed, { change: red({ tests: { ...NONE, ...tests } }) }));
  expectFit(message);
  return seen(message.blocks);
};

test.each<[string, Partial<TestReport>, string]>([
  ['it is not known', { failed: 3, newFailures: null }, '412 tests, 3 failed'],
  ['some are new', { failed: 3, newFailures: 1 }, '412 tests, 3 failed (1 new)'],
  ['all are new', { failed: 3, newFailures: 3 }, '412 tests, 3 failed (all new)'],
  ['none is new', { failed: 3, newFailures: 0 }, '412 tests, 3 failed (none new)'],
  ['others failed outside the tests', { failed: 1, outside: 2, newFailures: 2 }, '412 tests, 1 failed, 2 failures'],
])('how many failures are new: %s', (_, tests, words) => {
  expect(told(tests)).toContain(words);
});

test('five failures are named, the old ones as such, and flaky tests after them', () => {
  const failures = [1, 2, 3, 4, 5].map((n) => failure(`adds ${n}`, { failedBefore: n > 2 }));
  const flakyTests = [failure('opens the till'), failure('<!channel> closes *it*')];
  const words = told({ failed: 9, failures, newFailures: 2, flaky: 3, flakyTests });
  expect(words).toContain('adds 2 in Basket: expected 3, got 4');
  expect(words).toContain('adds 5 in Basket (not new): expected 3, got 4');
  expect(words).toContain('and 4 more failures');
  expect(words).toContain('Flaky, failed and then passed: opens the till, <!channel> closes *it* and 1 more');
});

test('a change that passed says how many tests are flaky, and no more', () => {
  const tests = { ...NONE, flaky: 2, flakyTests: [failure('opens the till')] };
  const words = seen(cardMessage(card(passed, { change: change({ tests }) })).blocks);
  expect(words).toContain('412 tests, 2 flaky');
  expect(words).not.toContain('opens the till');
});

test.each<[string, number, number | null, number, boolean]>([
  ['took unusually long, mostly by it', 30, 12, 540, true],
  ['took unusually long, by others', 30, 12, 60, false],
  ['took as long as usual', 30, 29, 540, false],
  ['was unusually fast', 5, 12, 240, false],
])('the slowest test is named on the card where the run %s', (_, took, usual, seconds, isNamed) => {
  const given = { startedAt: minutesAgo(took), finishedAt: minutesAgo(0), usualMs: usual && usual * 60_000 };
  const tests = { ...NONE, slowest: { name: '<!channel> buys everything', suite: 'Shop', ms: seconds * 1_000 } };
  const message = cardMessage(card(passed, { change: change({ staging: staging(given), tests }) }));
  expectFit(message);
  expect(seen(message.blocks).includes('slowest test <!channel> buys everything 9 min')).toBe(isNamed);
});

test.each<[string, number, number | null, string]>([
  ['nothing is known of others', 30, null, 'staging ok in 30 min'],
  ['as usual', 30, 29, 'staging ok in 30 min'],
  ['longer, but not by half', 30, 21, 'staging ok in 30 min'],
  ['half as long again', 30, 19, 'staging ok in 30 min, usually 19 min'],
  ['less than half as long', 3, 7, 'staging ok in 3 min, usually 7 min'],
  ['twice as long, and by seconds', 0.5, 0.2, 'staging ok in 30 s'],
])('how long staging took: %s', (_, took, usual, words) => {
  const given = { startedAt: minutesAgo(took), finishedAt: minutesAgo(0), usualMs: usual && usual * 60_000 };
  const { blocks } = cardMessage(card(passed, { change: change({ staging: staging(given) }) }));
  expect(seen(blocks).split(' · ')).toContain(words);
});
