import type { Logs } from './logs.js';
import type { WorkflowDefinition } from './workflow.js';

/** A conclusion that GitHub gives a completed run or job. */
export type Conclusion =
  | 'success'
  | 'failure'
  | 'cancelled'
  | 'skipped'
  | 'neutral'
  | 'timed_out'
  | 'action_required'
  | 'stale'
  | 'startup_failure';

/** The state of a run or job before and at its end. */
export type RunStatus = 'queued' | 'waiting' | 'in_progress' | 'completed';

/** What git knows about a person, with the GitHub login if the address belongs to one. */
export interface Person {
  login?: string;
  name: string;
  email: string;
}

export interface Commit {
  sha: string;
  message: string;
  author: Person;
  committer: Person;
  at: Date;
  parents: string[];
  files: Array<{ filename: string; movedFrom?: string }>;
  /** Grows with every commit of a repository: parents always come before their children. */
  order: number;
}

export interface PullRequest {
  id: number;
  number: number;
  title: string;
  body: string;
  author: string;
  labels: string[];
  headBranch: string;
  headSha: string;
  baseBranch: string;
  /** Empty while it is open. */
  mergeSha: string;
  /** When it was merged, or opened if it is open. */
  mergedAt: Date;
  mergedBy: string;
  open: boolean;
}

export interface Workflow extends WorkflowDefinition {
  id: number;
  state: 'active' | 'disabled_manually';
  runNumber: number;
  createdAt: Date;
}

export interface Step {
  name: string;
  number: number;
  status: RunStatus;
  conclusion: Conclusion | null;
  startedAt: Date | null;
  completedAt: Date | null;
}

export interface Job {
  id: number;
  name: string;
  attempt: number;
  status: RunStatus;
  conclusion: Conclusion | null;
  createdAt: Date;
  startedAt: Date;
  completedAt: Date | null;
  steps: Step[];
}

export interface Attempt {
  number: number;
  status: RunStatus;
  conclusion: Conclusion | null;
  startedAt: Date;
  updatedAt: Date;
  triggeringActor: string;
  jobs: Job[];
}

export interface Artifact {
  id: number;
  name: string;
  /** The zip, or the file itself if it was uploaded with `archive: false`. */
  zip: Uint8Array;
  contentType: string;
  createdAt: Date;
  expired: boolean;
}

/** The repository a run's commit comes from: this one, a fork, or none (a deleted fork). */
export type HeadRepository = 'itself' | { id: number; fullName: string } | null;

export interface Run {
  id: number;
  number: number;
  repository: Repository;
  workflow: Workflow;
  event: string;
  /** The branch or, for a pushed tag, the tag. */
  headBranch: string;
  onTag: boolean;
  headCommit: Commit;
  headRepository: HeadRepository;
  displayTitle: string;
  actor: string;
  inputs: Record<string, string>;
  createdAt: Date;
  checkSuiteId: number;
  attempts: Attempt[];
  artifacts: Artifact[];
  cancelAsked: boolean;
  /** Lists leave the run out until this time and for so many more lists: GitHub's lists lag. */
  hidden: { until: number; lists: number };
}

export interface Repository {
  id: number;
  owner: string;
  name: string;
  fullName: string;
  private: boolean;
  defaultBranch: string;
  createdAt: Date;
  commits: Map<string, Commit>;
  branches: Map<string, string>;
  tags: Map<string, string>;
  pulls: Map<number, PullRequest>;
  workflows: Workflow[];
  /** Workflow files that differ from their workflow's own text on a branch or tag, as `ref:file`; null: not there. */
  files: Map<string, string | null>;
  archived: boolean;
  runs: Run[];
}

/** Sends webhooks for what happened, with the payload as it is at the call. */
export interface Announce {
  run(action: 'requested' | 'in_progress' | 'completed', run: Run): void;
  job(action: RunStatus, run: Run, job: Job): void;
  /** `ref`: `refs/heads/…` or `refs/tags/…`. */
  push(repository: Repository, ref: string, before: string, commits: Commit[], actor: string): void;
  dispatched(run: Run): void;
}

/** The App in one organisation, with tokens and limits of its own. */
export interface Installation {
  id: number;
  owner: string;
  suspendedAt: Date | null;
}

/** Everything the stand-in knows, in memory. */
export interface World {
  url: string;
  htmlUrl: string;
  now: () => Date;
  repositories: Map<string, Repository>;
  /** Repositories by their previous names. */
  moved: Map<string, Repository>;
  users: Map<string, number>;
  /** `installations`: by owner, null once it was removed; `without`: the repositories without the App. */
  app: { id: string; slug: string; installations: Map<string, Installation | null>; without: Set<number> } | null;
  hook: {
    id: number;
    contentType: 'json' | 'form';
    hasSecret: boolean;
    insecureSsl: '0' | '1';
    active: boolean;
    events: Set<string>;
  };
  listLag: { ms: number; lists: number };
  /** The first page of a comparison, which has the diff, is too large for GitHub: it answers 500. */
  largeDiffs: boolean;
  /** Lists filtered by branch or event know no run that was created later. */
  staleSince: Date | null;
  cancels: 'obeyed' | 'ignored' | 'refused' | 'refused even by force';
  /** The version of GitHub Enterprise Server, such as 3.19.0; null for github.com. `told`: also in each answer's header. */
  enterprise: { version: string; told: boolean } | null;
  logs: Logs;
  dispatchAnswers: { mode: '200' | '204' | 'old-ghes'; refusal: 400 | 422 };
  nextId: (kind: IdKind) => number;
  announce: Announce;
  onRun: Set<(run: Run) => void>;
  /** Called when something changes that no caller asked for at that moment. */
  changed: () => void;
}

// Past 2^31, and far apart, so that an id of one kind never passes for another's and a 32-bit column fails at once.
const firstIds = {
  repository: 3_000_000_000,
  user: 4_000_000_000,
  workflow: 5_000_000_000,
  pull: 6_000_000_000,
  suite: 7_000_000_000,
  artifact: 8_000_000_000,
  hook: 9_000_000_000,
  run: 20_000_000_000,
  job: 50_000_000_000,
  status: 70_000_000_000,
};
export type IdKind = keyof typeof firstIds;

/** Returns rising ids, a series for each kind, all past 2^31. */
export function idSeries(): (kind: IdKind) => number {
  const last: Record<IdKind, number> = { ...firstIds };
  return (kind) => {
    last[kind] += 1;
    return last[kind];
  };
}

/** A time as GitHub writes it: ISO, UTC, whole seconds. */
export function stamp(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** The repository called `owner/name`, in any case; throws if the stand-in has none. */
export function repositoryOf(world: World, fullName: string): Repository {
  const found = world.repositories.get(fullName.toLowerCase());
  if (!found) throw new Error(`the stand-in has no repository ${fullName}; call addRepository first`);
  return found;
}

/** The run with this id, or undefined. */
export const findRun = (world: World, id: number): Run | undefined =>
  [...world.repositories.values()].flatMap(({ runs }) => runs).find((run) => run.id === id);

/** The attempt that a run is at. */
export function latest(run: Run): Attempt {
  const attempt = run.attempts.at(-1);
  if (!attempt) throw new Error(`run ${run.id} has no attempt`);
  return attempt;
}
