import { ConfigProblems, loadConfig } from '../../src/config/config.js';
import { configOf } from '../support/team.js';

const env = {
  SLACK_BOT_TOKEN: 'xoxb-1234567',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  GITHUB_TOKEN: 'ghp_abcdefghijk',
  GITHUB_WEBHOOK_SECRET: 'a-webhook-secret',
};
const load = (paths: string) =>
  loadConfig(env, () => configOf({ service: paths && `    paths: ${paths}` })).services[0];
function lines(paths: string): readonly string[] {
  try {
    load(paths);
  } catch (error) {
    if (error instanceof ConfigProblems) return error.lines();
    throw error;
  }
  return [];
}

test('a service has the patterns that are written, in their order, or none', () => {
  expect(load('[shop/**, "!shop/docs/**", lib/money/**]')?.paths).toEqual(['shop/**', '!shop/docs/**', 'lib/money/**']);
  expect(load('')).not.toHaveProperty('paths');
});

test.each([
  ['shop/**', /^services\[0\]\.paths: "shop\/\*\*"; expected a list of path patterns$/],
  ['[]', /^services\[0\]\.paths: .*; expected at least one pattern; leave it out/],
  ['["!shop/**"]', /^services\[0\]\.paths\[0\]: .*; expected a pattern without ! first/],
  ['[shop/**, /till/**]', /^services\[0\]\.paths\[1\]: "\/till\/\*\*"; expected a path pattern .*without \/ or \.\/$/],
  ['[shop/]', /a folder is written "shop\/\*\*"$/],
  ['["[ab"]', /a \[ is not closed$/],
  ['[""]', /^services\[0\]\.paths\[0\]: .*; expected a path pattern as in workflow files/],
  [`[${'a'.repeat(501)}]`, /of at most 500 characters/],
  ['[1]', /^$/],
])('%s', (paths, problem) => {
  if (paths === '[1]') return expect(load(paths)?.paths).toEqual(['1']);
  expect(lines(paths)).toEqual([expect.stringMatching(problem)]);
});

test('all that is wrong is told at once', () => {
  expect(lines('[shop/, ./till/**, "?"]')).toHaveLength(3);
});
