import { type Answer, notFound, ok, refusal } from './answer.js';
import { type Call, repositoryRoute } from './api.js';
import { branchOrTag } from './git.js';
import { createRun, type Moving } from './runs.js';
import type { Json } from './shapes.js';
import { checkInputs } from './workflow.js';
import type { Repository, Run, Workflow, World } from './world.js';

/** The workflow with this numeric id or file name. */
export function workflowNamed(repository: Repository, idOrFile: string): Workflow | undefined {
  return repository.workflows.find((workflow) => workflow.file === idOrFile || String(workflow.id) === idOrFile);
}

/** Starts a workflow by hand, or says why not in GitHub's words. The run is on the tip of `ref`, whatever its inputs. */
export function dispatch(
  world: World,
  repository: Repository,
  workflow: Workflow,
  given: { ref: string; inputs: Record<string, unknown>; actor: string },
  moving: Moving = {},
): Answer | Run {
  const on = branchOrTag(repository, given.ref);
  const tip = on && repository.commits.get(on.tip);
  if (!on || !tip) return refusal(422, `No ref found for: ${given.ref}`);
  if (!workflow.on.includes('workflow_dispatch')) {
    return refusal(422, "Workflow does not have 'workflow_dispatch' trigger");
  }
  // The words are GitHub's; the status beside them could not be checked.
  if (workflow.state !== 'active') {
    return refusal(403, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  }
  const checked = checkInputs(workflow, given.inputs);
  if ('refusal' in checked) return refusal(422, checked.refusal);
  const run = createRun(
    world,
    repository,
    workflow,
    {
      event: 'workflow_dispatch',
      headBranch: on.name,
      headCommit: tip,
      actor: given.actor,
      inputs: checked.inputs,
      fallbackTitle: workflow.name,
    },
    moving,
  );
  if (!moving.silent) world.announce.dispatched(run);
  return run;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** 19 of GitHub Enterprise Server 3.19; github.com is newer than every server. */
const minorVersion = ({ enterprise }: World): number =>
  Number(enterprise?.version.split('.')[1] ?? Number.POSITIVE_INFINITY);

/** Validates the body of a dispatch as GitHub does, refusing unknown keys. */
function readBody(world: World, call: Call): Answer | { ref: string; inputs: Json; details: boolean } {
  if (!isObject(call.body)) return refusal(400, 'Body should be a JSON object');
  const newest = call.apiVersion === '2026-03-10';
  const old = minorVersion(world) <= 20;
  const permitted = old || newest ? ['ref', 'inputs'] : ['ref', 'inputs', 'return_run_details'];
  const unknown = Object.keys(call.body).find((key) => !permitted.includes(key));
  if (unknown !== undefined) {
    const status = old ? world.dispatchAnswers.refusal : 422;
    return refusal(status, `Invalid request.\n\n"${unknown}" is not a permitted key.`);
  }
  const { ref, inputs = {}, return_run_details: details = false } = call.body;
  if (ref === undefined) return refusal(422, `Invalid request.\n\n"ref" wasn't supplied.`);
  const wrong = (key: string, value: unknown, type: string) =>
    refusal(422, `Invalid request.\n\nFor 'properties/${key}', ${JSON.stringify(value)} is not ${type}.`);
  if (typeof ref !== 'string') return wrong('ref', ref, 'a string');
  if (!isObject(inputs)) return wrong('inputs', inputs, 'an object');
  if (typeof details !== 'boolean') return wrong('return_run_details', details, 'a boolean');
  // 25 on github.com since December 2025, and on servers from 3.20 on.
  const most = minorVersion(world) <= 19 ? 10 : 25;
  const count = Object.keys(inputs).length;
  if (count > most) {
    return refusal(422, `Invalid request.\n\nNo more than ${most} properties are allowed; ${count} were supplied.`);
  }
  return { ref, inputs, details: details || newest };
}

/** `POST …/actions/workflows/{id or file}/dispatches`. */
export const dispatchRoute = repositoryRoute(
  'dispatch',
  'POST',
  '/actions/workflows/:workflow/dispatches',
  { area: 'actions', level: 'write' },
  (world, call, repository) => {
    const workflow = workflowNamed(repository, call.params.workflow ?? '');
    if (!workflow) return notFound();
    const body = readBody(world, call);
    if ('status' in body) return body;
    const run = dispatch(world, repository, workflow, { ...body, actor: call.identity.login });
    if ('status' in run) return run;
    if (!body.details || world.dispatchAnswers.mode !== '200' || minorVersion(world) <= 20) return { status: 204 };
    return ok({
      workflow_run_id: run.id,
      run_url: `${world.url}/repos/${repository.fullName}/actions/runs/${run.id}`,
      html_url: `${world.htmlUrl}/${repository.fullName}/actions/runs/${run.id}`,
    });
  },
);
