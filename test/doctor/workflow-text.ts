// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub's, not templates

/** A workflow file, with what GitHub's own parser says of it and what the doctor says. */
export interface WorkflowText {
  readonly what: string;
  readonly text: string;
  /**
   * The first words of @actions/workflow-parser 0.3.61, without the place; null when it takes the file.
   * findings/actions-workflow-parser-verdicts.sh compares them with the parser.
   */
  readonly parser: string | null;
  /** The check of the production workflow that says it, and how its line begins. */
  readonly doctor: readonly ['production' | 'inputs' | 'run-name', RegExp];
}

/** The production workflow is right. */
export const OK = ['inputs', /^ok: /] as const;

/** A file that a user may well have, in its parts. */
export const file = ({
  runName = '"Deploy [${{ inputs.deploy_id }}]"',
  inputs = '',
  more = '',
  job = '',
  steps = '[{ uses: actions/checkout@v6, with: { ref: "${{ inputs.sha }}" } }, { run: ./deploy.sh }]',
}) => `
run-name: ${runName}
on:
  workflow_dispatch:
    inputs:
      sha: { type: string, required: true }
      deploy_id: { type: string, required: true }
      requested_by: { type: string, required: true }
      region: { type: string }
      ${inputs}
${more}
jobs:
  deploy:
    runs-on: ubuntu-latest
    ${job}
    steps: ${steps}
`;
/** Steps that check out nothing but the tip, unless the ones given do better. */
export const steps = (...all: string[]) => `[{ uses: actions/checkout@v6 }, ${all.join(', ')}, { run: ./deploy.sh }]`;
/** A script of these lines, after a checkout of the tip. */
export const script = (...lines: string[]) => steps(`{ run: ${JSON.stringify(lines.join('\n'))} }`);
export const SHA = '${{ inputs.sha }}';

type Row = readonly [
  what: string,
  given: Parameters<typeof file>[0],
  parser: string | null,
  doctor: WorkflowText['doctor'],
];
/** A table with the file's parts in place of its text. */
export const rows = (all: readonly Row[]): WorkflowText[] =>
  all.map(([what, given, parser, doctor]) => ({ what, text: file(given), parser, doctor }));
/** A checkout of what this expression gives. */
export const checkout = (expression: string) => ({
  steps: `[{ uses: actions/checkout@v6, with: { ref: "\${{ ${expression} }}" } }]`,
});
