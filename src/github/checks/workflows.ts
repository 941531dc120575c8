import { inWords, ok, skipped, type Verdict, wrong } from '../../core/check.js';
import type { CheckedService } from './checked-service.js';
import { type Look, notShown, type Repository } from './look.js';
import { readWorkflowFile, type WorkflowFile } from './workflow-file.js';

const OURS = ['sha', 'deploy_id', 'requested_by'];
/** Runs are found by `[deploy_id]` in their name, with nothing else between the brackets. */
const BRACKETED = /\[\$\{\{\s*(?:github\.event\.)?inputs(?:\.deploy_id|\['deploy_id'\])\s*\}\}\]/i;
// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, not a template
const RUN_NAME = 'run-name: "Deploy ${{ inputs.sha }} [${{ inputs.deploy_id }}]"';

// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, not a template
const CHECKOUT = 'uses: actions/checkout@v6, with: { ref: "${{ inputs.sha }}" }';

type Found = { readonly file: WorkflowFile; readonly state: string } | { readonly verdict: Verdict };

/** Checks that the staging workflow is on the service's branch, enabled, and started by a push to it. */
export async function stagingVerdict(look: Look, service: CheckedService, at: Repository): Promise<Verdict> {
  const { workflow } = service.staging;
  const found = await find(look, service, at, workflow, service.branch);
  if ('verdict' in found) return found.verdict;
  if (found.file.startsOn?.(service.branch)) return ok(`${found.state}, runs on push to ${service.branch}`);
  return wrong(
    found.file.startsOn
      ? `a push to ${service.branch} does not start ${workflow}: its branch filter excludes it`
      : `${workflow} does not run on push`,
    `Put into ${workflow}:`,
    `on: { push: { branches: [${service.branch}] } }`,
  );
}

/** Checks the production workflow, its inputs and its run-name on the ref that it is started on. */
export async function productionVerdicts(look: Look, service: CheckedService, at: Repository): Promise<Verdict[]> {
  const { workflow, ref } = service.production;
  const found = await find(look, service, at, workflow, ref, at.default_branch);
  if ('verdict' in found) {
    const later = skipped(`${workflow} could not be read`);
    return [found.verdict, later, later];
  }
  const { inputs, runName, usesSha } = found.file;
  if (!inputs) {
    return [
      wrong(
        `${workflow} has no workflow_dispatch, so nobody can start it`,
        `Add to ${workflow}: on: workflow_dispatch, with the inputs of examples/workflows/production.yml`,
      ),
      skipped(`${workflow} cannot be dispatched`),
      runNameVerdict(runName, workflow),
    ];
  }
  return [
    ok(`${found.state}, has workflow_dispatch`),
    usesSha
      ? inputsVerdict(inputs, service.production.inputs, workflow)
      : wrong(
          `nothing in ${workflow} uses inputs.sha: it would deploy the tip of ${ref}, not what was approved`,
          'Check out exactly that commit:',
          CHECKOUT,
        ),
    runNameVerdict(runName, workflow),
  ];
}

/** Reads the file as it runs, from `ref`. A workflow to dispatch must also be on the default branch, `main`. */
async function find(
  look: Look,
  service: CheckedService,
  at: Repository,
  file: string,
  ref: string,
  main: string | null = null,
): Promise<Found> {
  const { repository } = service;
  const [known, onMain, onRef] = await Promise.all([
    look.workflow(repository, file),
    main === null ? null : look.file(repository, file, main),
    look.file(repository, file, ref),
  ]);
  const missing = (where: string): Found => ({
    verdict: wrong(
      `.github/workflows/${file} is not on ${where}`,
      `Put it there (examples/workflows has one to copy), or name another workflow for ${service.name} in the config.`,
    ),
  });
  if (onMain?.is === 'refused' && onMain.status === 404) return missing(`${main}, the default branch`);
  if (onMain && onMain.is !== 'seen') return { verdict: skipped(notShown(onMain)) };
  if (onRef.is === 'refused' && onRef.status === 404) return missing(ref);
  if (onRef.is !== 'seen') return { verdict: skipped(notShown(onRef)) };
  const read = readWorkflowFile(onRef.data);
  if ('fault' in read)
    return { verdict: wrong(`${file} on ${ref}: ${read.fault}`, 'Compare it with the one in examples/workflows.') };
  if (known.is === 'seen' && known.data.state !== 'active')
    return {
      verdict: wrong(
        `${file} is ${known.data.state.replaceAll('_', ' ')}`,
        'Press Enable workflow at:',
        `${at.html_url}/actions/workflows/${file}`,
      ),
    };
  return { file: read, state: known.is === 'seen' ? 'enabled' : 'exists' };
}

function inputsVerdict(
  declared: NonNullable<WorkflowFile['inputs']>,
  own: Readonly<Record<string, string>>,
  workflow: string,
): Verdict {
  const given = [...OURS, ...Object.keys(own)];
  const undeclared = given.filter((name) => !declared.has(name.toLowerCase()));
  const unfilled = [...declared]
    .filter(
      ([name, { required, hasDefault }]) => required && !hasDefault && !given.some((one) => one.toLowerCase() === name),
    )
    .map(([name]) => name);
  const refused = Object.entries(own).filter(([name, value]) => {
    const options = declared.get(name.toLowerCase())?.options;
    return options && !options.includes(value);
  });
  const found = [
    ...(undeclared.length > 0 ? [`${inWords(undeclared)} not declared`] : []),
    ...(unfilled.length > 0 ? [`${inWords(unfilled)} required but not given`] : []),
    ...refused.map(([name, value]) => `${name}: ${value} is not one of its options`),
  ];
  if (found.length === 0) return ok(inWords(given));
  const mend = [
    ...(undeclared.length > 0
      ? [`Declare ${inWords(undeclared)} under on.workflow_dispatch.inputs of ${workflow}.`]
      : []),
    ...(unfilled.length > 0
      ? [`Give ${inWords(unfilled)} a default there, or a value in production.inputs of the config.`]
      : []),
    ...(refused.length > 0 ? ['Set it to one of its options in production.inputs of the config.'] : []),
  ];
  return wrong(`GitHub would refuse the start: ${found.join('; ')}`, mend.join(' '));
}

function runNameVerdict(runName: string | null, workflow: string): Verdict {
  if (runName && BRACKETED.test(runName)) return ok('holds [deploy_id]');
  // What the expression evaluates to cannot be known here.
  if (runName && /\b(?:format|join|toJSON)\s*\(/i.test(runName) && /deploy_id/i.test(runName))
    return skipped('it is an expression: check that runs are named … [deploy_id]');
  return wrong(
    runName
      ? 'it does not hold deploy_id in brackets: a run whose start got no answer would be lost'
      : `${workflow} has none: a run whose start got no answer would be lost`,
    `Put into ${workflow}:`,
    RUN_NAME,
  );
}
