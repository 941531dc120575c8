import { surroundings } from './announce.js';
import { workflowNamed } from './dispatch.js';
import { type CheckRun, type CommitStatus, checkRunShape, statusShape } from './result-shapes.js';
import { createRun, type Moving } from './runs.js';
import { type RunView, runView } from './views.js';
import type { WebhookSender } from './webhooks.js';
import { type Conclusion, type Repository, type Run, repositoryOf, type World } from './world.js';

/** What is known of the commits of one repository. */
interface CommitResults {
  checks: CheckRun[];
  statuses: CommitStatus[];
}

const ofRepositories = new WeakMap<Repository, CommitResults>();

export function resultsIn(repository: Repository): CommitResults {
  const known = ofRepositories.get(repository) ?? { checks: [], statuses: [] };
  ofRepositories.set(repository, known);
  return known;
}

export interface ResultControls {
  /** Starts a run of a workflow by an event other than a push, on the tip of the branch unless `sha` says otherwise. */
  startedBy(
    repository: string,
    file: string,
    options: { event: string; sha?: string; branch?: string; title?: string; actor?: string } & Moving,
  ): Promise<RunView>;
  /** An App makes a check run, or changes the one with this id. */
  check(
    repository: string,
    options: { name: string; sha: string; app: string; conclusion?: Conclusion; id?: number } & Moving,
  ): Promise<number>;
  /** An account sets a commit status. */
  commitStatus(
    repository: string,
    options: { context: string; sha: string; state: CommitStatus['state']; by: string } & Moving,
  ): Promise<void>;
}

/** `move` resolves when what was sent is answered. */
export function resultControls(
  world: World,
  sender: WebhookSender,
  move: <T>(act: () => T) => Promise<T>,
): ResultControls {
  const commitIn = (repository: Repository, sha: string) => {
    const commit = repository.commits.get(sha);
    if (!commit) throw new Error(`GitHub would refuse: No commit found for SHA: ${sha}`);
    return commit;
  };
  const send = (
    event: string,
    repository: Repository,
    actor: string,
    body: Record<string, unknown>,
    moving: Moving,
  ) => {
    if (moving.silent || !world.hook.events.has(event)) return;
    sender.send(event, { ...body, ...surroundings(world, repository, actor) }, `${event} ${repository.id}`);
  };
  return {
    startedBy: async (name, file, { event, sha, branch, title, actor = 'octocat', ...moving }) => {
      const repository = repositoryOf(world, name);
      const workflow = workflowNamed(repository, file);
      if (!workflow?.on.includes(event)) throw new Error(`${event} starts no ${file}`);
      const on = branch ?? repository.defaultBranch;
      const headCommit = commitIn(repository, sha ?? repository.branches.get(on) ?? '');
      const given = { event, headBranch: on, headCommit, actor, ...(title && { fallbackTitle: title }) };
      const run = await move(() => createRun(world, repository, workflow, given, moving));
      return runView(run as Run);
    },
    check: async (name, { name: called, sha, app, conclusion, id, ...moving }) => {
      const repository = repositoryOf(world, name);
      commitIn(repository, sha);
      const { checks } = resultsIn(repository);
      const at = world.now();
      const known = checks.find((one) => one.id === id);
      const check: CheckRun = known ?? {
        id: world.nextId('job'),
        name: called,
        sha,
        app,
        status: 'in_progress',
        conclusion: null,
        startedAt: at,
        completedAt: null,
      };
      if (!known) checks.push(check);
      const ended = conclusion ?? null;
      Object.assign(check, {
        status: ended === null ? 'in_progress' : 'completed',
        conclusion: ended,
        completedAt: ended === null ? null : at,
        ...(ended === null && known && { startedAt: at }),
      });
      const action = ended === null ? 'created' : 'completed';
      await move(() =>
        send(
          'check_run',
          repository,
          `${app}[bot]`,
          { action, check_run: checkRunShape(world, repository, check) },
          moving,
        ),
      );
      return check.id;
    },
    commitStatus: async (name, { context, sha, state, by, ...moving }) => {
      const repository = repositoryOf(world, name);
      commitIn(repository, sha);
      const status = { id: world.nextId('status'), context, sha, state, creator: by, at: world.now() };
      resultsIn(repository).statuses.push(status);
      // A delivery names nobody as its creator: whoever set it is the sender.
      const { creator: _, ...body } = statusShape(world, repository, status);
      await move(() =>
        send('status', repository, by, { ...body, sha, name: repository.fullName, branches: [] }, moving),
      );
    },
  };
}
