// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub's, not templates

import { CHECKOUT, job, OK, refused, regular, rows, step, steps } from './workflow-text.js';

const KEYS = rows([
  [
    'steps that are misspelt',
    job(`runs-on: x, step: [${CHECKOUT}]`),
    "Unexpected value 'step'",
    refused('GitHub knows no step in jobs\\.deploy\\. Did you mean steps'),
  ],
  [
    'a job without a runner',
    job(`steps: [${CHECKOUT}]`),
    'Required property is missing: runs-on',
    refused('jobs\\.deploy has no runs-on'),
  ],
  [
    'a runner with an underscore',
    job(`runs_on: x, steps: [${CHECKOUT}]`),
    "Unexpected value 'runs_on'",
    refused('jobs\\.deploy has no runs-on; line .*Did you mean runs-on'),
  ],
  [
    'a key in capitals',
    job(`Runs-On: x, steps: [${CHECKOUT}]`),
    "Unexpected value 'Runs-On'",
    refused('jobs\\.deploy has no runs-on; line .*Did you mean runs-on'),
  ],
  ['no job', { jobs: '' }, 'Required property is missing: jobs', refused('the file has no jobs')],
  [
    'a run beside uses',
    { steps: `[{ uses: actions/checkout@v6, with: { ref: "\${{ inputs.sha }}" }, run: make }]` },
    "Unexpected value 'run'",
    refused('run does not belong into jobs\\.deploy\\.steps'),
  ],
  [
    'with beside a run',
    step('run: make, with: { a: b }'),
    "Unexpected value 'with'",
    refused('with does not belong into'),
  ],
  [
    'ref beside uses',
    { steps: '[{ uses: actions/checkout@v6, ref: "${{ inputs.sha }}" }]' },
    "Unexpected value 'ref'",
    refused('ref does not belong into'),
  ],
  [
    'a step with a dash too many',
    { steps: '[{ uses: actions/checkout@v6 }, { with: { ref: "${{ inputs.sha }}" } }]' },
    'Required property is missing: uses',
    refused('jobs\\.deploy\\.steps: it has neither run nor uses'),
  ],
  [
    'a step that is a text',
    { steps: `[${CHECKOUT}, ./deploy.sh]` },
    "Unexpected value './deploy.sh'",
    refused('jobs\\.deploy\\.steps is \\./deploy\\.sh, and GitHub takes a mapping'),
  ],
  [
    'steps by their names',
    { steps: `{ checkout: ${CHECKOUT} }` },
    'A mapping was not expected',
    refused('jobs\\.deploy\\.steps is a mapping, and GitHub takes a list'),
  ],
  [
    'an environment of the workflow',
    { more: 'environment: production' },
    "Unexpected value 'environment'",
    refused('environment does not belong into a workflow file'),
  ],
  [
    'a key for anchors',
    { more: 'x-common: &all { A: b }' },
    "Unexpected value 'x-common'",
    [
      'production',
      /^skipped: GitHub may refuse production\.yml, look there: line 11: GitHub knows no x-common in a workflow file$/,
    ],
  ],
  [
    'a matrix beside the strategy',
    regular('matrix: { region: [eu] }'),
    "Unexpected value 'matrix'",
    refused('matrix does not belong into'),
  ],
  [
    'a shell that is no default of run',
    { more: 'defaults: { shell: bash }' },
    "Unexpected value 'shell'",
    refused('shell does not belong into defaults'),
  ],
  [
    'a key of an input that is misspelt',
    { inputs: 'tier: { type: string, defualt: a }' },
    "Unexpected value 'defualt'",
    refused('GitHub knows no defualt in .*Did you mean default'),
  ],
  [
    'a name of a job with a blank',
    { jobs: `jobs: { to production: { runs-on: x, steps: [${CHECKOUT}] } }` },
    "The identifier 'to production' is invalid",
    refused('jobs\\.to production is no name'),
  ],
  [
    'a name of a job with an umlaut',
    { jobs: `jobs: { für: { runs-on: x, steps: [${CHECKOUT}] } }` },
    "The identifier 'für' is invalid",
    refused('jobs\\.für is no name'),
  ],
  [
    'a key that is a list',
    { more: 'env: { ? [a, b] : c }' },
    "Unexpected value 'undefined'",
    refused('env has a key that is no text'),
  ],
]);

const USES = rows([
  [
    'an action without its version',
    { steps: '[{ uses: actions/checkout, with: { ref: "${{ inputs.sha }}" } }]' },
    null,
    refused('jobs\\.deploy\\.steps\\.uses is actions/checkout, and GitHub takes owner/name@version'),
  ],
  [
    'a workflow as a step',
    { steps: '[{ uses: ./.github/workflows/x.yml, with: { sha: "${{ inputs.sha }}" } }]' },
    null,
    refused('jobs\\.deploy\\.steps\\.uses is \\./\\.github/workflows/x\\.yml'),
  ],
  [
    'a workflow of another repository without its version',
    job('uses: acme/ci/.github/workflows/x.yml, with: { sha: "${{ inputs.sha }}" }'),
    null,
    refused('jobs\\.deploy\\.uses is acme/ci/.* and GitHub takes \\./\\.github/workflows/FILE'),
  ],
  [
    'a workflow of the same repository with a version',
    job('uses: ./.github/workflows/x.yml@main, with: { sha: "${{ inputs.sha }}" }'),
    null,
    refused('jobs\\.deploy\\.uses is'),
  ],
  [
    'a workflow and a runner',
    job('runs-on: x, uses: ./.github/workflows/x.yml, with: { sha: "${{ inputs.sha }}" }'),
    "Unexpected value 'uses'",
    refused('runs-on does not belong into jobs\\.deploy'),
  ],
  [
    'a workflow and variables',
    job('env: { A: b }, uses: ./.github/workflows/x.yml, with: { sha: "${{ inputs.sha }}" }'),
    "Unexpected value 'uses'",
    refused('env does not belong into jobs\\.deploy'),
  ],
  [
    'a workflow that is given env',
    {
      more: 'env: { SHA: "${{ inputs.sha }}" }',
      ...job('uses: ./.github/workflows/x.yml, with: { sha: "${{ env.SHA }}" }'),
    },
    "Unrecognized named-value: 'env'",
    refused('jobs\\.deploy\\.with\\.sha may read .*, not env'),
  ],
  [
    'a workflow in a matrix',
    job(
      'strategy: { matrix: { region: [eu, us] } }, uses: acme/ci/.github/workflows/x.yml@v2, with: { sha: "${{ inputs.sha }}", region: "${{ matrix.region }}" }, secrets: inherit',
    ),
    null,
    OK,
  ],
  [
    'an image as a step',
    { steps: steps('{ uses: "docker://alpine:3", with: { args: ./deploy.sh } }') },
    null,
    ['inputs', /^skipped: .*Look at the step docker:/],
  ],
]);

/** What keys GitHub takes and refuses in workflow files. */
export const STRUCTURES = [...KEYS, ...USES];
