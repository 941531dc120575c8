import { readConfigFile } from '../../src/config/file.js';
import { requiresOf } from '../../src/config/requires.js';

const fileWith = (staging: string) => `
channel: C0SHOP
services:
  - name: shop
    repository: acme/shop
    staging: { workflow: staging.yml, ${staging} }
    production: { workflow: production.yml }
    deployers: [U0ALICE]
`;
const read = (staging: string) => {
  const { file, problems } = readConfigFile(fileWith(staging), 'pushbutton.yml');
  return { staging: file?.services[0]?.staging, problems: problems.map((one) => `${one.setting}: ${one.found}`) };
};

test('runs, checks and statuses are required, by half an hour unless it says otherwise', () => {
  const { staging, problems } = read(
    'requires: [{ workflow: e2e.yml }, { workflow: e2e.yml, event: schedule }, { check: scan, app: snyk }, { status: ci, by: bob }, { status: ci, app: circleci }]',
  );
  expect(problems).toEqual([]);
  expect(requiresOf(staging as NonNullable<typeof staging>)).toEqual({
    requires: [
      { is: 'workflow', file: 'e2e.yml', event: 'push' },
      { is: 'workflow', file: 'e2e.yml', event: 'schedule' },
      { is: 'check', name: 'scan', app: 'snyk' },
      { is: 'status', name: 'ci', by: 'bob' },
      { is: 'status', name: 'ci', by: 'circleci[bot]' },
    ],
    withinMs: 1_800_000,
  });
});

test('without any, nothing is required', () => {
  const { staging } = read('test_report: junit');
  expect(requiresOf(staging as NonNullable<typeof staging>)).toEqual({});
});

test.each([
  ['{ workflow: e2e.yml, event: pull_request }', 'event: "pull_request"'],
  ['{ workflow: e2e }', 'workflow: "e2e"'],
  ['{ check: scan }', ''],
  ['{ check: scan, app: github-actions }', 'app: "github-actions"'],
  ['{ check: scan, app: GitHub-Actions }', 'app: "GitHub-Actions"'],
  ['{ status: ci, by: "github-actions[bot]" }', 'by: "github-actions[bot]"'],
  ['{ status: ci, by: "not a login" }', 'by: "not a login"'],
  ['{ workflow: staging.yml }', '"staging.yml", the staging workflow itself'],
  ['{ workflow: production.yml }', '"production.yml", a production workflow'],
  ['{ workflow: e2e.yml }, { workflow: e2e.yml, event: push }', '"e2e.yml", as in requires[0]'],
  ['{ check: scan, app: snyk }, { check: scan, app: SNYK }', '"scan (SNYK)", as in requires[0]'],
])('refused: %s', (requires, said) => {
  const { problems } = read(`requires: [${requires}]`);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(said);
  expect(problems[0]).toContain('services[0].staging.requires');
});

test('at most ten, and a time that is one', () => {
  const many = Array.from({ length: 11 }, (_, n) => `{ workflow: w${n}.yml }`).join(', ');
  expect(read(`requires: [${many}]`).problems).toEqual(['services[0].staging.requires: a list of 11']);
  expect(read('within: soon').problems).toEqual(['services[0].staging.within: "soon"']);
});
