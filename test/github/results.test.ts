import type { RequiredResult } from '../../src/core/change/results.js';
import { recognise } from '../../src/github/webhooks.js';

const SHA = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);
const requires: RequiredResult[] = [
  { is: 'workflow', file: 'e2e.yml', event: 'push' },
  { is: 'workflow', file: 'e2e.yml', event: 'merge_group' },
  { is: 'workflow', file: 'e2e.yml', event: 'deployment_status' },
  { is: 'workflow', file: 'after.yml', event: 'workflow_run' },
  { is: 'check', name: 'scan', app: 'snyk' },
  { is: 'status', name: 'ci', by: 'circleci[bot]' },
];
const shop = {
  ...{
    name: 'shop',
    repository: 'acme/shop',
    branch: 'main',
    staging: 'staging.yml',
    production: 'production.yml',
    stages: [],
  },
  requires,
};
const repository = { id: 7, full_name: 'Acme/Shop' };
const at = '2026-11-23T12:00:00Z';

const run = (over: object) => ({
  repository,
  workflow_run: {
    ...{ id: 5, run_number: 3, run_attempt: 2, event: 'push', status: 'completed', conclusion: 'success' },
    ...{ head_branch: 'main', head_sha: SHA, path: '.github/workflows/e2e.yml', display_title: 'Add prices' },
    ...{ html_url: 'https://github.test/5', created_at: at, updated_at: at, run_started_at: at },
    ...{ head_repository: { id: 7 } },
    ...over,
  },
});
/** The commit, the key and the status of each result. */
const seenIn = (event: string, payload: unknown) =>
  recognise(event, payload, [shop]).flatMap((one) =>
    one.type === 'results seen'
      ? one.results.map(({ of, status }) => `${one.sha.slice(0, 3)} ${of}: ${status}`)
      : one.type,
  );

test.each<[string, object, string[]]>([
  ['a push to the branch', {}, ['aaa workflow push e2e.yml: passed']],
  ['a push that ended without a word yet', { conclusion: null }, ['aaa workflow push e2e.yml: running']],
  ['cancelled', { conclusion: 'cancelled' }, ['aaa workflow push e2e.yml: failed']],
  ['a push to another branch', { head_branch: 'wip' }, []],
  ['a push of a tag called like the branch', { path: '.github/workflows/e2e.yml@refs/tags/main' }, []],
  ["a fork's branch of that name", { head_repository: { id: 8 } }, []],
  ['a fork that was deleted', { head_repository: null }, []],
  ['a pull request', { event: 'pull_request' }, []],
  ['another workflow', { path: '.github/workflows/lint.yml' }, []],
  [
    'the merge queue of the branch',
    { event: 'merge_group', head_branch: 'gh-readonly-queue/main/pr-5-abc' },
    ['aaa workflow merge_group e2e.yml: passed'],
  ],
  ['the merge queue of another', { event: 'merge_group', head_branch: 'gh-readonly-queue/main-2/pr-5-abc' }, []],
  [
    'a deployment, of no branch',
    { event: 'deployment_status', head_branch: null },
    ['aaa workflow deployment_status e2e.yml: passed'],
  ],
  [
    'started by another, named after its commit',
    { event: 'workflow_run', path: '.github/workflows/after.yml', display_title: `Smoke [${OTHER.toUpperCase()}]` },
    ['bbb workflow workflow_run after.yml: passed'],
  ],
  [
    'not named after a commit',
    { event: 'workflow_run', path: '.github/workflows/after.yml', display_title: 'Smoke' },
    [],
  ],
  [
    'named after two',
    { event: 'workflow_run', path: '.github/workflows/after.yml', display_title: `${SHA} ${OTHER}` },
    [],
  ],
  [
    'named after something longer',
    { event: 'workflow_run', path: '.github/workflows/after.yml', display_title: `${SHA}ab` },
    [],
  ],
])('runs: %s', (_, over, expected) => expect(seenIn('workflow_run', run(over))).toEqual(expected));

const check = (over: object) => ({
  repository,
  check_run: {
    ...{ id: 9, name: 'scan', head_sha: SHA, status: 'completed', conclusion: 'success', app: { slug: 'snyk' } },
    ...over,
  },
});
test.each<[string, object, string[]]>([
  ['by its App', {}, ['aaa check snyk scan: passed']],
  ['neutral', { conclusion: 'neutral' }, ['aaa check snyk scan: failed']],
  ['under way', { status: 'in_progress', conclusion: null }, ['aaa check snyk scan: running']],
  ['by another App', { app: { slug: 'mallory' } }, []],
  ['by nobody', { app: null }, []],
  ['of another name', { name: 'Scan' }, []],
  ['of no commit', { head_sha: 'main' }, []],
])('checks: %s', (_, over, expected) => expect(seenIn('check_run', check(over))).toEqual(expected));

const status = (over: object) => ({
  ...{
    repository,
    id: 11,
    sha: SHA,
    context: 'ci',
    state: 'success',
    target_url: null,
    created_at: at,
    updated_at: at,
  },
  ...{ sender: { login: 'CircleCI[bot]' } },
  ...over,
});
test.each<[string, object, string[]]>([
  ['by its account', {}, ['aaa status circleci[bot] ci: passed']],
  ['pending', { state: 'pending' }, ['aaa status circleci[bot] ci: running']],
  ['error', { state: 'error' }, ['aaa status circleci[bot] ci: failed']],
  ['a word that nobody knows', { state: 'excellent' }, ['aaa status circleci[bot] ci: running']],
  ['by a person of that name', { sender: { login: 'circleci' } }, []],
  ['by nobody', { sender: null }, []],
  ['of another repository', { repository: { id: 8, full_name: 'mallory/shop' } }, []],
])('statuses: %s', (_, over, expected) => expect(seenIn('status', status(over))).toEqual(expected));

test('a service that requires nothing hears of none of them', () => {
  const { requires: _, ...plain } = shop;
  for (const [event, payload] of [
    ['check_run', check({})],
    ['status', status({})],
    ['workflow_run', run({})],
  ] as const)
    expect(recognise(event, payload, [plain])).toEqual([]);
});
