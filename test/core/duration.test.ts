import { formatDuration, parseDuration } from '../../src/core/duration.js';

test.each([
  ['1s', 1_000],
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['1.5h', 5_400_000],
  ['1d', 86_400_000],
  ['0.1m', 6_000],
  [`${'9'.repeat(400)}d`, 36_500 * 86_400_000],
])('%s is so many milliseconds', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(['', '0s', '0.5s', '10', 's', '-1s', '1 h', '1w', '1h30m', '1H', '1e3s', ' 1s', '1s\n', '.5m'])(
  '%j is no duration',
  (text) => expect(parseDuration(text)).toBeUndefined(),
);

test.each([
  [-5, '0 s'],
  [400, '0 s'],
  [1_000, '1 s'],
  [59_600, '1 min'],
  [90_000, '1 min 30 s'],
  [7_500_000, '2 h 5 min'],
  [7_205_000, '2 h'],
  [86_400_000, '1 d'],
  [93_600_000, '1 d 2 h'],
])('%d ms is said as %s', (ms, said) => expect(formatDuration(ms)).toBe(said));
