import { titleLine } from './git.js';
import { type Commit, type Conclusion, latest, type Run, type RunStatus } from './world.js';

/** A run as a test reads it: a copy of its current state. */
export interface RunView {
  id: number;
  number: number;
  attempt: number;
  repository: string;
  file: string;
  event: string;
  status: RunStatus;
  conclusion: Conclusion | null;
  title: string;
  branch: string;
  /** The branch tip it runs on: for a dispatched run, not what it deploys. */
  headSha: string;
  /** The inputs of a dispatched run. */
  inputs: Record<string, string>;
  actor: string;
  triggeringActor: string;
  /** Somebody asked GitHub to cancel this attempt. */
  cancelAsked: boolean;
  createdAt: Date;
  /** Of this attempt. */
  startedAt: Date;
  endedAt: Date | null;
  jobs: Array<{ id: number; name: string; status: RunStatus; conclusion: Conclusion | null }>;
}

export function runView(run: Run): RunView {
  const attempt = latest(run);
  return {
    id: run.id,
    number: run.number,
    attempt: attempt.number,
    repository: run.repository.fullName,
    file: run.workflow.file,
    event: run.event,
    status: attempt.status,
    conclusion: attempt.conclusion,
    title: run.displayTitle,
    branch: run.headBranch,
    headSha: run.headCommit.sha,
    inputs: { ...run.inputs },
    actor: run.actor,
    triggeringActor: attempt.triggeringActor,
    cancelAsked: run.cancelAsked,
    createdAt: run.createdAt,
    startedAt: attempt.startedAt,
    endedAt: attempt.status === 'completed' ? attempt.updatedAt : null,
    jobs: attempt.jobs.map(({ id, name, status, conclusion }) => ({ id, name, status, conclusion })),
  };
}

/** A pushed commit and the runs that it started. */
export interface PushedCommit {
  sha: string;
  title: string;
  message: string;
  /** The first run that the push started; throws if it started none. */
  readonly runId: number;
  runIds: number[];
}

export function pushedView({ commit, runs }: { commit: Commit; runs: Run[] }): PushedCommit {
  return {
    sha: commit.sha,
    title: titleLine(commit),
    message: commit.message,
    runIds: runs.map((run) => run.id),
    get runId() {
      const [first] = runs;
      if (!first) throw new Error(`the push of ${commit.sha} started no run`);
      return first.id;
    },
  };
}
