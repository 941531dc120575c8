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
  /** The check of the workflow that says it, and how its line begins. */
  readonly doctor: readonly ['staging' | 'production' | 'inputs' | 'run-name', RegExp];
}

/** The production workflow is right. */
export const OK = ['inputs', /^ok: /] as const;

interface Parts {
  readonly runName?: string;
  readonly inputs?: string;
  /** Lines under `on`, besides workflow_dispatch. */
  readonly events?: string;
  readonly more?: string;
  readonly job?: string;
  readonly steps?: string;
  /** Instead of one job with those steps. */
  readonly jobs?: string;
}

/** A file that a user may well have, in its parts. */
export const file = ({ runName, inputs = '', events = '', more = '', job = '', steps, jobs }: Parts) => `
run-name: ${runName ?? '"Deploy [${{ inputs.deploy_id }}]"'}
on:
  workflow_dispatch:
    inputs:
      sha: { type: string, required: true }
      deploy_id: { type: string, required: true }
      requested_by: { type: string, required: true }
      region: { type: string }
      ${inputs}${events === '' ? '' : `\n${events}`}
${more}
${
  jobs ??
  `jobs:
  deploy:
    runs-on: ubuntu-latest
    ${job}
    steps: ${steps ?? '[{ uses: actions/checkout@v6, with: { ref: "${{ inputs.sha }}" } }, { run: ./deploy.sh }]'}
`
}`;
/** Steps that check out nothing but the tip, unless the ones given do better. */
export const steps = (...all: string[]) => `[{ uses: actions/checkout@v6 }, ${all.join(', ')}, { run: ./deploy.sh }]`;
/** A script of these lines, after a checkout of the tip. */
export const script = (...lines: string[]) => steps(`{ run: ${JSON.stringify(lines.join('\n'))} }`);
export const SHA = '${{ inputs.sha }}';

type Row = readonly [what: string, given: Parts, parser: string | null, doctor: WorkflowText['doctor']];
/** A table with the file's parts in place of its text. */
export const rows = (all: readonly Row[]): WorkflowText[] =>
  all.map(([what, given, parser, doctor]) => ({ what, text: file(given), parser, doctor }));
/** A checkout of what this expression gives. */
export const checkout = (expression: string) => ({
  steps: `[{ uses: actions/checkout@v6, with: { ref: "\${{ ${expression} }}" } }]`,
});
/** A staging workflow that is started by these events. */
export const staging = (events: string, jobs = 'jobs: { test: { runs-on: ubuntu-latest, steps: [{ run: make }] } }') =>
  `name: Staging\non: ${events}\n${jobs}\n`;
/** A step that checks out what was approved. */
export const CHECKOUT = '{ uses: actions/checkout@v6, with: { ref: "${{ inputs.sha }}" } }';
/** One job of these lines. */
export const job = (more: string) => ({ jobs: `jobs: { deploy: { ${more} } }` });
/** A right job with these lines besides. */
export const regular = (more: string) => job(`runs-on: ubuntu-latest, steps: [${CHECKOUT}], ${more}`);
/** A right step, and another. */
export const step = (more: string) => ({ steps: `[${CHECKOUT}, { ${more} }]` });
/** GitHub refuses a line of the production workflow. */
export const refused = (what: string): WorkflowText['doctor'] => [
  'production',
  new RegExp(`^wrong: GitHub refuses production\\.yml on main: line \\d+: ${what}`),
];
