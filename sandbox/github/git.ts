import { createHash } from 'node:crypto';
import type { Commit, Person, Repository } from './world.js';

const githubItself: Person = { name: 'GitHub', email: 'noreply@github.com', login: 'web-flow' };

/** A commit as a test describes it. */
export interface NewCommit {
  title: string;
  body?: string;
  author?: Person;
  coAuthors?: Array<{ name: string; email: string }>;
  /** What it touches: paths, or a file that it moves. None by default. */
  files?: Array<string | Commit['files'][number]>;
  /** 40 hex digits; made up by default. */
  sha?: string;
}

const unnamed: Person = { login: 'octocat', name: 'Mona Lisa', email: 'octocat@users.noreply.github.com' };

/** Adds a commit to the repository's graph (to no branch); throws if its SHA is malformed or already there. */
export function addCommit(repository: Repository, parents: string[], given: NewCommit, at: Date): Commit {
  const order = repository.commits.size;
  const sha =
    given.sha ?? createHash('sha1').update(`${repository.fullName} ${order} ${parents} ${given.title}`).digest('hex');
  if (!/^[0-9a-f]{40}$/.test(sha)) throw new Error(`a commit's SHA has 40 hex digits, not "${sha}"`);
  if (repository.commits.has(sha)) throw new Error(`${repository.fullName} already has a commit ${sha}`);
  const trailers = (given.coAuthors ?? []).map((person) => `Co-authored-by: ${person.name} <${person.email}>`);
  const message = [given.title, given.body, trailers.join('\n')].filter((part) => part).join('\n\n');
  const commit: Commit = {
    sha,
    message,
    author: given.author ?? unnamed,
    committer: githubItself,
    at,
    parents,
    files: (given.files ?? []).map((file) => (typeof file === 'string' ? { filename: file } : file)),
    order,
  };
  repository.commits.set(sha, commit);
  return commit;
}

/** The first line of a commit's message. */
export function titleLine(commit: Commit): string {
  return commit.message.split('\n')[0] ?? '';
}

/** The commit that a branch, tag, full or abbreviated SHA names, or undefined. */
export function resolve(repository: Repository, name: string): Commit | undefined {
  const sha = repository.branches.get(name) ?? repository.tags.get(name) ?? name;
  const exact = repository.commits.get(sha);
  if (exact || !/^[0-9a-f]{7,39}$/.test(sha)) return exact;
  const matches = [...repository.commits.values()].filter((commit) => commit.sha.startsWith(sha));
  return matches.length === 1 ? matches[0] : undefined;
}

/** The branch or tag that a dispatch's `ref` names: its short name and tip. A SHA names none. */
export function branchOrTag(repository: Repository, ref: string): { name: string; tip: string } | undefined {
  const branch = ref.replace(/^refs\/heads\//, '');
  const onBranch = repository.branches.get(branch);
  if (onBranch) return { name: branch, tip: onBranch };
  const tag = ref.replace(/^refs\/tags\//, '');
  const onTag = repository.tags.get(tag);
  return onTag ? { name: tag, tip: onTag } : undefined;
}

function ancestry(repository: Repository, from: string): Set<string> {
  const seen = new Set<string>();
  const waiting = [from];
  for (let sha = waiting.pop(); sha !== undefined; sha = waiting.pop()) {
    if (seen.has(sha)) continue;
    seen.add(sha);
    waiting.push(...(repository.commits.get(sha)?.parents ?? []));
  }
  return seen;
}

/** A commit and all its ancestors, newest first. */
export function history(repository: Repository, tip: Commit): Commit[] {
  const seen = ancestry(repository, tip.sha);
  return [...repository.commits.values()].filter((commit) => seen.has(commit.sha)).reverse();
}

export interface Comparison {
  status: 'identical' | 'ahead' | 'behind' | 'diverged';
  mergeBase: Commit;
  /** Commits of the head that are not in the base, oldest first. */
  ahead: Commit[];
  behindBy: number;
}

/** Compares two commits as `git log base...head` does; null if they share no ancestor. */
export function compare(repository: Repository, base: Commit, head: Commit): Comparison | null {
  const ofBase = ancestry(repository, base.sha);
  const ofHead = ancestry(repository, head.sha);
  const commits = [...repository.commits.values()];
  const mergeBase = commits.findLast((commit) => ofBase.has(commit.sha) && ofHead.has(commit.sha));
  if (!mergeBase) return null;
  const ahead = commits.filter((commit) => ofHead.has(commit.sha) && !ofBase.has(commit.sha));
  const behindBy = [...ofBase].filter((sha) => !ofHead.has(sha)).length;
  const status = ahead.length > 0 ? (behindBy > 0 ? 'diverged' : 'ahead') : behindBy > 0 ? 'behind' : 'identical';
  return { status, mergeBase, ahead, behindBy };
}
