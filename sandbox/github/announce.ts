import { installationOf } from './installations.js';
import { jobShape, runShape, workflowShape } from './run-shapes.js';
import { headCommitShape, type Json, nodeId, repositoryShape, userShape } from './shapes.js';
import type { WebhookSender } from './webhooks.js';
import { type Announce, type Commit, latest, type Repository, type Run, type World } from './world.js';

/** Builds the announcer; it sends only the events that the hook is subscribed to, as GitHub does. */
export function announcer(world: () => World, sender: WebhookSender, subscribed: ReadonlySet<string>): Announce {
  const send = (event: string, key: string, body: () => Json): void => {
    if (subscribed.has(event)) sender.send(event, body(), key);
  };
  return {
    run: (action, run) =>
      send('workflow_run', `run ${run.id}`, () => ({
        action,
        workflow_run: runShape(world(), run),
        workflow: workflowOf(world(), run),
        ...surroundings(world(), run.repository, latest(run).triggeringActor),
      })),
    job: (action, run, job) =>
      send('workflow_job', `run ${run.id}`, () => ({
        action,
        workflow_job: jobShape(world(), run, job),
        ...surroundings(world(), run.repository, latest(run).triggeringActor),
      })),
    push: (repository, ref, before, commits, actor) =>
      send('push', `repository ${repository.id}`, () => ({
        ...pushBody(world(), repository, ref, before, commits, actor),
        ...surroundings(world(), repository, actor),
      })),
    dispatched: (run) =>
      send('workflow_dispatch', `run ${run.id}`, () => ({
        inputs: run.inputs,
        ref: `refs/heads/${run.headBranch}`,
        workflow: `.github/workflows/${run.workflow.file}`,
        ...surroundings(world(), run.repository, run.actor),
      })),
  };
}

function workflowOf(world: World, run: Run): Json {
  return workflowShape(world, run.repository.fullName, run.repository.defaultBranch, run.workflow);
}

export function surroundings(world: World, repository: Repository, actor: string): Json {
  const owner = userShape(world, repository.owner, 'Organization');
  const installation = installationOf(world, repository.owner);
  const orgUrl = `${world.url}/orgs/${repository.owner}`;
  return {
    repository: repositoryShape(world, repository),
    organization: {
      login: owner.login,
      id: owner.id,
      node_id: owner.node_id,
      url: orgUrl,
      repos_url: `${orgUrl}/repos`,
      events_url: `${orgUrl}/events`,
      hooks_url: `${orgUrl}/hooks`,
      issues_url: `${orgUrl}/issues`,
      members_url: `${orgUrl}/members{/member}`,
      public_members_url: `${orgUrl}/public_members{/member}`,
      avatar_url: owner.avatar_url,
      description: '',
    },
    sender: userShape(world, actor),
    ...(installation && { installation: { id: installation.id, node_id: nodeId('I_', installation.id) } }),
  };
}

function pushBody(
  world: World,
  repository: Repository,
  ref: string,
  before: string,
  commits: Commit[],
  actor: string,
): Json {
  const html = `${world.htmlUrl}/${repository.fullName}`;
  const shaped = commits.map((commit) => ({
    ...headCommitShape(commit),
    distinct: true,
    url: `${html}/commit/${commit.sha}`,
    added: [],
    removed: [],
    modified: [],
  }));
  const after = commits.at(-1)?.sha ?? before;
  return {
    ref,
    before,
    after,
    created: /^0+$/.test(before),
    deleted: false,
    forced: false,
    base_ref: null,
    compare: `${html}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: ref.startsWith('refs/tags/') ? [] : shaped,
    head_commit: shaped.at(-1) ?? null,
    pusher: { name: actor, email: `${actor}@users.noreply.github.com` },
  };
}
