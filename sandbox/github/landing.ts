import { addCommit, compare, type NewCommit, titleLine } from './git.js';
import { createRun, type Moving } from './runs.js';
import { startsOnPush, startsOnTag } from './workflow.js';
import type { Commit, Person, PullRequest, Repository, Run, World } from './world.js';

export interface PushOptions extends NewCommit, Moving {
  /** The default branch by default; an unknown name is branched off it. */
  branch?: string;
  /** Who pushed or merged: the run's actor. The commit's author by default. */
  actor?: string;
  /** The merged pull request of the commit; `true` makes one up from the commit. */
  pullRequest?:
    | true
    | { number?: number; title?: string; body?: string; branch?: string; author?: string; labels?: string[] };
  /** Makes the commit a merge of these, which are made on their own branch. */
  mergeOf?: NewCommit[];
}

export interface ForkRunOptions extends Moving {
  headBranch: string;
  title: string;
  author?: Person;
  /** `pull_request` by default. */
  event?: string;
  /** Which of the repository's workflows; the first with `push` by default. */
  file?: string;
  /** The fork's name; null for a fork that has been deleted. */
  fork?: string | null;
}

const zeros = '0'.repeat(40);
// https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs
const skips = /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]/;

/** Adds a commit to a branch and starts the runs of its push; sends webhooks for all of it. */
export function push(world: World, repository: Repository, options: PushOptions): { commit: Commit; runs: Run[] } {
  const branch = options.branch ?? repository.defaultBranch;
  const before = repository.branches.get(branch) ?? repository.branches.get(repository.defaultBranch) ?? zeros;
  const at = world.now();
  const parents = repository.commits.has(before) ? [before] : [];
  const merged: Commit[] = [];
  for (const each of options.mergeOf ?? []) {
    const under = merged.at(-1)?.sha;
    merged.push(addCommit(repository, under ? [under] : parents, each, at));
  }
  const side = merged.at(-1)?.sha;
  const commit = addCommit(repository, side ? [...parents, side] : parents, options, at);
  repository.branches.set(branch, commit.sha);
  const actor = options.actor ?? commit.author.login ?? repository.owner;
  if (options.pullRequest) addPull(world, repository, options.pullRequest, commit, side ?? commit.sha, branch, actor);
  if (!options.silent) world.announce.push(repository, `refs/heads/${branch}`, before, [...merged, commit], actor);
  const started = skips.test(commit.message)
    ? []
    : repository.workflows.filter((workflow) => workflow.state === 'active' && startsOnPush(workflow, branch));
  const runs = started.map((workflow) =>
    createRun(world, repository, workflow, { event: 'push', headBranch: branch, headCommit: commit, actor }, options),
  );
  return { commit, runs };
}

/** Pushes a tag onto a commit and starts the runs of that push. A tag may be called like a branch. */
export function pushTag(
  world: World,
  repository: Repository,
  tag: string,
  { sha, actor, ...moving }: { sha: string; actor?: string } & Moving,
): { commit: Commit; runs: Run[] } {
  const commit = repository.commits.get(sha);
  if (!commit) throw new Error(`${repository.fullName} has no commit ${sha}`);
  repository.tags.set(tag, sha);
  const by = actor ?? commit.author.login ?? repository.owner;
  if (!moving.silent) world.announce.push(repository, `refs/tags/${tag}`, zeros, [commit], by);
  const started = repository.workflows.filter((each) => each.state === 'active' && startsOnTag(each, tag));
  const given = { event: 'push', headBranch: tag, onTag: true, headCommit: commit, actor: by };
  return { commit, runs: started.map((workflow) => createRun(world, repository, workflow, given, moving)) };
}

function addPull(
  world: World,
  repository: Repository,
  given: Exclude<PushOptions['pullRequest'], undefined>,
  commit: Commit,
  headSha: string,
  baseBranch: string,
  mergedBy: string,
): void {
  const own = given === true ? {} : given;
  const number = own.number ?? Math.max(0, ...repository.pulls.keys()) + 1;
  const pull: PullRequest = {
    id: world.nextId('pull'),
    number,
    title: own.title ?? titleLine(commit),
    body: own.body ?? '',
    author: own.author ?? commit.author.login ?? mergedBy,
    labels: own.labels ?? [],
    headBranch: own.branch ?? `change-${number}`,
    headSha,
    baseBranch,
    mergeSha: commit.sha,
    mergedAt: commit.at,
    mergedBy,
    open: false,
  };
  repository.pulls.set(number, pull);
}

/** Opens a pull request from one branch into another and leaves it open; its number. */
export function openPull(
  world: World,
  repository: Repository,
  { title, author, head, base }: { title: string; author: string; head: string; base: string },
): number {
  const headSha = repository.branches.get(head);
  if (!headSha || !repository.branches.has(base)) throw new Error(`${repository.fullName} lacks ${head} or ${base}`);
  const number = Math.max(0, ...repository.pulls.keys()) + 1;
  const made = { id: world.nextId('pull'), number, title, author, body: '', labels: [], mergedBy: '' };
  const at = { headBranch: head, headSha, baseBranch: base, mergeSha: '', mergedAt: world.now(), open: true };
  repository.pulls.set(number, { ...made, ...at });
  return number;
}

/**
 * The pull requests of a commit: of one on the default branch those that brought it, of others the open ones with it too.
 * The open ones come first: GitHub promises no order.
 */
export function pullsWith(repository: Repository, commit: Commit): PullRequest[] {
  const tip = (branch: string) => repository.commits.get(repository.branches.get(branch) ?? '');
  const between = (base: Commit | undefined, head: Commit | undefined) =>
    base && head ? (compare(repository, base, head)?.ahead ?? []) : [];
  const main = tip(repository.defaultBranch);
  const released = !main || !between(main, commit).includes(commit);
  const pulls = [...repository.pulls.values()];
  const open = pulls.filter(
    (pull) => pull.open && between(tip(pull.baseBranch), tip(pull.headBranch)).includes(commit),
  );
  const merged = pulls.filter((pull) => {
    const merge = repository.commits.get(pull.mergeSha);
    const before = repository.commits.get(merge?.parents[0] ?? '');
    return merge !== undefined && (before ? between(before, merge) : [merge]).includes(commit);
  });
  return released ? merged : [...open, ...merged];
}

/** A run on a fork's commit, whose branch may also be called `main`: the repository's webhooks get it all the same. */
export function forkRun(world: World, repository: Repository, options: ForkRunOptions): Run {
  const workflow = repository.workflows.find((each) =>
    options.file === undefined ? each.on.includes('push') : each.file === options.file,
  );
  if (!workflow) throw new Error(`${repository.fullName} has no workflow ${options.file ?? 'that starts on push'}`);
  const fork = options.fork === undefined ? `stranger/${repository.name}` : options.fork;
  const author = options.author ?? { login: 'stranger', name: 'A Stranger', email: 'stranger@example.org' };
  const base = repository.branches.get(repository.defaultBranch);
  const headCommit = addCommit(repository, base ? [base] : [], { title: options.title, author }, world.now());
  // A fork's commit can be read through the parent repository but is on none of its branches.
  return createRun(
    world,
    repository,
    workflow,
    {
      event: options.event ?? 'pull_request',
      headBranch: options.headBranch,
      headCommit,
      actor: author.login ?? 'stranger',
      headRepository: fork === null ? null : { id: world.nextId('repository'), fullName: fork },
    },
    options,
  );
}
