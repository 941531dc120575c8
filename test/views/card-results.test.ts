import type { CardResult } from '../../src/core/card-results.js';
import { cardMessage } from '../../src/slack/views/card.js';
import { explanationMessage } from '../../src/slack/views/explanation.js';
import { statusMessage } from '../../src/slack/views/status.js';
import { card, change, names, status } from './given.js';
import { buttonsIn, expectFit, seen } from './reading.js';

const result = (name: string, status: CardResult['status'], word: string | null = null, isRun = true): CardResult => {
  const url = status === 'awaited' || status === 'missing' ? null : 'https://github.test/runs/1';
  return { name, status, word, url, isRun };
};
const passed = { own: 'passed', status: 'running' } as const;
const given = change();
const waits = change({ staging: { ...given.staging, ...passed } });
const failed = change({ staging: { ...given.staging, ...passed, status: 'failed' } });

test('each required result has a line with its state, and none has the words of another state of the card', () => {
  const results = [
    result('e2e.yml (deployment_status)', 'passed', 'success'),
    result('load.yml', 'running', 'in_progress'),
    result('security/scan (snyk)', 'awaited'),
    result('ci/legacy (jenkins)', 'missing'),
    result('lint.yml', 'failed', 'timed_out'),
  ];
  const { text, blocks } = cardMessage({ ...card({ is: 'waits for results' }), change: waits, results });
  expect(seen(blocks).split('\n').slice(2)).toEqual([
    ' waits for results',
    ' e2e.yml (deployment_status): green',
    ' load.yml: running',
    ' security/scan (snyk): not there yet',
    ' ci/legacy (jenkins): missing',
    ' lint.yml: timed out',
  ]);
  for (const words of ['passed staging', 'failed staging', 'staging runs again']) expect(text).not.toContain(words);
  expect(text).toContain('security/scan (snyk): not there yet');
  expect(buttonsIn(blocks)).toEqual([]);
});

test('Re-run is offered for what GitHub can run again, and only for that', () => {
  const state = { is: 'failed staging', rerunAsked: false } as const;
  const drawn = (results: CardResult[], asked = false) =>
    cardMessage({ ...card({ ...state, rerunAsked: asked }), change: failed, results });
  const scan = result('security/scan (snyk)', 'failed', 'failure', false);
  const labels = (results: CardResult[], asked = false) =>
    buttonsIn(drawn(results, asked).blocks).map(({ label }) => label);
  expect(labels([scan])).toEqual([]);
  expect(seen(drawn([scan]).blocks)).toContain('where it comes from');
  expect(labels([scan, result('e2e.yml', 'failed', 'failure')])).toEqual(['Re-run']);
  expect(labels([result('e2e.yml', 'failed', 'failure')], true)).toEqual([]);
  // The push run itself is green.
  expect(seen(drawn([scan]).blocks)).toContain('staging ok');
});

test('ten results with the longest names and links fit', () => {
  const name = `<!channel> ${'äöü<@U0ALICE>&'.repeat(30)}`;
  const results = Array.from({ length: 10 }, () => ({
    ...result(name, 'failed', 'x'.repeat(60)),
    url: `https://github.test/${'a'.repeat(2_000)}`,
  }));
  expectFit(cardMessage({ ...card({ is: 'failed staging', rerunAsked: true }), change: failed, results }));
});

test('the thread names the result that failed', () => {
  const scan = { name: 'security/scan (snyk)', url: 'https://github.test/runs/1' };
  const nothing = { failures: [], job: null };
  const { text, blocks } = explanationMessage(failed, 'staging', nothing, ['U0BOB'], 'UTC', scan);
  expect(seen(blocks)).toContain('Failed staging: security/scan (snyk)');
  expect(text).toContain('security/scan (snyk)');
  const job = {
    name: 'browser',
    url: 'https://github.test/2',
    step: null,
    exitCode: 1,
    annotations: [],
    lines: ['Boom'],
  };
  const told = explanationMessage(failed, 'staging', { failures: [], job }, [], 'UTC', { ...scan, name: 'e2e.yml' });
  expect(seen(told.blocks)).toContain('Why it failed staging: e2e.yml › browser, exit code 1');
});

test('the status of a service names the newest change that waits, and what is not green', () => {
  const results = [result('load.yml', 'passed', 'success'), result('e2e.yml', 'awaited')];
  const statuses = [status({ awaits: { change: waits, results } })];
  const page = { statuses, names, page: 1, pages: 1, services: 1, active: 0, queued: 0, waiting: 0 };
  const { blocks } = statusMessage(page, 'UTC');
  expect(seen(blocks)).toMatch(/waits for results: aaaaaaa .* · e2e\.yml: not there yet/);
  expect(seen(blocks)).not.toContain('load.yml');
});
