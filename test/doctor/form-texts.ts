// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub's, not templates

import { file, OK, rows, type WorkflowText } from './workflow-text.js';

const PLAIN = file({});
const wrong = (what: string): WorkflowText['doctor'] => ['production', new RegExp(`^wrong: .*${what}`)];
const STEP = '{ run: ./deploy.sh }';
const text = (what: string, whole: string, parser: string | null, doctor: WorkflowText['doctor']): WorkflowText => ({
  what,
  text: whole,
  parser,
  doctor,
});
const changed = (what: string, from: string, to: string, parser: string | null, doctor: WorkflowText['doctor']) =>
  text(what, PLAIN.replaceAll(from, to), parser, doctor);

const YAML: readonly WorkflowText[] = [
  text('a byte order mark', `\uFEFF${PLAIN}`, null, OK),
  text('ends of lines of Windows', PLAIN.replaceAll('\n', '\r\n'), null, OK),
  text('a start and an end of the document', `---${PLAIN}...\n`, null, OK),
  text(
    'a second document',
    `${PLAIN}---\nname: Other\n`,
    'deploy.yml: Source contains multiple documents',
    wrong('it is not valid YAML'),
  ),
  text('a directive', `%YAML 1.2\n---${PLAIN}`, null, OK),
  changed('a tab before a comment', 'ubuntu-latest', 'ubuntu-latest\t# a runner', null, OK),
  changed(
    'tabs',
    '    runs-on',
    '\truns-on',
    'deploy.yml: Tabs are not allowed as indentation',
    wrong('it is not valid YAML'),
  ),
  changed('steps in an anchor', `steps: [`, 'steps: &all [', null, OK),
  text(
    'a job twice by an alias',
    `${PLAIN.replace('deploy:\n    runs-on', 'deploy: &job\n    runs-on')}  again: *job\n`,
    null,
    OK,
  ),
  changed(
    'an alias without its anchor',
    'ubuntu-latest',
    '*runner',
    'deploy.yml: Expected mapping end',
    wrong('it is not valid YAML'),
  ),
  changed('a text by its tag', STEP, '{ run: !!str 12 }', null, OK),
  changed(
    'bytes by their tag',
    STEP,
    '{ run: !!binary Li9k }',
    '',
    wrong('line \\d+ has the tag tag:yaml.org,2002:binary, which GitHub does not take'),
  ),
  changed(
    'a ! that YAML takes for a tag',
    STEP,
    '{ if: !cancelled(), run: ./deploy.sh }',
    null,
    wrong('has the tag !cancelled\\(\\).*Put the whole value in quotes'),
  ),
  changed('a ! in an expression', STEP, '{ if: "${{ !cancelled() }}", run: ./deploy.sh }', null, OK),
  changed('on in quotes', '\non:', '\n"on":', null, OK),
  changed('On', '\non:', '\nOn:', "Unexpected value 'On'", wrong('it has no event under on')),
  changed(
    'an event with a dash',
    'workflow_dispatch',
    'workflow-dispatch',
    "Unexpected value 'workflow-dispatch'",
    wrong('Did you mean workflow_dispatch'),
  ),
  text(
    'a thousand lines',
    `${file({ steps: '' })}${'      - { uses: actions/checkout@v6, with: { ref: "${{ inputs.sha }}" } }\n'.repeat(900)}`,
    null,
    OK,
  ),
];

const RUN_NAMES = rows([
  [
    'a folded text',
    { runName: '>-\n  Deploy ${{ inputs.sha }}\n  [${{ inputs.deploy_id }}]' },
    null,
    ['run-name', /^ok/],
  ],
  ['a text in one quote', { runName: "'Deploy [${{ inputs.deploy_id }}]'" }, null, ['run-name', /^ok/]],
  ['no quotes', { runName: 'Deploy [${{ inputs.deploy_id }}]' }, null, ['run-name', /^ok/]],
  ['brackets by their codes', { runName: '"Deploy \\u005b${{ inputs.deploy_id }}\\u005d"' }, null, ['run-name', /^ok/]],
  [
    'signs of other languages',
    { runName: '"🚀 Auslieferung [${{ inputs.deploy_id }}] für ${{ inputs.requested_by }}"' },
    null,
    ['run-name', /^ok/],
  ],
  [
    'a comment by mistake',
    { runName: 'Deploy #1 [${{ inputs.deploy_id }}]' },
    null,
    ['run-name', /^wrong: it does not hold/],
  ],
  [
    'blanks in the brackets',
    { runName: '"Deploy [ ${{ inputs.deploy_id }} ]"' },
    null,
    ['run-name', /^wrong: it does not hold/],
  ],
  ['the id of the run', { runName: '"Deploy [${{ github.run_id }}]"' }, null, ['run-name', /^wrong: it does not hold/]],
  [
    'a bracket of a function that is not closed',
    { runName: '"[${{ inputs.deploy_id }}] ${{ format(\'a\', inputs.sha }}"' },
    "Unexpected symbol: 'EOF'",
    ['run-name', /^wrong: .*ends too early/],
  ],
  [
    'a function that there is not',
    { runName: '"[${{ inputs.deploy_id }}] ${{ upper(inputs.sha) }}"' },
    "Unrecognized function: 'upper'",
    ['run-name', /^skipped: GitHub may refuse .*may not call upper/],
  ],
]);

const INPUTS = rows([
  [
    'an input with nothing under it',
    { inputs: 'tier:' },
    "Unexpected value ''",
    ['inputs', /^skipped: .*the input tier has nothing under it/],
  ],
  [
    'a default that is empty',
    { inputs: 'dry: { type: boolean, default: }' },
    "Unexpected type 'StringToken'",
    ['inputs', /^skipped: .*the default of dry is empty/],
  ],
  ['an environment', { inputs: 'target: { type: environment, default: production }' }, null, OK],
  ['a choice of flags', { inputs: 'tier: { type: choice, options: [true, false], default: "true" }' }, null, OK],
  [
    'a choice with one option as a text',
    { inputs: 'tier: { type: choice, options: a }' },
    "Unexpected value 'a'",
    wrong('on.workflow_dispatch is not valid'),
  ],
  [
    'a call beside the start',
    { events: '  workflow_call: { inputs: { sha: { type: string, required: true } } }' },
    null,
    OK,
  ],
  [
    'a call whose input has no type',
    { events: '  workflow_call: { inputs: { sha: { required: true } } }' },
    'Required property is missing: type',
    wrong('on.workflow_call.inputs.sha has no type'),
  ],
  [
    'a call with a choice',
    { events: '  workflow_call: { inputs: { tier: { type: choice } } }' },
    "Unexpected value 'choice'",
    wrong('on.workflow_call.inputs.tier.type is choice, and GitHub takes string, boolean or number'),
  ],
]);
const TYPES = ['choice, options: [a]', 'boolean', 'number'].map((type) => {
  const [name = ''] = type.split(',');
  return changed(`a sha that is a ${name}`, 'sha: { type: string', `sha: { type: ${type}`, null, [
    'inputs',
    new RegExp(
      `^wrong: GitHub would refuse the start: sha is a ${name}, and is given a text\\. Give sha type: string in production\\.yml\\.$`,
    ),
  ]);
});

/** How workflow files are written, and named, and what they are started with. */
export const FORMS: readonly WorkflowText[] = [...YAML, ...RUN_NAMES, ...INPUTS, ...TYPES];
