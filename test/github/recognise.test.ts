import { runShape, stagingRunOf, workflowFile } from '../../src/github/shapes.js';
import { recognise, type Watched } from '../../src/github/webhooks.js';

const shop: Watched = {
  name: 'shop',
  repository: 'acme/shop',
  branch: 'main',
  staging: 'staging.yml',
  production: 'production.yml',
  stages: [],
};
const SHA = '0123456789abcdef0123456789abcdef01234567';
const run = {
  id: 20_000_000_007,
  run_number: 41,
  run_attempt: 2,
  event: 'push',
  status: 'completed',
  conclusion: 'success',
  head_branch: 'main',
  head_sha: SHA,
  path: '.github/workflows/staging.yml',
  display_title: 'Add prices',
  html_url: 'https://github.com/acme/shop/actions/runs/20000000007',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:04:00Z',
  actor: { login: 'octocat' },
  head_repository: { id: 1 },
};
const told = (change: object = {}) => ({
  repository: { id: 1, full_name: 'acme/shop' },
  workflow_run: { ...run, ...change },
});
const kinds = (payload: unknown, event = 'workflow_run', services = [shop]) =>
  recognise(event, payload, services).map((one) => `${one.service}: ${one.type}`);

test('a push run of the staging file on the branch is a staging run', () => {
  expect(kinds(told())).toEqual(['shop: staging seen']);
  expect(kinds(told({ path: '.github/workflows/staging.yml@refs/heads/main' }))).toEqual(['shop: staging seen']);
});

test('services that share a repository are told apart by their files, or both told', () => {
  const blog = { ...shop, name: 'blog' };
  const docs = { ...shop, name: 'docs', staging: 'docs.yml' };
  expect(kinds(told(), 'workflow_run', [shop, docs])).toEqual(['shop: staging seen']);
  expect(kinds(told(), 'workflow_run', [shop, blog])).toEqual(['shop: staging seen', 'blog: staging seen']);
});

test('a path that GitHub leaves out is read from the workflow beside the run', () => {
  const payload = { ...told({ path: undefined }), workflow: { path: '.github/workflows/staging.yml' } };
  expect(kinds(payload)).toEqual(['shop: staging seen']);
  expect(kinds(told({ path: undefined }))).toEqual([]);
});

test.each([
  ['another event', { event: 'schedule' }],
  ['a pull request', { event: 'pull_request' }],
  ['another branch', { head_branch: 'maint' }],
  ['a tag', { head_branch: 'v1' }],
  ['a tag that is called like the branch', { path: '.github/workflows/staging.yml@refs/tags/main' }],
  ['a fork', { head_repository: { id: 2 } }],
  ['a deleted fork', { head_repository: null }],
  ['another file', { path: '.github/workflows/lint.yml' }],
  ['a file whose name ends alike', { path: '.github/workflows/my-staging.yml' }],
  ['a SHA that is none', { head_sha: 'main' }],
])('%s is nothing', (_what, change) => {
  expect(kinds(told(change))).toEqual([]);
});

test('a production run is one by its file, whoever started it, but never a pull request', () => {
  const path = '.github/workflows/production.yml';
  expect(kinds(told({ path, event: 'workflow_dispatch' }))).toEqual(['shop: production seen']);
  expect(kinds(told({ path, event: 'schedule', head_branch: 'v1' }))).toEqual(['shop: production seen']);
  expect(kinds(told({ path, event: 'pull_request' }))).toEqual([]);
  expect(kinds(told({ path, head_repository: { id: 2 } }))).toEqual([]);
});

test('a job says that its run moved', () => {
  const payload = { repository: { id: 1, full_name: 'ACME/Shop' }, workflow_job: { run_id: 7 } };
  expect(recognise('workflow_job', payload, [shop])).toEqual([{ type: 'job moved', service: 'shop', runId: 7 }]);
  expect(kinds({ ...payload, workflow_job: {} }, 'workflow_job')).toEqual([]);
});

test('what a run tells is read for people: clean title, the login before the name, the attempt that counts', () => {
  const raw = runShape.parse({
    ...run,
    head_commit: { message: 'Fix \u202eit\u0000\n\nbody', author: { name: ' Octo\tCat ' } },
  });
  expect(stagingRunOf(raw)).toMatchObject({
    runId: 20_000_000_007,
    runNumber: 41,
    attempt: 2,
    sha: SHA,
    title: 'Fix it',
    author: 'Octo Cat',
    actor: 'octocat',
  });
  expect(stagingRunOf(runShape.parse({ ...run, display_title: '' }))).toMatchObject({
    title: SHA.slice(0, 7),
    author: 'octocat',
  });
  expect(stagingRunOf(runShape.parse({ ...run, actor: null, status: null }))).toMatchObject({
    author: 'unknown',
    status: 'queued',
  });
});

test("a workflow's file is the last part of its path, without the ref", () => {
  expect(workflowFile('.github/workflows/deploy.yml@refs/heads/main')).toBe('deploy.yml');
  expect(workflowFile('deploy.yml')).toBe('deploy.yml');
  expect(workflowFile(null)).toBeNull();
});
