import { inWords, ok, skipped, type Verdict, wrong } from '../../core/check.js';
import { artifactsVerdict } from './artifacts.js';
import type { CheckedService } from './checked-service.js';
import { inputsVerdict } from './dispatch-inputs.js';
import { type Look, notShown, type Repository } from './look.js';
import { runNameVerdict } from './run-name.js';
import { mostInputs, type Server } from './server.js';
import { readWorkflowFile, type WorkflowFile } from './workflow-file.js';

// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, not a template
const CHECKOUT = 'uses: actions/checkout@v6, with: { ref: "${{ inputs.sha }}" }';

const COMPARE = 'Compare it with the one in examples/workflows.';
/** So many faults of a file are said at once. */
const MOST_NAMED = 3;

type Found = { readonly file: WorkflowFile; readonly state: string } | { readonly verdict: Verdict };

/** Checks that the staging workflow is on the service's branch, enabled, and started by a push to it. */
export async function stagingVerdict(
  look: Look,
  service: CheckedService,
  at: Repository,
  server: Server | null,
): Promise<Verdict> {
  const { workflow } = service.staging;
  const found = await findWorkflow(look, service, at, workflow, service.branch);
  if ('verdict' in found) return found.verdict;
  if (found.file.startsOn?.(service.branch))
    return (
      artifactsVerdict(server, found.file, workflow) ??
      doubtful(found.file, workflow) ??
      ok(`${found.state}, runs on push to ${service.branch}`)
    );
  return wrong(
    found.file.startsOn
      ? `a push to ${service.branch} does not start ${workflow}: its branch filter excludes it`
      : `${workflow} does not run on push`,
    `Put into ${workflow}:`,
    `on: { push: { branches: [${service.branch}] } }`,
  );
}

/** Checks the production workflow, its inputs and its run-name on the ref that it is started on. */
export async function productionVerdicts(
  look: Look,
  service: CheckedService,
  at: Repository,
  server: Server | null,
): Promise<Verdict[]> {
  const { workflow, ref } = service.production;
  const found = await findWorkflow(look, service, at, workflow, ref, at.default_branch);
  if ('verdict' in found) {
    const later = skipped(`${workflow} could not be read`);
    return [found.verdict, later, later];
  }
  const { inputs, runName } = found.file;
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
    artifactsVerdict(server, found.file, workflow) ??
      doubtful(found.file, workflow) ??
      ok(`${found.state}, has workflow_dispatch`),
    shaVerdict(found.file, service, mostInputs(server)),
    runNameVerdict(runName, workflow),
  ];
}

/** What GitHub refuses unless it is newer than what is known here. */
function doubtful({ structure: { doubts } }: WorkflowFile, workflow: string): Verdict | null {
  return doubts.length > 0
    ? skipped(`GitHub may refuse ${workflow}, look there: ${doubts.slice(0, MOST_NAMED).join('; ')}`)
    : null;
}

/** Reads the file as it runs, from `ref`. A workflow to dispatch must also be on the default branch, `main`. */
export async function findWorkflow(
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
    return {
      verdict: wrong(`${file} on ${ref}: ${read.fault}`, read.mend ?? COMPARE),
    };
  const { faults } = read.structure;
  if (faults.length > 0)
    return {
      verdict: wrong(
        `GitHub refuses ${file} on ${ref}: ${faults
          .slice(0, MOST_NAMED)
          .map(({ fault }) => fault)
          .join('; ')}`,
        faults
          .slice(0, MOST_NAMED)
          .flatMap(({ mend }) => mend ?? [])
          .join(' ') || COMPARE,
      ),
    };
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

/** Something must check out the SHA: with the commit of the run itself, the tip of `ref` would be deployed. */
function shaVerdict({ declarations, shaUse }: WorkflowFile, service: CheckedService, most: number): Verdict {
  const { workflow, ref, inputs: own, asks } = service.production;
  if (shaUse.is === 'unused') {
    const instead = `it would deploy the tip of ${ref}, not what was approved`;
    const found =
      shaUse.shownIn.length === 0
        ? `nothing in ${workflow} uses inputs.sha: ${instead}`
        : `nothing in ${workflow} checks out inputs.sha, it is only shown in ${inWords(shaUse.shownIn)}: ${instead}`;
    return wrong(found, 'Check out exactly that commit:', CHECKOUT);
  }
  const verdict = inputsVerdict(declarations, own, workflow, most, asks?.inputs);
  if (verdict.is !== 'ok' || shaUse.is === 'used') return verdict;
  return skipped(
    `no step of ${workflow} plainly checks out inputs.sha. Look at ${inWords(shaUse.lookAt)}: exactly this commit must be deployed, not the tip of ${ref}`,
  );
}
