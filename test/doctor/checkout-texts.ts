// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub's, not templates

import { checkout, file, OK, rows, SHA, script, steps, type WorkflowText } from './workflow-text.js';

const CHECKED_OUT = rows([
  [
    'a file that a script writes',
    { steps: script('cat > values.yml <<END', '# written by a run', `# ${SHA}`, 'END') },
    null,
    OK,
  ],
  [
    'a group of echoes that gives it on',
    { steps: script('{', `echo "sha=${SHA}"`, 'echo "by=me"', '} >> "$GITHUB_OUTPUT"') },
    null,
    OK,
  ],
  [
    'a loop that prints into a program',
    { steps: script(`for at in 1 2; do echo "${SHA}"; done | ./deploy.sh`) },
    null,
    OK,
  ],
  ['an old way to give it on', { steps: script(`echo "::set-output name=sha::${SHA}"`) }, null, OK],
  [
    'printf into a variable',
    { steps: script(`printf -v tag 'v-%s' "${SHA}"`, 'helm upgrade shop ./chart --set "tag=$tag"') },
    null,
    OK,
  ],
  [
    'a program whose output is kept',
    { steps: script(`answer="$(echo "${SHA}" | ./deploy.sh)"`, 'echo "$answer"') },
    null,
    ['inputs', /^(?:ok|skipped)/],
  ],
  ['a folder', { steps: script(`cd "/srv/releases/${SHA}"`, './activate.sh') }, null, ['inputs', /^(?:ok|skipped)/]],
  ['arguments', { steps: script(`set -- "${SHA}"`, './deploy.sh "$1"') }, null, ['inputs', /^(?:ok|skipped)/]],
  [
    'a function that prints it',
    { steps: script(`sha() { echo "${SHA}"; }`, 'git checkout "$(sha)"') },
    null,
    ['inputs', /^(?:ok|skipped)/],
  ],
  ['an echo into a program', { steps: script(`echo "${SHA}" | ./deploy.sh`) }, null, OK],
  ['a command behind an echo', { steps: script(`echo "${SHA}" && git checkout "${SHA}"`) }, null, OK],
  [
    'PowerShell',
    { steps: steps(`{ shell: pwsh, env: { COMMIT: "${SHA}" }, run: 'git checkout $env:COMMIT' }`) },
    null,
    OK,
  ],
  ['an exported variable', { steps: script(`export COMMIT="${SHA}"`, './deploy.sh') }, null, OK],
  ['the image of a job', { job: `container: "registry.test/shop:${SHA}"`, steps: steps('{ run: make }') }, null, OK],
  [
    'a quote that is not closed',
    { steps: script("echo don't stop", `./deploy.sh ${SHA}`) },
    null,
    ['inputs', /^(?:ok|skipped)/],
  ],
  [
    'a script that shows it and starts a program that may read it',
    { steps: steps(`{ env: { COMMIT: "${SHA}" }, run: 'echo "$COMMIT" && ./deploy.sh' }`) },
    null,
    ['inputs', /^skipped/],
  ],
  [
    "a message to the team and somebody's action",
    { steps: steps(`{ uses: acme/slack-notify@v1, with: { text: "Deploying ${SHA}" } }`) },
    null,
    ['inputs', /^skipped/],
  ],
  ['an index with blanks', checkout("inputs[ 'sha' ]"), null, OK],
  ['blanks around the dot', checkout('inputs . sha'), null, OK],
  ['the event by an index', checkout("github['event']['inputs']['sha']"), null, OK],
  ['a default', checkout('inputs.sha || github.sha'), null, OK],
  ['all inputs', checkout('fromJSON(toJSON ( inputs )).sha'), null, OK],
  ['a variable of the workflow', { more: `env: { COMMIT: "${SHA}" }`, ...checkout('env.COMMIT') }, null, OK],
  ['git in a script', { steps: script(`git fetch origin`, `git checkout "${SHA}"`) }, null, OK],
  ['git with a variable', { steps: steps(`{ env: { COMMIT: "${SHA}" }, run: 'git checkout "$COMMIT"' }`) }, null, OK],
  [
    'a variable that a script sets',
    { steps: script(`short="${SHA}"`, 'helm upgrade shop ./chart --set "tag=$short"') },
    null,
    OK,
  ],
  ['the step that gives it on', { steps: script(`echo "sha=${SHA}" >> "$GITHUB_OUTPUT"`) }, null, OK],
  ['a script that its step gives it to', { steps: steps(`{ env: { COMMIT: "${SHA}" }, run: ./deploy.sh }`) }, null, OK],
  [
    'the event read in a script',
    { steps: script('sha=$(jq -r .inputs.sha "$GITHUB_EVENT_PATH")', 'git checkout "$sha"') },
    null,
    OK,
  ],
  ['an action of theirs', { steps: steps(`{ uses: ./.github/actions/deploy, with: { commit: "${SHA}" } }`) }, null, OK],
  [
    'github-script with a destructured event',
    {
      steps: steps(
        '{ uses: actions/github-script@v8, with: { script: "const { sha } = context.payload.inputs; await deploy(sha)" } }',
      ),
    },
    null,
    ['inputs', /^(?:ok|skipped)/],
  ],
  [
    'github-script that gives the event on',
    {
      steps: steps(
        '{ uses: actions/github-script@v8, with: { script: "await require(\'./deploy.js\')({ github, context })" } }',
      ),
    },
    null,
    [
      'inputs',
      /^skipped: no step of production\.yml plainly checks out inputs\.sha\. Look at the step actions\/github-script@v8 of the job deploy: exactly this commit/,
    ],
  ],
  [
    'an action of theirs that may read the event',
    { steps: steps('{ uses: ./.github/actions/deploy }') },
    null,
    ['inputs', /^skipped: .*Look at the step \.\/\.github\/actions\/deploy of the job deploy/],
  ],
  [
    "somebody's action",
    { steps: steps('{ uses: acme/deploy@v1 }') },
    null,
    ['inputs', /^skipped: .*Look at the step acme\/deploy@v1/],
  ],
  [
    'a condition alone',
    { job: 'if: inputs.sha == github.sha', steps: steps('{ run: make }') },
    null,
    ['inputs', /^skipped: .*Look at the condition of the job deploy/],
  ],
  [
    'a comparison alone',
    { steps: script(`if [ "${SHA}" != "$GITHUB_SHA" ]; then exit 1; fi`) },
    null,
    ['inputs', /^skipped/],
  ],
  [
    'a variable of the job that a script may read',
    { job: `env: { COMMIT: "${SHA}" }`, steps: steps('{ run: make }') },
    null,
    ['inputs', /^skipped/],
  ],
]);

