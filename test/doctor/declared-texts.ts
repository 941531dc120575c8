// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub's, not templates

import { OK, rows } from './workflow-text.js';

const NAMES = rows([
  [
    'a text for runs by hand',
    { runName: `"Deploy [\${{ inputs.deploy_id || 'by hand' }}]"` },
    null,
    ['run-name', /^ok/],
  ],
  ['an index with blanks', { runName: `"Deploy [\${{ inputs[ 'deploy_id' ] }}]"` }, null, ['run-name', /^ok/]],
  ['blanks around the dot', { runName: '"Deploy [${{ inputs . deploy_id }}]"' }, null, ['run-name', /^ok/]],
  [
    'the event by an index',
    { runName: `"[\${{ github['event']['inputs']['deploy_id'] }}]"` },
    null,
    ['run-name', /^ok/],
  ],
  [
    'the event or the input',
    { runName: '"[${{ github.event.inputs.deploy_id || inputs.deploy_id }}]"' },
    null,
    ['run-name', /^ok/],
  ],
  ['capitals', { runName: '"[${{ INPUTS.Deploy_Id }}]"' }, null, ['run-name', /^ok/]],
  [
    'brackets from a function',
    { runName: `"\${{ format('[{0}]', inputs.deploy_id) }}"` },
    null,
    ['run-name', /^skipped: it is an expression/],
  ],
  [
    'brackets from expressions beside it',
    { runName: `"\${{ '[' }}\${{ inputs.deploy_id }}\${{ ']' }}"` },
    null,
    ['run-name', /^skipped/],
  ],
  ['a condition', { runName: `"[\${{ inputs.deploy_id && inputs.deploy_id }}]"` }, null, ['run-name', /^skipped/]],
  ['all inputs', { runName: '"${{ toJSON ( inputs ) }}"' }, null, ['run-name', /^skipped/]],
  ['another input', { runName: '"[${{ inputs.deploy_id_old }}]"' }, null, ['run-name', /^wrong: it does not hold/]],
  ['another value first', { runName: '"[${{ github.actor || inputs.deploy_id }}]"' }, null, ['run-name', /^skipped/]],
  ['a variable', { runName: '"${{ vars.PREFIX }} [${{ inputs.deploy_id }}]"' }, null, ['run-name', /^ok/]],
  [
    'env',
    { runName: '"${{ env.STAGE }} [${{ inputs.deploy_id }}]"' },
    "Unrecognized named-value: 'env'",
    [
      'run-name',
      /^wrong: GitHub refuses production\.yml: run-name may read github, inputs and vars, not env\. Put into production\.yml: run-name: /,
    ],
  ],
  [
    'secrets',
    { runName: '"[${{ inputs.deploy_id }}] ${{ secrets.NAME }}"' },
    "Unrecognized named-value: 'secrets'",
    ['run-name', /^wrong: .*not secrets\./],
  ],
  [
    'a secret in a function',
    { runName: `"[\${{ inputs.deploy_id }}] \${{ contains(secrets.NAME, 'a') }}"` },
    "Unrecognized named-value: 'secrets'",
    ['run-name', /^wrong: .*not secrets\./],
  ],
  [
    'a word that looks like env in a text',
    { runName: `"[\${{ inputs.deploy_id }}] \${{ inputs.region || 'env.STAGE' }}"` },
    null,
    ['run-name', /^ok/],
  ],
  [
    'a property of what a function gives',
    { runName: '"[${{ inputs.deploy_id }}] ${{ fromJSON(inputs.region).name }}"' },
    null,
    ['run-name', /^ok/],
  ],
  [
    'a function of jobs',
    { runName: '"[${{ inputs.deploy_id }}] ${{ always() }}"' },
    "Unrecognized function: 'always'",
    ['run-name', /^wrong: .*may not call always\(\)/],
  ],
  [
    'double quotes',
    { runName: `'[\${{ inputs["deploy_id"] }}]'` },
    'Unexpected symbol: \'"deploy_id"\'',
    ['run-name', /^wrong: .*double quotes/],
  ],
  [
    'an expression that is not closed',
    { runName: '"[${{ inputs.deploy_id ]"' },
    'The expression is not closed',
    ['run-name', /^wrong: .*not closed/],
  ],
  [
    'an operator that there is not',
    { runName: `"[\${{ inputs.deploy_id }}] \${{ inputs.region + 'x' }}"` },
    "Unexpected symbol: '+'",
    ['run-name', /^wrong: .*has a \+/],
  ],
]);

