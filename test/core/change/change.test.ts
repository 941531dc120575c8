import { isNews, type StagingRun, shortSha, stagingStatus } from '../../../src/core/change/change.js';
import { plain } from '../../../src/core/change/plain.js';
import { change, shaOf, stagingRun } from '../given.js';

test.each([
  ['queued', null, 'running'],
  ['in_progress', null, 'running'],
  ['waiting', null, 'running'],
  ['requested', 'success', 'running'],
  ['completed', 'success', 'passed'],
  ['completed', 'failure', 'failed'],
  ['completed', 'cancelled', 'failed'],
  ['completed', 'timed_out', 'failed'],
  ['completed', 'skipped', 'failed'],
  ['completed', 'neutral', 'failed'],
  ['completed', 'action_required', 'failed'],
  ['completed', 'stale', 'failed'],
  ['completed', null, 'failed'],
  ['completed', 'a word of tomorrow', 'failed'],
])('a staging run that is %s with %s is %s', (status, conclusion, expected) => {
  expect(stagingStatus({ status, conclusion })).toBe(expected);
});

const passed = change(5, { attempt: 2 }).staging;
const running = change(5, { attempt: 2, status: 'running', conclusion: null }).staging;
test.each<[string, typeof passed | null, Partial<StagingRun>, boolean]>([
  ['anything of an unknown change', null, { status: 'queued', conclusion: null }, true],
  ['a newer run of the same commit', passed, { runNumber: 6, status: 'queued', conclusion: null }, true],
  ['an older run, also when it ended later', passed, { runNumber: 4, attempt: 9 }, false],
  ['a newer attempt', passed, { attempt: 3, status: 'queued', conclusion: null }, true],
  ['an older attempt that ended late', running, { attempt: 1 }, false],
  ['the end of what runs', running, { attempt: 2 }, true],
  ['what runs, told again', running, { attempt: 2, status: 'in_progress', conclusion: null }, false],
  ['the same end, told again', passed, { attempt: 2 }, false],
  ['a running state that comes after the end', passed, { attempt: 2, status: 'in_progress', conclusion: null }, false],
  ['another end of the same attempt', passed, { attempt: 2, conclusion: 'failure' }, false],
])('%s: news or not', (_, known, told, expected) => {
  expect(isNews(known, stagingRun(5, told))).toBe(expected);
});

test('a short SHA has seven digits', () => expect(shortSha(shaOf(1))).toBe('aaaaaaa'));

test.each([
  ['Add prices', 'Add prices'],
  ['  two\n\tlines \u2028 more ', 'two lines more'],
  ['bell\u0007, delete\u007f and C1\u0085', 'bell , delete and C1'],
  ['\u0000', ''],
  ['\ufeff\u200b\u2066', ''],
  ['turn \u202egnp.exe', 'turn gnp.exe'],
  ['a rocket \u{1F680} stays', 'a rocket \u{1F680} stays'],
  ['half \ud83d of it, other \ude80 half', 'half of it, other half'],
  [`${'x'.repeat(499)}\u{1F680}`, 'x'.repeat(499)],
  ['y'.repeat(501), 'y'.repeat(500)],
  ['*bold* <!channel> &amp;', '*bold* <!channel> &amp;'],
])('%j is stored as %j', (written, stored) => {
  expect(plain(written)).toBe(stored);
  expect(plain(stored)).toBe(stored);
});