const TIP =
  /^wrong: nothing in production\.yml (?:uses|checks out) inputs\.sha.*: it would deploy the tip of main, not what was approved\. Check out exactly that commit: /;
const NOT_CHECKED_OUT = rows([
  [
    'a group of echoes for the summary of the run',
    { steps: script('{', `echo "# ${SHA}"`, 'echo "done"', '} >> "$GITHUB_STEP_SUMMARY"', './build.sh') },
    null,
    ['inputs', TIP],
  ],
  ['an echo to the errors', { steps: script(`echo "Deploying ${SHA}" >&2`, './build.sh') }, null, ['inputs', TIP]],
  ['an echo over two lines', { steps: script('echo "Deploying', `  ${SHA}"`, './build.sh') }, null, ['inputs', TIP]],
  [
    'an echo of PowerShell',
    { steps: steps(`{ shell: pwsh, run: "Write-Host 'Deploying ${SHA}'" }`) },
    null,
    ['inputs', TIP],
  ],
  [
    'a line of a log in github-script',
    {
      steps: steps(`{ uses: actions/github-script@v8, with: { script: "core.info('Deploying ${SHA}') // ${SHA}" } }`),
    },
    null,
    ['inputs', TIP],
  ],
  ['another input', { inputs: 'sha-old: { type: string }', ...checkout('inputs.sha-old') }, null, ['inputs', TIP]],
  [
    'another input by an index',
    { inputs: 'sha-old: { type: string }', ...checkout("inputs['sha-old']") },
    null,
    ['inputs', TIP],
  ],
  ['a text that names it', checkout("format('inputs.sha')"), null, ['inputs', TIP]],
  ['an echo', { steps: script(`echo "Deploying ${SHA}"`, './build.sh') }, null, ['inputs', TIP]],
  ['an echo of all inputs', { steps: script("echo '${{ toJSON(inputs) }}'") }, null, ['inputs', TIP]],
  [
    'an echo of a variable',
    { steps: steps(`{ env: { COMMIT: "${SHA}" }, run: 'echo "Deploying $COMMIT"' }`) },
    null,
    ['inputs', TIP],
  ],
  [
    'an echo of what a script set',
    { steps: script(`short="$(echo "${SHA}" | cut -c1-7)"`, 'echo "Deploying $short"') },
    null,
    ['inputs', TIP],
  ],
  [
    'the summary of the run',
    { steps: script(`echo "Deployed ${SHA}" >> "$GITHUB_STEP_SUMMARY"`) },
    null,
    ['inputs', TIP],
  ],
  ['a comment in a script', { steps: script(`# git checkout ${SHA}`, './build.sh') }, null, ['inputs', TIP]],
  ['a comment behind a command', { steps: script(`./build.sh # of ${SHA}`) }, null, ['inputs', TIP]],
  ['a comment in the file', { steps: steps('{ run: make }'), more: `# ${SHA}` }, null, ['inputs', TIP]],
  [
    "a step's name",
    { steps: steps(`{ name: "Deploy ${SHA}", run: make }`) },
    null,
    [
      'inputs',
      /^wrong: nothing in production\.yml checks out inputs\.sha, it is only shown in the name of a step of the job deploy: it would/,
    ],
  ],
  ["the job's name", { job: `name: "Deploy ${SHA}"`, steps: steps('{ run: make }') }, null, ['inputs', TIP]],
  [
    'a concurrency group',
    { more: `concurrency: "production-${SHA}"`, steps: steps('{ run: make }') },
    null,
    ['inputs', TIP],
  ],
  [
    'a concurrency group of the job',
    { job: `concurrency: { group: "production-${SHA}" }`, steps: steps('{ run: make }') },
    null,
    ['inputs', TIP],
  ],
  [
    'an address of the environment',
    { job: `environment: { name: production, url: "https://shop.test/${SHA}" }`, steps: steps('{ run: make }') },
    null,
    ['inputs', TIP],
  ],
  [
    'a folder of the checkout',
    { steps: `[{ uses: actions/checkout@v6, with: { path: "${SHA}" } }, { run: make }]` },
    null,
    ['inputs', TIP],
  ],
  [
    'public actions that read no event',
    { steps: steps('{ uses: aws-actions/configure-aws-credentials@v5 }', '{ uses: docker/build-push-action@v6 }') },
    null,
    ['inputs', TIP],
  ],
]);

const reusable = (given: string): string =>
  `${file({}).split('jobs:')[0]}jobs: { deploy: { uses: ./.github/workflows/deploy.yml, ${given} } }\n`;

/** What workflow files do with the commit that they are given. */
export const CHECKOUTS: readonly WorkflowText[] = [
  ...CHECKED_OUT,
  ...NOT_CHECKED_OUT,
  { what: 'a reusable workflow that is given it', text: reusable(`with: { sha: "${SHA}" }`), parser: null, doctor: OK },
  {
    what: 'a reusable workflow that may read the event',
    text: reusable('secrets: inherit'),
    parser: null,
    doctor: ['inputs', /^skipped: .*Look at the workflow \.\/\.github\/workflows\/deploy\.yml: exactly this commit/],
  },
];
