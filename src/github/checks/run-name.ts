import { ok, skipped, type Verdict, wrong } from '../../core/check.js';
import { OF_WORKFLOW, refusedIn } from './allowed.js';
import { expressionsIn, holdsInput, readExpression } from './expression.js';

// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, not a template
const RUN_NAME = 'run-name: "Deploy ${{ inputs.sha }} [${{ inputs.deploy_id }}]"';

/** Checks that runs are named with `[deploy_id]`, by which a run is found whose start got no answer. */
export function runNameVerdict(runName: string | null, workflow: string): Verdict {
  if (runName === null)
    return wrong(
      `${workflow} has none: a run whose start got no answer would be lost`,
      `Put into ${workflow}:`,
      RUN_NAME,
    );
  const refused = refusedIn(runName, OF_WORKFLOW, 'run-name');
  if (refused?.sure) return wrong(`GitHub refuses ${workflow}: ${refused.fault}`, `Put into ${workflow}:`, RUN_NAME);
  if (refused) return skipped(`GitHub may refuse ${workflow}, look there: ${refused.fault}`);
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
  let { tree } = readExpression(source);
  while (tree?.is === 'operator' && tree.sign === '||') tree = tree.of[0] ?? null;
  return tree?.is === 'value' && holdsInput(tree.path, 'deploy_id') === 'itself';
}
