import { headCommitShape, type Json, minimalRepositoryShape, nodeId, userShape } from './shapes.js';
import { type Artifact, type Attempt, type Job, latest, type Run, stamp, type Workflow, type World } from './world.js';

/** A workflow, as in `GET …/actions/workflows/{id}` and next to a run in webhooks. */
export function workflowShape(world: World, fullName: string, defaultBranch: string, workflow: Workflow): Json {
  return {
    id: workflow.id,
    node_id: nodeId('W_', workflow.id),
    name: workflow.name,
    path: `.github/workflows/${workflow.file}`,
    state: workflow.state,
    created_at: stamp(workflow.createdAt),
    updated_at: stamp(workflow.createdAt),
    url: `${world.url}/repos/${fullName}/actions/workflows/${workflow.id}`,
    html_url: `${world.htmlUrl}/${fullName}/blob/${defaultBranch}/.github/workflows/${workflow.file}`,
    badge_url: `${world.htmlUrl}/${fullName}/workflows/${encodeURIComponent(workflow.name)}/badge.svg`,
  };
}

/** A run as the given attempt left it (the latest by default), as in REST and webhooks. */
export function runShape(world: World, run: Run, attempt: Attempt = latest(run), excludePullRequests = false): Json {
  const { repository, workflow } = run;
  const home = `${world.url}/repos/${repository.fullName}`;
  const url = `${home}/actions/runs/${run.id}`;
  return {
    id: run.id,
    name: workflow.name,
    node_id: nodeId('WFR_', run.id),
    head_branch: run.headBranch,
    head_sha: run.headCommit.sha,
    path: `.github/workflows/${workflow.file}${run.onTag ? `@refs/tags/${run.headBranch}` : ''}`,
    display_title: run.displayTitle,
    run_number: run.number,
    event: run.event,
    status: attempt.status,
    conclusion: attempt.conclusion,
    workflow_id: workflow.id,
    check_suite_id: run.checkSuiteId,
    check_suite_node_id: nodeId('CS_', run.checkSuiteId),
    url,
    html_url: `${world.htmlUrl}/${repository.fullName}/actions/runs/${run.id}`,
    pull_requests: excludePullRequests ? [] : pullRequests(world, run),
    created_at: stamp(run.createdAt),
    updated_at: stamp(attempt.updatedAt),
    actor: userShape(world, run.actor),
    run_attempt: attempt.number,
    referenced_workflows: [],
    run_started_at: stamp(attempt.startedAt),
    triggering_actor: userShape(world, attempt.triggeringActor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${home}/check-suites/${run.checkSuiteId}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: attempt.number > 1 ? `${url}/attempts/${attempt.number - 1}` : null,
    workflow_url: `${home}/actions/workflows/${workflow.id}`,
    head_commit: headCommitShape(run.headCommit),
    repository: minimalRepositoryShape(world, repository, false),
    head_repository: headRepository(world, run),
  };
}

function headRepository(world: World, run: Run): Json | null {
  if (run.headRepository === null) return null;
  if (run.headRepository === 'itself') return minimalRepositoryShape(world, run.repository, false);
  return minimalRepositoryShape(world, run.headRepository, true);
}

/** GitHub lists only open pull requests, and none of forks; the stand-in's are merged by the time they matter. */
function pullRequests(world: World, run: Run): Json[] {
  const { repository } = run;
  if (run.event !== 'pull_request' || run.headRepository !== 'itself') return [];
  const pulls = [...repository.pulls.values()].filter((pull) => pull.headBranch === run.headBranch);
  const repo = { id: repository.id, name: repository.name, url: `${world.url}/repos/${repository.fullName}` };
  return pulls.map((pull) => ({
    id: pull.id,
    number: pull.number,
    url: `${repo.url}/pulls/${pull.number}`,
    head: { ref: pull.headBranch, sha: pull.headSha, repo },
    base: { ref: pull.baseBranch, sha: pull.mergeSha, repo },
  }));
}

/** A job with its steps, as in REST and `workflow_job`. */
export function jobShape(world: World, run: Run, job: Job): Json {
  const home = `${world.url}/repos/${run.repository.fullName}`;
  const started = job.status !== 'queued' && job.status !== 'waiting';
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.workflow.name,
    head_branch: run.headBranch,
    run_url: `${home}/actions/runs/${run.id}`,
    run_attempt: job.attempt,
    node_id: nodeId('CR_', job.id),
    head_sha: run.headCommit.sha,
    url: `${home}/actions/jobs/${job.id}`,
    html_url: `${world.htmlUrl}/${run.repository.fullName}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: stamp(job.createdAt),
    started_at: stamp(job.startedAt),
    completed_at: job.completedAt && stamp(job.completedAt),
    name: job.name,
    steps: job.steps.map((step) => ({
      name: step.name,
      status: step.status,
      conclusion: step.conclusion,
      number: step.number,
      started_at: step.startedAt && stamp(step.startedAt),
      completed_at: step.completedAt && stamp(step.completedAt),
    })),
    check_run_url: `${home}/check-runs/${job.id}`,
    labels: ['ubuntu-latest'],
    runner_id: started ? 1 : null,
    runner_name: started ? 'GitHub Actions 1' : null,
    runner_group_id: started ? 0 : null,
    runner_group_name: started ? 'GitHub Actions' : null,
  };
}

/** An artifact of a run. GitHub keeps it for 90 days. */
export function artifactShape(world: World, run: Run, artifact: Artifact): Json {
  const home = `${world.url}/repos/${run.repository.fullName}`;
  const url = `${home}/actions/artifacts/${artifact.id}`;
  return {
    id: artifact.id,
    node_id: nodeId('A_', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.zip.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: artifact.expired,
    digest: null,
    created_at: stamp(artifact.createdAt),
    updated_at: stamp(artifact.createdAt),
    expires_at: stamp(new Date(artifact.createdAt.getTime() + 90 * 86_400_000)),
    workflow_run: {
      id: run.id,
      repository_id: run.repository.id,
      head_repository_id: run.headRepository === 'itself' ? run.repository.id : (run.headRepository?.id ?? null),
      head_branch: run.headBranch,
      head_sha: run.headCommit.sha,
    },
  };
}