const INPUTS = rows([
  [
    'a choice without options',
    { inputs: 'tier: { type: choice }' },
    "Missing 'options' for choice input",
    ['inputs', /^wrong: GitHub refuses production\.yml: the input tier is a choice without options\. List them/],
  ],
  [
    'a choice with empty options',
    { inputs: 'tier: { type: choice, options: [] }' },
    "Missing 'options' for choice input",
    ['inputs', /^wrong/],
  ],
  [
    'options without a choice',
    { inputs: 'tier: { type: string, options: [a] }' },
    "Input type is not 'choice'",
    ['inputs', /^wrong: .*has options and is no choice\. Give it type: choice/],
  ],
  [
    'options without a type',
    { inputs: 'tier: { options: [a] }' },
    "Input type is not 'choice'",
    ['inputs', /^wrong: .*is no choice/],
  ],
  [
    'an unknown type',
    { inputs: 'tier: { type: text }' },
    "Unexpected value 'text'",
    ['inputs', /^wrong: .*has the type text\. Use one of string, boolean/],
  ],
  [
    'a type in capitals',
    { inputs: 'tier: { type: String }' },
    "Unexpected value 'String'",
    ['inputs', /^wrong: .*has the type String/],
  ],
  [
    'a boolean with a word as default',
    { inputs: 'dry: { type: boolean, default: yes }' },
    "Unexpected type 'StringToken'",
    ['inputs', /^wrong: .*the input dry is a boolean with the default "yes"\. Write default: true/],
  ],
  [
    'a boolean with a default in quotes',
    { inputs: 'dry: { type: boolean, default: "false" }' },
    "Unexpected type 'StringToken'",
    ['inputs', /^wrong: .*without quotes/],
  ],
  ['a boolean with its default', { inputs: 'dry: { type: boolean, default: false }' }, null, OK],
  [
    'a text with a number as default',
    { inputs: 'level: { type: string, default: 1 }' },
    "Unexpected type 'NumberToken'",
    ['inputs', /^wrong: .*is no text\. Put it in quotes: default: "1"/],
  ],
  ['a number with its default', { inputs: 'level: { type: number, default: 1 }' }, null, OK],
  ['a number with a text as default', { inputs: 'level: { type: number, default: "1" }' }, null, OK],
  ['a choice of numbers', { inputs: 'level: { type: choice, options: [1, 2], default: "1" }' }, null, OK],
  [
    'no type and a number as default',
    { inputs: 'level: { default: 1 }' },
    "Unexpected type 'NumberToken'",
    ['inputs', /^skipped: GitHub may refuse production\.yml, look there: the default of level, 1, is no text/],
  ],
  [
    'two inputs that differ in capitals',
    { inputs: 'SHA: { type: string }' },
    "'SHA' is already defined",
    [
      'production',
      /^wrong: production\.yml on main: line 10 has SHA, which is the same key as sha to GitHub\. Remove or rename one/,
    ],
  ],
]);

const YAML = rows([
  [
    'a merge key in env',
    { more: 'env: &all { A: b }', job: 'env: { <<: *all, C: d }' },
    'A mapping was not expected',
    ['production', /^wrong: production\.yml on main: line 15 has <<, a merge key.* Write its keys out there/],
  ],
  [
    'a merge key in a step',
    { steps: '[&one { run: ./deploy.sh }, { <<: *one, name: Again }]' },
    "Unexpected value '<<'",
    ['production', /^wrong: .*has <</],
  ],
  [
    'a merge key in a matrix',
    { job: 'strategy: { matrix: { include: [&one { a: 1 }, { <<: *one, b: 2 }] } }' },
    null,
    OK,
  ],
  ['an alias', { more: 'env: &all { A: b }', job: 'env: *all' }, null, OK],
  [
    'two variables that differ in capitals',
    { job: 'env: { Path: a, PATH: b }' },
    "'PATH' is already defined",
    ['production', /^wrong: .*line 15 has PATH, which is the same key as Path/],
  ],
]);

/** What workflow files declare: their names, inputs and YAML. */
export const DECLARED = [...NAMES, ...INPUTS, ...YAML];
