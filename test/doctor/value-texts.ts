// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub's, not templates

import { CHECKOUT, job, OK, refused, regular, rows, step } from './workflow-text.js';

/** What values GitHub takes and refuses in workflow files. */
export const VALUES = rows([
  [
    'a permission that there is not',
    { more: 'permissions: { content: read }' },
    "Unexpected value 'content'",
    refused('GitHub knows no content in permissions\\. Did you mean contents|GitHub knows no content'),
  ],
  [
    'permissions in one word',
    { more: 'permissions: read' },
    "Unexpected value 'read'",
    refused('permissions is read, and GitHub takes read-all, write-all or a mapping'),
  ],
  [
    'a permission that is only written',
    { more: 'permissions: { id-token: read }' },
    "Unexpected value 'read'",
    refused('permissions\\.id-token is read'),
  ],
  ['permissions of all', { more: 'permissions: read-all' }, null, OK],
  ['no permission', { more: 'permissions: {}' }, null, OK],
  [
    'a concurrency group that is missing',
    { more: 'concurrency: { cancel-in-progress: false }' },
    'Required property is missing: group',
    refused('concurrency has no group'),
  ],
  [
    'a cancel that is computed',
    { more: 'concurrency: { group: production, cancel-in-progress: "${{ github.ref != \'refs/heads/main\' }}" }' },
    null,
    OK,
  ],
  [
    'variables in a list',
    { more: 'env: [{ A: b }]' },
    'A sequence was not expected',
    refused('env is a list, and GitHub takes a mapping'),
  ],
  [
    'a variable that is a mapping',
    { more: 'env: { A: { b: c } }' },
    'A mapping was not expected',
    refused('env\\.A is a mapping'),
  ],
  ['variables of other kinds', { more: 'env: { PORT: 8080, ON: true, EMPTY: }' }, null, OK],
  [
    'a time with its unit',
    regular('timeout-minutes: 30m'),
    "Unexpected value '30m'",
    refused('jobs\\.deploy\\.timeout-minutes is 30m, and GitHub takes a number'),
  ],
  ['a time from a variable', regular('timeout-minutes: "${{ fromJSON(vars.TIMEOUT) }}"'), null, OK],
  [
    'yes',
    regular('continue-on-error: yes'),
    "Unexpected value 'yes'",
    refused('jobs\\.deploy\\.continue-on-error is yes, and GitHub takes true or false'),
  ],
  [
    'an environment with its address alone',
    regular('environment: { url: "https://shop.test" }'),
    'Required property is missing: name',
    refused('jobs\\.deploy\\.environment has no name'),
  ],
  ['an environment with an approval', regular('environment: { name: production, url: "https://shop.test" }'), null, OK],
  ['a matrix', regular('strategy: { fail-fast: false, max-parallel: 1, matrix: { region: [eu, us] } }'), null, OK],
  ['a matrix from JSON', regular('strategy: { matrix: "${{ fromJSON(vars.MATRIX) }}" }'), null, OK],
  [
    'a matrix with one value',
    regular('strategy: { matrix: { region: eu } }'),
    "Unexpected value 'eu'",
    refused('jobs\\.deploy\\.strategy\\.matrix\\.region is eu, and GitHub takes a list'),
  ],
  [
    'an empty matrix',
    regular('strategy: { matrix: }'),
    "Unexpected value ''",
    refused('jobs\\.deploy\\.strategy\\.matrix is empty'),
  ],
  [
    'a container without an image',
    regular('container: { options: --cpus 1 }'),
    'Container image cannot be empty',
    refused('jobs\\.deploy\\.container has no image'),
  ],
  [
    'services in a list',
    regular('services: [{ image: "postgres:16" }]'),
    'A sequence was not expected',
    refused('jobs\\.deploy\\.services is a list'),
  ],
  [
    'a container and services',
    regular('container: { image: "node:22" }, services: { db: { image: "postgres:16", ports: ["5432:5432"] } }'),
    null,
    OK,
  ],
  [
    'an empty runner',
    job(`runs-on: , steps: [${CHECKOUT}]`),
    "Unexpected value ''",
    refused('jobs\\.deploy\\.runs-on is empty'),
  ],
  ['runners of a group', job(`runs-on: { group: production, labels: linux }, steps: [${CHECKOUT}]`), null, OK],
  [
    'a run that is a list',
    step('run: [./deploy.sh]'),
    'A sequence was not expected',
    refused('jobs\\.deploy\\.steps\\.run is a list'),
  ],
  [
    'an input of an action that is a list',
    { steps: '[{ uses: actions/checkout@v6, with: { ref: "${{ inputs.sha }}", sparse-checkout: [src] } }]' },
    'A sequence was not expected',
    refused('jobs\\.deploy\\.steps\\.with\\.sparse-checkout is a list'),
  ],
  ['an empty step', { steps: `[${CHECKOUT}, ]` }, null, OK],
  [
    'an id twice',
    { steps: `[${CHECKOUT}, { id: a, run: make }, { id: a, run: make }]` },
    "The identifier 'a' may not be used more than once",
    ['production', /^wrong: .*the job deploy has two steps with the id a\. Rename/],
  ],
  [
    'an id with a blank',
    step('id: a b, run: make'),
    "The identifier 'a b' is invalid",
    refused('jobs\\.deploy\\.steps\\.id is a b'),
  ],
  [
    'a job that there is not',
    regular('needs: build'),
    'The workflow must contain at least one job with no dependencies',
    ['production', /^wrong: .*the job deploy needs build, and there is no such job\. The jobs are deploy/],
  ],
  [
    'jobs that wait for each other',
    {
      jobs: `jobs: { a: { needs: b, runs-on: x, steps: [${CHECKOUT}] }, b: { needs: [a], runs-on: x, steps: [{ run: make }] } }`,
    },
    'The workflow must contain at least one job with no dependencies',
    ['production', /^wrong: .*the jobs a and b wait for each other/],
  ],
]);

