import { ok, skipped, type Verdict, wrong } from '../../core/check.js';
import { expressionsIn, holdsInput, readExpression } from './expression.js';

// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, not a template
const RUN_NAME = 'run-name: "Deploy ${{ inputs.sha }} [${{ inputs.deploy_id }}]"';

// @actions/workflow-parser 0.3.61, workflow-v1.0.min.json: what run-name may read.
const READABLE = ['github', 'inputs', 'vars'];
/** Functions that need a job; GitHub knows them elsewhere, but not in a name. */
const OF_JOBS = ['always', 'success', 'failure', 'cancelled', 'hashfiles'];

/** Checks that runs are named with `[deploy_id]`, by which a run is found whose start got no answer. */
export function runNameVerdict(runName: string | null, workflow: string): Verdict {
  if (runName === null)
    return wrong(
      `${workflow} has none: a run whose start got no answer would be lost`,
      `Put into ${workflow}:`,
      RUN_NAME,
    );
  const fault = refusedIn(runName);
  if (fault !== null) return wrong(`GitHub refuses ${workflow}: ${fault}`, `Put into ${workflow}:`, RUN_NAME);
  switch (idIn(runName)) {
    case 'in brackets':
      return ok('holds [deploy_id]');
    case 'perhaps':
      // What the expression evaluates to cannot be known here.
      return skipped('it is an expression: check that runs are named … [deploy_id]');
    case 'not':
      return wrong(
        'it does not hold deploy_id in brackets: a run whose start got no answer would be lost',
        `Put into ${workflow}:`,
        RUN_NAME,
      );
  }
}

function refusedIn(runName: string): string | null {
  const found = expressionsIn(runName);
  if (found === null) return 'an expression in run-name is not closed with }}';
  for (const { source } of found) {
    const { references, functions, fault } = readExpression(source);
    if (fault !== null) return `in run-name, ${fault}`;
    const strange = references.find(([context = '']) => !READABLE.includes(context))?.[0];
    if (strange !== undefined) return `run-name may read github, inputs and vars, not ${strange}`;
    const ofJobs = functions.find((name) => OF_JOBS.includes(name));
    if (ofJobs !== undefined) return `run-name may not call ${ofJobs}()`;
  }
  return null;
}

function idIn(runName: string): 'in brackets' | 'perhaps' | 'not' {
  const found = expressionsIn(runName) ?? [];
  const withId = found.filter(({ source }) =>
    readExpression(source).references.some((reference) => holdsInput(reference, 'deploy_id') !== null),
  );
  const bracketed = withId.some(
    ({ from, to, source }) => isIdItself(source) && runName[from - 1] === '[' && runName[to] === ']',
  );
  if (bracketed) return 'in brackets';
  // An expression beside it may bring the brackets.
  const beside = withId.some(({ from, to }) => found.some((other) => other.to === from || other.from === to));
  return beside || withId.some(({ source }) => !isIdItself(source)) ? 'perhaps' : 'not';
}

/** Whether an expression is the id whenever the id is given: the input alone, or first among alternatives. */
function isIdItself(source: string): boolean {
  const alternatives = source.split('||');
  return alternatives.every((one, at) => {
    const { references, functions } = readExpression(one);
    const [reference, ...others] = references;
    const plain = /^[\s(]*(?:github|inputs)[^&=!<>,]*$/i.test(one);
    if (reference && others.length === 0 && plain && holdsInput(reference, 'deploy_id') === 'itself') return true;
    return at > 0 && functions.length === 0 && isIdItself(alternatives[0] ?? '');
  });
}
