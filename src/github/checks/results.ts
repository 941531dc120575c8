import { nameOf, type RequiredResult } from '../../core/change/results.js';
import { type Check, ok, skipped, type Verdict, wrong } from '../../core/check.js';
import type { CheckedService } from './checked-service.js';
import type { Look, Repository } from './look.js';
import { findWorkflow } from './workflows.js';

// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, not a template
const RUN_NAME = 'run-name: "${{ github.event.workflow_run.head_sha }}"';

type RequiredRun = Extract<RequiredResult, { is: 'workflow' }>;

/** A check for each workflow that `staging.requires` names: it is there, and what is named starts it. */
export async function resultChecks(look: Look, service: CheckedService, at: Repository): Promise<Check[]> {
  const runs = (service.requires ?? []).filter((one) => one.is === 'workflow');
  return Promise.all(
    runs.map(async (required) => ({
      id: `service.${service.name}.requires.${required.file}.${required.event}`,
      group: `Service ${service.name}`,
      name: nameOf(required),
      verdict: await verdictOf(look, service, at, required),
    })),
  );
}

/** What a push or a merge queue starts runs from its own commit; what other events start, from the default branch. */
async function verdictOf(look: Look, service: CheckedService, at: Repository, required: RequiredRun): Promise<Verdict> {
  const { file, event } = required;
  const ownCommit = event === 'push' || event === 'merge_group' || event === 'workflow_dispatch';
  const found = await findWorkflow(look, service, at, file, ownCommit ? service.branch : at.default_branch);
  if ('verdict' in found) return found.verdict;
  const { events, startsOn, runName } = found.file;
  if (!events.includes(event))
    return wrong(
      `${event} does not start ${file}: its result would always be missing`,
      `Put ${event} under on in ${file}, or name the event that starts it for ${service.name} in the config.`,
    );
  if (event === 'push' && !startsOn?.(service.branch))
    return wrong(
      `a push to ${service.branch} does not start ${file}: its branch filter excludes it`,
      `Put into ${file}:`,
      `on: { push: { branches: [${service.branch}] } }`,
    );
  if (event !== 'workflow_run') return ok(`${found.state}, runs on ${event}`);
  if (runName?.includes('workflow_run.head_sha')) return ok(`${found.state}, its runs name the commit that they test`);
  if (runName?.includes('${{')) return skipped('run-name is an expression: check that runs are named after the commit');
  return wrong(
    `the runs of ${file} do not say which commit they test, and GitHub does not: none would count`,
    `Put into ${file}:`,
    RUN_NAME,
  );
}