/** What expressions GitHub takes and refuses, and where. */
export const EXPRESSIONS = rows([
  [
    'env in a concurrency group',
    { more: 'concurrency: "${{ env.STAGE }}"' },
    "Unrecognized named-value: 'env'",
    refused('concurrency may read github, inputs and vars, not env'),
  ],
  [
    'env in env',
    { more: 'env: { A: b, C: "${{ env.A }}" }' },
    "Unrecognized named-value: 'env'",
    refused('env\\.C may read .*, not env'),
  ],
  [
    'env in a condition of a job',
    regular('if: env.A == 1'),
    "Unrecognized named-value: 'env'",
    refused('jobs\\.deploy\\.if may read .*, not env'),
  ],
  [
    'secrets in a condition of a step',
    step("if: secrets.KEY != '', run: make"),
    "Unrecognized named-value: 'secrets'",
    refused('jobs\\.deploy\\.steps\\.if may read .*, not secrets'),
  ],
  [
    'double quotes in a condition',
    regular(`if: 'github.ref == "refs/heads/main"'`),
    'Unexpected symbol: \'"refs/heads/main"\'',
    refused('in jobs\\.deploy\\.if, a text in an expression is in double quotes'),
  ],
  [
    'a bracket that is not closed',
    step(`if: "contains(github.ref, 'main'", run: make`),
    "Unexpected symbol: 'EOF'",
    refused('in jobs\\.deploy\\.steps\\.if, an expression ends too early'),
  ],
  [
    'one = in a condition',
    step(`if: "github.ref = 'main'", run: make`),
    "Unexpected symbol: '='",
    refused('in jobs\\.deploy\\.steps\\.if, an expression has a = that'),
  ],
  [
    'two values side by side',
    step('run: "make ${{ github.ref github.sha }}"'),
    "Unexpected symbol: 'github'",
    refused('in jobs\\.deploy\\.steps\\.run, an expression has github where'),
  ],
  [
    'an empty expression',
    step('run: "make ${{ }}"'),
    'An expression was expected',
    refused('in jobs\\.deploy\\.steps\\.run, an expression is empty'),
  ],
  [
    'a function that there is not',
    step('run: "make ${{ substring(inputs.sha, 0, 7) }}"'),
    "Unrecognized function: 'substring'",
    ['production', /^skipped: GitHub may refuse .*jobs\.deploy\.steps\.run may not call substring\(\)/],
  ],
  [
    'a function that is misspelt',
    step('run: "make ${{ toJSN(inputs) }}"'),
    "Unrecognized function: 'toJSN'",
    refused('jobs\\.deploy\\.steps\\.run may not call tojsn'),
  ],
  [
    'a function with too few values',
    step('run: "make ${{ contains(inputs.sha) }}"'),
    'Too few parameters supplied',
    refused('in jobs\\.deploy\\.steps\\.run, contains\\(\\) has 1 value'),
  ],
  [
    'a context that is misspelt',
    step('run: "make ${{ input.sha }}"'),
    "Unrecognized named-value: 'input'",
    refused('jobs\\.deploy\\.steps\\.run may read .* not input \\(did you mean inputs'),
  ],
  [
    'a runner in variables of a job',
    regular('env: { T: "${{ runner.temp }}" }'),
    "Unrecognized named-value: 'runner'",
    refused('jobs\\.deploy\\.env\\.T may read .*, not runner'),
  ],
  [
    'a version of an action that is computed',
    step('uses: "acme/deploy@${{ inputs.sha }}"'),
    "Unrecognized named-value: 'inputs'",
    refused('jobs\\.deploy\\.steps\\.uses may read nothing, not inputs'),
  ],
  [
    'functions, indexes and brackets',
    step(
      `if: "!cancelled() && (github.event['inputs'].sha != '' || steps.*.outcome == 'failure')", run: "echo \${{ hashFiles('**/lock') }} \${{ format('{{0}}}}', 1) }} \${{ case(true, 1, 2) }} \${{ fromJSON('[1]')[0] }}"`,
    ),
    null,
    OK,
  ],
]);
