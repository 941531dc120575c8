import { titleLine } from './git.js';
import { completeJob, type JobOutcome, newJobs, outcomesFor, startJob } from './jobs.js';
import { titleOf } from './workflow.js';
import {
  type Commit,
  type Conclusion,
  type HeadRepository,
  latest,
  type Repository,
  type Run,
  type Workflow,
  type World,
} from './world.js';

/** `silent` changes the world without webhooks, as if GitHub's delivery was lost. */
export interface Moving {
  silent?: boolean;
}

export interface NewRun {
  event: string;
  headBranch: string;
  /** `headBranch` is a tag that was pushed; false by default. */
  onTag?: boolean;
  headCommit: Commit;
  actor: string;
  inputs?: Record<string, string>;
  headRepository?: HeadRepository;
  fallbackTitle?: string;
}

/** Creates a queued run of a workflow and reports it: `workflow_run` requested, its first job queued. */
export function createRun(
  world: World,
  repository: Repository,
  workflow: Workflow,
  given: NewRun,
  moving: Moving = {},
): Run {
  const at = world.now();
  workflow.runNumber += 1;
  const inputs = given.inputs ?? {};
  const lag = world.listLag;
  const run: Run = {
    id: world.nextId('run'),
    number: workflow.runNumber,
    repository,
    workflow,
    event: given.event,
    headBranch: given.headBranch,
    onTag: given.onTag ?? false,
    headCommit: given.headCommit,
    headRepository: given.headRepository === undefined ? 'itself' : given.headRepository,
    displayTitle: titleOf(workflow, inputs, given.fallbackTitle ?? titleLine(given.headCommit)),
    actor: given.actor,
    inputs,
    createdAt: at,
    checkSuiteId: world.nextId('suite'),
    attempts: [],
    artifacts: [],
    cancelAsked: false,
    hidden:
      given.event === 'workflow_dispatch' ? { until: at.getTime() + lag.ms, lists: lag.lists } : { until: 0, lists: 0 },
  };
  addAttempt(world, run, given.actor);
  repository.runs.push(run);
  if (!moving.silent) {
    world.announce.run('requested', run);
    announceFirstJob(world, run);
  }
  for (const listener of world.onRun) listener(run);
  return run;
}

function addAttempt(world: World, run: Run, triggeringActor: string): void {
  const at = world.now();
  const number = run.attempts.length + 1;
  const jobs = newJobs(world, run.workflow.jobs, number);
  run.attempts.push({
    number,
    status: 'queued',
    conclusion: null,
    startedAt: at,
    updatedAt: at,
    triggeringActor,
    jobs,
  });
}

function announceFirstJob(world: World, run: Run): void {
  const first = latest(run).jobs.find((job) => job.status === 'queued');
  if (first) world.announce.job('queued', run, first);
}

/** Moves a queued run and its first queued job to `in_progress`; does nothing to a run that has started. */
export function startRun(world: World, run: Run, moving: Moving = {}, withJob = true): void {
  const attempt = latest(run);
  if (attempt.status === 'completed') throw new Error(`run ${run.id} is completed and cannot start`);
  if (attempt.status === 'in_progress') return;
  attempt.status = 'in_progress';
  attempt.updatedAt = world.now();
  if (!moving.silent) world.announce.run('in_progress', run);
  const first = attempt.jobs.find((job) => job.status === 'queued');
  if (!first || !withJob) return;
  startJob(first, world.now());
  if (!moving.silent) world.announce.job('in_progress', run, first);
}

export interface RunOutcome {
  conclusion: Conclusion;
  jobs?: JobOutcome[];
  /** One or more artifacts of the run. */
  artifact?: NewArtifact | NewArtifact[];
}

interface NewArtifact {
  name: string;
  /** A zip, or any file, as upload-artifact sends it with `archive: false`. */
  zip: Uint8Array;
  /** What the storage says of it; `application/zip` by default. */
  contentType?: string;
  /** Now, by default. GitHub's ids and times need not agree in their order. */
  createdAt?: Date;
  expired?: boolean;
}

/**
 * Ends a run. A queued one is started first, except for ends that need no start. Jobs without a given conclusion get
 * the one that explains the run's: on a failure the last job fails, those before it pass.
 */
export function completeRun(world: World, run: Run, outcome: RunOutcome, moving: Moving = {}): void {
  const attempt = latest(run);
  if (attempt.status === 'completed') throw new Error(`run ${run.id} is already completed`);
  const neverStarted = ['cancelled', 'startup_failure', 'skipped', 'action_required', 'stale'];
  if (attempt.status === 'queued' && !neverStarted.includes(outcome.conclusion)) startRun(world, run, moving);
  const at = world.now();
  const given = outcome.artifact === undefined ? [] : [outcome.artifact].flat();
  for (const { name, zip, contentType = 'application/zip', createdAt = at, expired = false } of given) {
    run.artifacts.push({ id: world.nextId('artifact'), name, zip, contentType, createdAt, expired });
  }
  if (outcome.conclusion === 'startup_failure') attempt.jobs = [];
  for (const { job, conclusion, steps, log } of outcomesFor(world, attempt, outcome)) {
    completeJob(job, conclusion, at, steps);
    if (log) world.logs.kept.set(job.id, Buffer.from(log(at)));
    if (!moving.silent) world.announce.job('completed', run, job);
  }
  attempt.status = 'completed';
  attempt.conclusion = outcome.conclusion;
  attempt.updatedAt = at;
  if (!moving.silent) world.announce.run('completed', run);
}

/**
 * Re-runs a completed run: the same id, the next attempt, queued. GitHub sends no `requested` for it, so the next event
 * of the run itself is `in_progress`.
 */
export function rerun(
  world: World,
  run: Run,
  options: { actor: string; failedOnly?: boolean },
  moving: Moving = {},
): void {
  const before = latest(run);
  if (before.status !== 'completed') throw new Error(`run ${run.id} is still ${before.status}`);
  run.cancelAsked = false;
  addAttempt(world, run, options.actor);
  const attempt = latest(run);
  if (options.failedOnly) {
    for (const job of attempt.jobs) {
      const passed = before.jobs.find((each) => each.name === job.name && each.conclusion === 'success');
      if (passed) Object.assign(job, { ...passed, id: job.id });
    }
  }
  if (!moving.silent) announceFirstJob(world, run);
  for (const listener of world.onRun) listener(run);
}
