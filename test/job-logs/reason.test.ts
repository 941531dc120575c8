import { type LogTail, linesOf } from '../../src/job-logs/lines.js';
import { reasonIn, type StepTimes } from '../../src/job-logs/reason.js';
import { logOf, stamped } from '../support/job-log.js';
import { LOGS } from './logs.js';

/** From the end of a job's log, what says why its step failed. */

const AT = new Date('2026-11-30T09:00:00.500Z');
const later = (seconds: number) => new Date(AT.getTime() + seconds * 1_000);
const STEP = { startedAt: Date.parse('2026-11-30T09:00:00Z'), completedAt: Date.parse('2026-11-30T09:00:00Z') };
const NO_TIMES = { startedAt: null, completedAt: null };
const EXIT = 'Process completed with exit code 1.';
const tail = (text: string, cut = false): LogTail => ({ bytes: Buffer.from(text), cut });
const told = (given: LogTail, step: StepTimes = STEP) => reasonIn(linesOf(given) ?? [], step);

test.each(LOGS)('$tool', ({ wrote, error = EXIT, says, silentOf = [] }) => {
  const log = logOf(
    AT,
    { command: 'echo before', lines: ['before'] },
    { command: 'x', lines: wrote.split('\n'), error },
  );
  const reason = told(tail(log));
  const shown = reason?.lines.join('\n') ?? '';
  if (says[0] === undefined) expect(reason).toBeNull();
  else expect(shown.split('\n').slice(0, 4).join('\n')).toContain(says[0]);
  for (const one of says) expect(shown).toContain(one);
  for (const one of [...silentOf, 'before', 'Post job', 'git version']) expect(shown).not.toContain(one);
  expect(shown.split('\n').length).toBeLessThanOrEqual(25);
  expect(shown.length).toBeLessThanOrEqual(2_900);
});

test('the exit code is told apart from what the step said', () => {
  const log = logOf(AT, { command: 'x', lines: ['Error: no'], error: 'Process completed with exit code 137.' });
  expect(told(tail(log))).toEqual({ lines: ['Error: no'], exitCode: 137 });
});

test('steps before and after the failed one are left out by their times, whatever they say', () => {
  const log = [
    stamped(later(-9), '##[error]allowed to fail'),
    stamped(AT, 'Error: this one'),
    stamped(AT, `##[error]${EXIT}`),
    stamped(later(5), '##[error]the upload found nothing'),
  ];
  expect(told(tail(log.join('')))?.lines).toEqual(['Error: this one']);
});

test('a step that cleans up may fail, too', () => {
  const log = [
    'Post job cleanup.',
    'Saving the cache',
    '##[error]no space left on device',
    'Post job cleanup.',
    'later',
  ];
  expect(told(tail(log.map((line) => stamped(AT, line)).join('')))?.lines).toEqual([
    'Saving the cache',
    'no space left on device',
  ]);
});

test('where GitHub tells no times, or those of another clock, the last error of the job counts', () => {
  const log = logOf(AT, { command: 'x', lines: ['Error: this one'], error: EXIT });
  expect(told(tail(log), NO_TIMES)?.lines).toEqual(['Error: this one']);
  const apart = { startedAt: STEP.startedAt - 3_600_000, completedAt: STEP.completedAt - 3_600_000 };
  expect(told(tail(log), apart)?.lines).toEqual(['Error: this one']);
});

test('a step of which the end of the log says nothing is not explained by the others', () => {
  const log = Array.from({ length: 50 }, (_, n) => stamped(later(60 + n), `removing container ${n}`));
  expect(told(tail(log.join(''), true))).toBeNull();
});

test('a log that was cut inside a line and a character begins with the next line', () => {
  const bytes = Buffer.from(`€uro in the token xyz\n${stamped(AT, 'Error: no')}${stamped(AT, `##[error]${EXIT}`)}`);
  for (const from of [1, 2]) expect(told({ bytes: bytes.subarray(from), cut: true })?.lines).toEqual(['Error: no']);
});

test('a log that ends inside a character has no broken one', () => {
  const bytes = Buffer.from(stamped(AT, 'Error: it costs 3 €'));
  const { lines = [] } = told({ bytes: bytes.subarray(0, -2), cut: false }) ?? {};
  expect(lines.join('')).toBe('Error: it costs 3');
});

test('colours, cursors, links, progress bars and marks of direction are not shown', () => {
  const wrote = [
    '\u001b[1;31mError:\u001b[0m no \u001b]8;;https://x.test\u0007link\u001b]8;;\u0007',
    '10%\r55%\r100% done',
    'total\u202e3\u202c and\u200b four',
    '\tindented\u0000',
  ];
  const { lines } = told(tail(logOf(AT, { command: 'x', lines: wrote, error: EXIT }))) ?? {};
  expect(lines).toEqual(['Error: no link', '100% done', 'total3 and four', '  indented']);
});

test('one endless line is cut, and of many lines the first and the last are shown', () => {
  const endless = told(tail(`${'😀'.repeat(16_000)} Error: no`, true), NO_TIMES);
  expect(endless?.lines.join('').length).toBeLessThanOrEqual(200);
  expect(endless?.lines.join('')).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  const many = Array.from({ length: 400 }, (_, n) => `✕ test ${n} ${'x'.repeat(300)}`);
  const { lines = [] } = told(tail(logOf(AT, { command: 'x', lines: many, error: EXIT }))) ?? {};
  expect(lines[0]).toMatch(/^✕ test 0 x+…$/);
  expect(lines.at(-1)).toMatch(/^✕ test 399 /);
  expect(lines.join('\n')).toMatch(/… \d+ lines left out …/);
  expect(lines.join('\n').length).toBeLessThanOrEqual(2_900);
});

test.each([
  ['compressed', Buffer.from([0x1f, 0x8b, 8, 0, ...Array.from({ length: 200 }, (_, n) => (n * 37) % 256)])],
  ['full of zeros', Buffer.alloc(64 * 1_024)],
])('what is %s is no log', (_, bytes) => {
  expect(linesOf({ bytes, cut: false })).toBeNull();
});

test('an empty log has nothing to say', () => {
  expect(told(tail(''))).toBeNull();
  expect(told(tail('\ufeff'), NO_TIMES)).toBeNull();
});
