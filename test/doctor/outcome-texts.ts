// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub's, not templates

import { checkout, OK, rows, SHA, script, steps, type WorkflowText } from './workflow-text.js';

const TIP: WorkflowText['doctor'] = [
  'inputs',
  /^wrong: nothing in production\.yml (?:uses|checks out) inputs\.sha.*: it would deploy the tip of main/,
];
const LOOK: WorkflowText['doctor'] = ['inputs', /^skipped: no step of production\.yml plainly checks out inputs\.sha/];
const AT = `{ uses: actions/checkout@v6, with: { ref: "${SHA}" } }`;
const two = (outputs: string, deploy: string) => ({
  jobs: `jobs:
  prepare: { runs-on: x, outputs: { ${outputs} }, steps: [{ run: make }] }
  deploy: { needs: prepare, runs-on: x, steps: [${deploy}] }
`,
});
const report = (...lines: string[]) => script(...lines, './deploy.sh');

/** What an expression gives, where it goes, and whether it is reached. */
export const OUTCOMES = rows([
  ['a value that is always there first', checkout('github.sha || inputs.sha'), null, TIP],
  ['a value that a dispatch never has first', checkout('github.head_ref || inputs.sha'), null, OK],
  ['a comparison', checkout("inputs.sha == ''"), null, TIP],
  ['another value whenever it is given', checkout('inputs.sha && github.ref'), null, TIP],
  ['a choice by the event', checkout("github.event_name == 'workflow_dispatch' && inputs.sha || github.sha"), null, OK],
  ['a choice by another event', checkout("github.event_name == 'push' && inputs.sha || github.sha"), null, TIP],
  ['a choice by a variable', checkout('vars.PINNED && inputs.sha || github.sha'), null, OK],
  ['a function of it', checkout("format('{0}', inputs.sha)"), null, OK],
  ['a function that asks about it', checkout("contains(inputs.sha, 'a')"), null, TIP],
  ['a tag that is called like it', { steps: `[{ uses: actions/checkout@v6, with: { ref: "v${SHA}" } }]` }, null, LOOK],
  [
    'a branch that is called like it',
    { steps: `[{ uses: actions/checkout@v6, with: { ref: "refs/heads/${SHA}" } }]` },
    null,
    LOOK,
  ],
  ['a text in more lines', { steps: `[{ uses: actions/checkout@v6, with: { ref: "\\n  ${SHA}\\n" } }]` }, null, OK],
  [
    'braces without a dollar',
    { steps: '[{ uses: actions/checkout@v6, with: { ref: "{{ inputs.sha }}" } }]' },
    null,
    TIP,
  ],
  ['one brace', { steps: '[{ uses: actions/checkout@v6, with: { ref: "${ inputs.sha }" } }]' }, null, TIP],
  [
    'a variable of the shell where there is none',
    { steps: `[{ uses: actions/checkout@v6, env: { SHA: "${SHA}" }, with: { ref: $SHA } }]` },
    null,
    TIP,
  ],
  [
    'an output that is used',
    two(`sha: "${SHA}"`, '{ uses: actions/checkout@v6, with: { ref: "${{ needs.prepare.outputs.sha }}" } }'),
    null,
    OK,
  ],
  [
    'an output by an index',
    two(`sha: "${SHA}"`, `{ uses: actions/checkout@v6, with: { ref: "\${{ needs['prepare'].outputs['SHA'] }}" } }`),
    null,
    OK,
  ],
  ['an output that nobody uses', two(`sha: "${SHA}"`, '{ uses: actions/checkout@v6 }, { run: make }'), null, TIP],
  [
    'another output',
    two(
      `sha: "${SHA}", ref: "\${{ github.ref }}"`,
      '{ uses: actions/checkout@v6, with: { ref: "${{ needs.prepare.outputs.ref }}" } }',
    ),
    null,
    TIP,
  ],
  ['a matrix that has it', { job: `strategy: { matrix: { ref: ["${SHA}"] } }`, ...checkout('matrix.ref') }, null, OK],
  [
    'a matrix that has it and is not used',
    { job: `strategy: { matrix: { ref: ["${SHA}"] } }`, steps: steps('{ run: make }') },
    null,
    TIP,
  ],
  [
    'a matrix that includes it',
    { job: `strategy: { matrix: { include: [{ region: eu, ref: "${SHA}" }] } }`, ...checkout('matrix.ref') },
    null,
    OK,
  ],
  [
    'a checkout that is switched off',
    { steps: steps(`{ if: false, uses: actions/checkout@v6, with: { ref: "${SHA}" } }`) },
    null,
    [
      'inputs',
      /^wrong: .*it is only shown in the step actions\/checkout@v6 of the job deploy, which no start runs: it would deploy/,
    ],
  ],
  [
    'a job for pushes',
    { job: "if: github.event_name == 'push'" },
    null,
    ['inputs', /^wrong: .*it is only shown in the job deploy, which no start runs/],
  ],
  [
    'a job for starts',
    { job: "if: github.event_name == 'workflow_dispatch' && github.ref == 'refs/heads/main'" },
    null,
    OK,
  ],
  ['a job that is not for pushes', { job: 'if: "!(github.event_name == \'push\')"' }, null, OK],
  [
    'a here-document for the summary',
    { steps: report('cat <<EOF >> "$GITHUB_STEP_SUMMARY"', `| sha | ${SHA} |`, 'EOF') },
    null,
    TIP,
  ],
  [
    'a here-document for the summary, the other way round',
    { steps: report('cat >> $GITHUB_STEP_SUMMARY << "EOF"', `sha: ${SHA}`, 'EOF') },
    null,
    TIP,
  ],
  [
    'a here-document for a program',
    { steps: script('kubectl apply -f - <<EOF', `image: shop:${SHA}`, 'EOF') },
    null,
    OK,
  ],
  ['what was fetched', { steps: script(`git fetch --depth=1 origin ${SHA}`, 'git reset --hard FETCH_HEAD') }, null, OK],
  ['a fetch alone', { steps: script(`git fetch origin ${SHA}`, './deploy.sh') }, null, LOOK],
  ['git switch', { steps: script(`git switch --detach ${SHA}`) }, null, OK],
  ['a worktree', { steps: script(`git worktree add ../release ${SHA}`, 'cd ../release', './deploy.sh') }, null, OK],
  ['a cache', { steps: steps(`{ uses: actions/cache@v4, with: { key: "k-${SHA}", path: dist } }`) }, null, LOOK],
  [
    'an action that prepares the runner',
    { steps: steps(`{ uses: actions/setup-node@v6, with: { cache-dependency-path: "${SHA}" } }`) },
    null,
    TIP,
  ],
  [
    'an artifact of that commit',
    { steps: `[{ uses: actions/download-artifact@v5, with: { name: "build-${SHA}" } }, { run: ./deploy.sh }]` },
    null,
    OK,
  ],
  [
    'git in github-script',
    {
      steps: steps(
        `{ uses: actions/github-script@v8, with: { script: "await exec.exec('git', ['checkout', '${SHA}'])" } }`,
      ),
    },
    null,
    OK,
  ],
  [
    'a variable in github-script',
    {
      steps: steps(
        `{ uses: actions/github-script@v8, env: { SHA: "${SHA}" }, with: { script: "await exec.exec('git', ['checkout', process.env.SHA])" } }`,
      ),
    },
    null,
    OK,
  ],
  [
    'another repository at its own ref',
    { steps: steps('{ uses: actions/checkout@v6, with: { repository: acme/infra, path: infra, ref: main } }') },
    null,
    TIP,
  ],
  ['a second checkout', { steps: `[{ uses: actions/checkout@v6 }, ${AT}, { run: ./deploy.sh }]` }, null, OK],
]);
