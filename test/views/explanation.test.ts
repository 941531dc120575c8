import type { TestFailure, TestReport } from '../../src/core/change/change.js';
import type { FailedJob } from '../../src/core/change/explanation.js';
import { explanationMessage } from '../../src/slack/views/explanation.js';
import { minutesAgo, red, staging } from './given.js';
import { expectFit, objectsIn, seen } from './reading.js';

/** Why a run failed, as the thread of its card says it. */

const REPORT: TestReport = {
  ...{ total: 412, failed: 0, skipped: 0, outside: 0, unreadable: 0 },
  ...{ failures: [], newFailures: null, flaky: 0, flakyTests: [] },
};
const failure = (name: string, more: Partial<TestFailure> = {}): TestFailure => ({
  ...{ name, suite: 'Basket', file: 'src/basket.test.ts', message: 'expected 3, got 4' },
  ...more,
});
const JOB: FailedJob = {
  ...{ name: 'test', url: 'https://github.com/acme/shop/actions/runs/1/job/2', step: 'Run npm test', exitCode: 1 },
  ...{ annotations: [], lines: ['FAIL src/basket.test.ts', '  Expected: 3'] },
};
const ofTests = (failures: readonly TestFailure[], tests: Partial<TestReport>, about = {}) => {
  const change = red({ tests: { ...REPORT, ...tests }, staging: staging({ ...RED, ...about }) });
  const message = explanationMessage(change, 'staging', { failures, job: null }, [], 'UTC');
  expectFit(message);
  return message;
};
const RED = { status: 'failed', conclusion: 'failure', startedAt: minutesAgo(12), finishedAt: minutesAgo(0) } as const;
const ofJob = (job: Partial<FailedJob>, where: 'staging' | 'production' = 'staging') => {
  const message = explanationMessage(red({}), where, { failures: [], job: { ...JOB, ...job } }, [], 'UTC');
  expectFit(message);
  return message;
};
const typed = (blocks: readonly unknown[]) =>
  objectsIn(blocks)
    .filter(({ type }) => type === 'rich_text_preformatted')
    .map(({ elements }) => String((elements as { text: string }[])[0]?.text));

test('failed tests are named with suite, file and message, the slowest, and how long the run took', () => {
  const failures = [failure('adds prices'), failure('rounds', { failedBefore: true, suite: null })];
  const tests = { failed: 2, newFailures: 1, slowest: { name: 'buys everything', suite: 'Shop', ms: 41_000 } };
  const { blocks, text } = ofTests(failures, tests, { usualMs: 480_000 });
  const words = seen(blocks);
  expect(words).toContain('Why it failed staging: 412 tests, 2 failed (1 new) · took 12 min, usually 8 min · the run');
  expect(words).toContain('adds prices in Basket (src/basket.test.ts): expected 3, got 4');
  expect(words).toContain('rounds in src/basket.test.ts (not new): expected 3, got 4');
  expect(words).toContain('Slowest test: buys everything in Shop, 41 s');
  expect(text).toMatch(/^Why shop [0-9a-f]{7} failed staging: |^Why shop [0-9a-f]{7} failed staging\. /);
});

test('of a second attempt, it is said which it is, and nothing of what is usual', () => {
  const words = seen(ofTests([failure('adds')], { failed: 1 }, { attempt: 2, usualMs: 480_000 }).blocks);
  expect(words).toContain('attempt 2');
  expect(words).not.toContain('usually');
});

test('twenty failures fit with all they say, and the others are counted', () => {
  const long = (n: number) =>
    failure(`${n} ${'😀<!channel>'.repeat(50)}`, {
      ...{ suite: `‮suite ${'*_~`'.repeat(80)}`, file: `${'very/long/'.repeat(40)}a.test.ts` },
      message: `\u001b[31m<@U0ALICE> ${'@here '.repeat(90)}`,
    });
  const failures = Array.from({ length: 20 }, (_, n) => long(n));
  const tests = { failed: 5_000, flaky: 9, flakyTests: failures.slice(0, 5), newFailures: 3 };
  const { blocks, text } = ofTests(failures, { ...tests, slowest: { name: 'x'.repeat(300), suite: null, ms: 9_000 } });
  expect(seen(blocks)).toContain('and 4980 more failures');
  expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
});

test('a failed job is named with its step and what it wrote, which stays as it is', () => {
  const { blocks, text } = ofJob({});
  expect(seen(blocks)).toContain('Why it failed staging: test › Run npm test, exit code 1');
  expect(typed(blocks)).toEqual(['FAIL src/basket.test.ts\n  Expected: 3']);
  expect(text).toContain('FAIL src/basket.test.ts Expected: 3');
});

test('a failed deployment says production', () => {
  const { blocks, text } = ofJob({ step: null, exitCode: null }, 'production');
  expect(seen(blocks)).toContain('Why it failed in production: test');
  expect(text).toContain('failed in production');
});

test('annotations alone are told without a log', () => {
  const lost = { place: null, message: 'The hosted runner lost communication with the server.' };
  const { blocks } = ofJob({ lines: [], annotations: [lost, { place: 'src/a.ts:1', message: 'no' }] });
  expect(seen(blocks)).toContain('The hosted runner lost communication');
  expect(seen(blocks)).toContain('src/a.ts:1: no');
  expect(typed(blocks)).toEqual([]);
});

test('lines with markup, mentions, turned text and anything else are shown as text', () => {
  const lines = ['<!channel> *bold* `code` <@U0ALICE>', '‮turned‬', '```', '\u0007\u001b[31m', '😀'.repeat(2_000)];
  const { blocks, text } = ofJob({
    ...{ lines: [...lines, ...Array.from({ length: 40 }, () => 'x'.repeat(200))], name: '<!here>', step: '‮*x*' },
    annotations: Array.from({ length: 5 }, () => ({ place: '<!channel>'.repeat(30), message: '@here '.repeat(90) })),
  });
  expect(typed(blocks)[0]).toContain('<!channel> *bold* `code` <@U0ALICE>\nturned\n```');
  expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  expect(ofJob({ lines: [''], name: '', url: 'javascript:alert(1)' }).blocks).toHaveLength(1);
});
