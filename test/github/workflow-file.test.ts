import { readWorkflowFile } from '../../src/github/checks/workflow-file.js';

/** Whether a push to this branch starts a workflow with this `on`. */
function starts(on: string, branch = 'main'): boolean {
  const read = readWorkflowFile(`on: ${on}`);
  if ('fault' in read) throw new Error(read.fault);
  return read.startsOn?.(branch) ?? false;
}

test.each([
  ['push', true],
  ['[pull_request, push]', true],
  ['{ push: }', true],
  ['{ push: { paths: [src/**] } }', true],
  ['pull_request', false],
  ['{ workflow_dispatch: }', false],
  ['{ push: { tags: ["v*"] } }', false],
  ['{ push: { tags: ["v*"], branches: [main] } }', true],
  ['{ push: { branches: main } }', true],
  ['{ push: { branches: [trunk] } }', false],
  ['{ push: { branches: ["*"] } }', true],
  ['{ push: { branches: ["!main"] } }', false],
  ['{ push: { branches: ["**", "!main"] } }', false],
  ['{ push: { branches: ["!main", "**"] } }', true],
  ['{ push: { branches-ignore: [main] } }', false],
  ['{ push: { branches-ignore: ["release/**"] } }', true],
  ['{ push: { branches: ["ma?in"] } }', true],
  ['{ push: { branches: ["ma+in"] } }', true],
  ['{ push: { branches: ["[mn]ain"] } }', true],
  ['{ push: { branches: ["mai."] } }', false],
])('on: %s started by a push to main: %s', (on, expected) => {
  expect(starts(on)).toBe(expected);
});

test('one star stops at a slash, two do not', () => {
  expect(starts('{ push: { branches: ["release/*"] } }', 'release/1')).toBe(true);
  expect(starts('{ push: { branches: ["release/*"] } }', 'release/1/2')).toBe(false);
  expect(starts('{ push: { branches: ["release/**"] } }', 'release/1/2')).toBe(true);
  expect(starts('{ push: { branches: ["*"] } }', 'release/1')).toBe(false);
});

test('inputs are read with what GitHub asks of them', () => {
  const read = readWorkflowFile(`
run-name: Deploy
on:
  workflow_dispatch:
    inputs:
      sha:
      Region: { type: choice, options: [eu, 1], required: true, default: eu }
      dry: { type: boolean, default: false }
`);
  expect(read).toMatchObject({ runName: 'Deploy', startsOn: null });
  expect('inputs' in read && [...(read.inputs ?? [])]).toEqual([
    ['sha', { required: false, hasDefault: false, options: null }],
    ['region', { required: true, hasDefault: true, options: ['eu', '1'] }],
    ['dry', { required: false, hasDefault: true, options: null }],
  ]);
});

test.each([
  ['on: [push', /^it is not valid YAML: /],
  ['on: push\njobs: &all { deploy: *all }', /^it is not valid YAML: /],
  ['', /^it has no event/],
  ['jobs: {}', /^it has no event/],
  ['on: { push: [main] }', /^on\.push is not/],
  ['on: { workflow_dispatch: { inputs: [sha] } }', /^on\.workflow_dispatch is not/],
])('%j is no workflow that GitHub would run', (source, why) => {
  expect(readWorkflowFile(source)).toEqual({ fault: expect.stringMatching(why) });
});

test('a file that no person would write is read all the same, and soon', () => {
  const steps = [`a=b$(c)'d'`.repeat(2_000), 'x="a '.repeat(2_000), `git ${'-c '.repeat(2_000)}`].map((run) => ({
    run: `${run} x`,
  }));
  const odd = [
    5,
    null,
    'text',
    ['list'],
    { steps: 'text' },
    {
      steps: [
        5,
        null,
        [1],
        { run: 5, env: 'x' },
        { uses: 7 },
        { run: 'echo', env: { 'A(': '$' + '{{ inputs.sha }}' } },
      ],
    },
  ];
  const jobs = Object.fromEntries([...odd, { steps }].map((job, at) => [`job${at}`, job]));
  expect(readWorkflowFile(JSON.stringify({ on: 'push', jobs }))).toMatchObject({ shaUse: { is: 'unused' } });
});
