import { linesOf } from '../../src/job-logs/lines.js';
import { reasonIn } from '../../src/job-logs/reason.js';

/** Whatever a log is made of, its lines are read in time by its length and can be stored. */

const NO_TIMES = { startedAt: null, completedAt: null };
const linesIn = (text: string, cut = false): string[] | undefined =>
  linesOf({ bytes: Buffer.from(text), cut })?.map((line) => line.text);

test('a line may end with many returns', () => {
  expect(linesIn('10%\r100%\r\r\r\nnext\r\n')).toEqual(['100%', 'next', '']);
});

test('a run of returns is looked at once', () => {
  // By the square of its length, as of a run of 64 KB in 4 seconds, a megabyte would take a quarter of an hour.
  expect(linesIn(`${'\r'.repeat(1_024 * 1_024)}x\n`)).toEqual(['x', '']);
});

test('each line is looked at a few times, however many commands there are', () => {
  const count = 2_000;
  let looks = 0;
  const line = (text: string) => ({
    at: null,
    get text() {
      looks += 1;
      return text;
    },
  });
  const log = [...Array.from({ length: count }, () => line('##[group]Run x')), line('foo'), line('##[endgroup]')];
  reasonIn([...log, line('##[error]no')], NO_TIMES);
  expect(looks).toBeLessThan(20 * count);
});

test('a group that a tool has written is no command of GitHub', () => {
  const said = (...lines: string[]) =>
    reasonIn(
      lines.map((text) => ({ at: null, text })),
      NO_TIMES,
    )?.lines;
  const command = ['##[group]Run npm test', 'npm test', 'shell: /usr/bin/bash -e {0}', '##[endgroup]'];
  const tools = ['##[group]Run tests', 'one', '##[endgroup]'];
  expect(said(...command, ...tools, '##[error]no')).toEqual(['Run tests', 'one', 'no']);
  expect(said('before', '##[group]Run actions/checkout', '##[endgroup]', '##[error]no')).toEqual(['no']);
  expect(said('before', ...command, '##[error]no')).toEqual(['no']);
});

test('no half of a character is left of a log that was cut in one', () => {
  for (const before of ['', 'a']) {
    const [line = ''] = linesIn(`${before}${'\u{1f600}'.repeat(1_500)} end`, true) ?? [];
    expect(line).toMatch(/ end$/);
    expect(line).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
  }
});
