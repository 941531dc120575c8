import { type Answer, notFound, ok, refusal } from './answer.js';
import { type Access, type Call, paged, type Route, repositoryRoute } from './api.js';
import { workflowNamed } from './dispatch.js';
import { listRuns } from './run-list.js';
import { jobShape, runShape, workflowShape } from './run-shapes.js';
import { completeRun, rerun } from './runs.js';
import { type Job, latest, type Run, type World } from './world.js';

const read: Access = { area: 'actions', level: 'read' };
const write: Access = { area: 'actions', level: 'write' };

function runRoute(
  name: string,
  method: 'GET' | 'POST',
  rest: string,
  handle: (world: World, call: Call, run: Run) => Answer,
): Route {
  const access = method === 'GET' ? read : write;
  return repositoryRoute(name, method, `/actions/runs/:run${rest}`, access, (world, call, repository) => {
    const run = repository.runs.find((each) => String(each.id) === call.params.run);
    return run ? handle(world, call, run) : notFound();
  });
}

function jobList(world: World, call: Call, run: Run, jobs: Job[]): Answer {
  const { items, headers } = paged(world, call, jobs);
  return ok({ total_count: jobs.length, jobs: items.map((job) => jobShape(world, run, job)) }, headers);
}

function rerunRoute(name: string, rest: string, failedOnly: boolean): Route {
  return runRoute(name, 'POST', rest, (world, call, run) => {
    const attempt = latest(run);
    if (attempt.status !== 'completed') return refusal(403, 'This workflow is already running');
    if (world.now().getTime() - run.createdAt.getTime() > 30 * 86_400_000) {
      return refusal(403, 'Unable to retry this workflow run because it was created over a month ago');
    }
    if (failedOnly && attempt.jobs.length > 0 && attempt.jobs.every((job) => job.conclusion === 'success')) {
      return refusal(403, 'This workflow run cannot be retried');
    }
    rerun(world, run, { actor: call.identity.login, failedOnly });
    return { status: 201, body: {} };
  });
}

/** Workflows and runs: reading, cancelling, running again. */
export const runRoutes: Route[] = [
  repositoryRoute('workflows', 'GET', '/actions/workflows', read, (world, call, repository) => {
    const { items, headers } = paged(world, call, repository.workflows);
    const { fullName, defaultBranch } = repository;
    const workflows = items.map((each) => workflowShape(world, fullName, defaultBranch, each));
    return ok({ total_count: repository.workflows.length, workflows }, headers);
  }),
  repositoryRoute('workflow', 'GET', '/actions/workflows/:workflow', read, (world, call, repository) => {
    const workflow = workflowNamed(repository, call.params.workflow ?? '');
    const gone = workflow && repository.files.get(`${repository.defaultBranch}:${workflow.file}`) === null;
    return workflow && !gone
      ? ok(workflowShape(world, repository.fullName, repository.defaultBranch, workflow))
      : notFound();
  }),
  repositoryRoute('workflow-runs', 'GET', '/actions/workflows/:workflow/runs', read, (world, call, repository) => {
    const workflow = workflowNamed(repository, call.params.workflow ?? '');
    if (!workflow) return notFound();
    return listRuns(
      world,
      call,
      repository.runs.filter((run) => run.workflow === workflow),
    );
  }),
  repositoryRoute('runs', 'GET', '/actions/runs', read, (world, call, repository) =>
    listRuns(world, call, [...repository.runs]),
  ),
  runRoute('run', 'GET', '', (world, call, run) =>
    ok(runShape(world, run, latest(run), call.query.get('exclude_pull_requests') === 'true')),
  ),
  runRoute('attempt', 'GET', '/attempts/:attempt', (world, call, run) => {
    const attempt = run.attempts.find((each) => String(each.number) === call.params.attempt);
    return attempt ? ok(runShape(world, run, attempt)) : notFound();
  }),
  runRoute('jobs', 'GET', '/jobs', (world, call, run) => {
    const filter = call.query.get('filter') ?? 'latest';
    if (filter !== 'latest' && filter !== 'all') return refusal(422, 'Validation Failed: filter is latest or all');
    const attempts = filter === 'all' ? run.attempts : [latest(run)];
    return jobList(
      world,
      call,
      run,
      attempts.flatMap((attempt) => attempt.jobs),
    );
  }),
  runRoute('attempt-jobs', 'GET', '/attempts/:attempt/jobs', (world, call, run) => {
    const attempt = run.attempts.find((each) => String(each.number) === call.params.attempt);
    return attempt ? jobList(world, call, run, attempt.jobs) : notFound();
  }),
  runRoute('cancel', 'POST', '/cancel', (world, _call, run) => {
    if (latest(run).status === 'completed') {
      return refusal(409, 'Cannot cancel a workflow run that is completed.');
    }
    if (world.cancels.startsWith('refused'))
      return refusal(409, 'Cannot cancel a workflow re-run that has not yet queued.');
    run.cancelAsked = true;
    // GitHub accepts the request and ends the run afterwards: the answer never means that it has ended.
    if (world.cancels === 'obeyed') {
      setImmediate(() => {
        if (latest(run).status !== 'completed') completeRun(world, run, { conclusion: 'cancelled' });
        world.changed();
      });
    }
    return { status: 202, body: {} };
  }),
  runRoute('force-cancel', 'POST', '/force-cancel', (world, _call, run) => {
    if (latest(run).status === 'completed') {
      return refusal(409, 'Cannot cancel a workflow run that is completed.');
    }
    if (world.cancels === 'refused even by force')
      return refusal(409, 'Cannot cancel a workflow re-run that has not yet queued.');
    run.cancelAsked = true;
    setImmediate(() => {
      if (latest(run).status !== 'completed') completeRun(world, run, { conclusion: 'cancelled' });
      world.changed();
    });
    return { status: 202, body: {} };
  }),
  rerunRoute('rerun', '/rerun', false),
  rerunRoute('rerun-failed-jobs', '/rerun-failed-jobs', true),
];
