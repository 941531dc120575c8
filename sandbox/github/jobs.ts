import {
  type Attempt,
  type Conclusion,
  type Job,
  latest,
  type Run,
  type RunStatus,
  type Step,
  type World,
} from './world.js';

/** How a job ended, as a test states it. */
export interface JobOutcome {
  name: string;
  conclusion: Conclusion;
  steps?: StepOutcome[];
  /** What it wrote, if it ends at that time. */
  log?: (at: Date) => string;
}
export interface StepOutcome {
  name: string;
  conclusion: Conclusion;
}

/** The jobs of a new attempt, all queued and without steps. */
export function newJobs(world: World, names: string[], attempt: number): Job[] {
  return names.map((name) => newJob(world, name, attempt));
}

function newJob(world: World, name: string, attempt: number): Job {
  const at = world.now();
  const id = world.nextId('job');
  return {
    id,
    name,
    attempt,
    status: 'queued',
    conclusion: null,
    createdAt: at,
    startedAt: at,
    completedAt: null,
    steps: [],
  };
}

function step(name: string, number: number, status: RunStatus, conclusion: Conclusion | null, at: Date): Step {
  const begun = status === 'queued' ? null : at;
  return { name, number, status, conclusion, startedAt: begun, completedAt: status === 'completed' ? at : null };
}

/** Starts a job with the steps that every job has, the first one in progress. */
export function startJob(job: Job, at: Date): void {
  job.status = 'in_progress';
  job.startedAt = at;
  const names = ['Set up job', 'Run actions/checkout@v4', `Run ${job.name}`, 'Complete job'];
  job.steps = names.map((name, index) => step(name, index + 1, index === 0 ? 'in_progress' : 'queued', null, at));
}

/** Ends a job; without given steps, its own are ended so that they explain the conclusion. */
export function completeJob(job: Job, conclusion: Conclusion, at: Date, told?: StepOutcome[]): void {
  if (job.steps.length === 0 && !['cancelled', 'skipped'].includes(conclusion)) startJob(job, at);
  job.status = 'completed';
  job.conclusion = conclusion;
  job.completedAt = at;
  if (told) job.steps = told.map((each, index) => step(each.name, index + 1, 'completed', each.conclusion, at));
  const failsAt = conclusion === 'success' ? -1 : job.steps.length - 2;
  job.steps.forEach((each, index) => {
    if (each.status === 'completed') return;
    each.conclusion = index === failsAt && conclusion !== 'skipped' ? conclusion : 'success';
    each.status = 'completed';
    each.startedAt ??= at;
    each.completedAt = at;
  });
}

/** The jobs that an ending run still has to end, and how: as given, else as explains the run's conclusion. */
export function outcomesFor(
  world: World,
  attempt: Attempt,
  outcome: { conclusion: Conclusion; jobs?: JobOutcome[] },
): Array<Pick<JobOutcome, 'conclusion' | 'steps' | 'log'> & { job: Job }> {
  const told = outcome.jobs ?? [];
  for (const { name } of told) {
    if (!attempt.jobs.some((job) => job.name === name)) attempt.jobs.push(newJob(world, name, attempt.number));
  }
  const open = attempt.jobs.filter((job) => job.status !== 'completed');
  const untold = open.filter((job) => !told.some(({ name }) => name === job.name));
  const explained = [...told, ...attempt.jobs].some(({ conclusion }) => conclusion === outcome.conclusion);
  return open.map((job) => {
    const own = told.find(({ name }) => name === job.name);
    if (own) return { ...own, job };
    const bearsIt = outcome.conclusion === 'cancelled' || (!explained && job === untold.at(-1));
    return { job, conclusion: bearsIt ? outcome.conclusion : 'success' };
  });
}

export interface JobMove {
  /** The job's name. */
  job: string;
  status: RunStatus;
  /** For a completed job; `success` by default. */
  conclusion?: Conclusion;
  /** The step that the job has reached. */
  step?: string;
}

/** Moves one job of a run's latest attempt and reports it; throws for a job that the run does not have. */
export function moveJob(world: World, run: Run, move: JobMove, silent = false): void {
  const job = latest(run).jobs.find((each) => each.name === move.job);
  if (!job) throw new Error(`run ${run.id} has no job "${move.job}"`);
  if (job.status === 'completed') throw new Error(`job "${move.job}" of run ${run.id} is already completed`);
  const at = world.now();
  if (move.status === 'in_progress' && job.status !== 'in_progress') startJob(job, at);
  if (move.status === 'completed') completeJob(job, move.conclusion ?? 'success', at);
  job.status = move.status;
  if (move.step !== undefined) reach(job, move.step, at);
  latest(run).updatedAt = at;
  if (!silent) world.announce.job(move.status, run, job);
}

function reach(job: Job, name: string, at: Date): void {
  if (!job.steps.some((each) => each.name === name)) {
    const last = job.steps.pop();
    job.steps.push(step(name, job.steps.length + 1, 'queued', null, at));
    if (last) job.steps.push({ ...last, number: job.steps.length + 1 });
  }
  const reached = job.steps.findIndex((each) => each.name === name);
  job.steps = job.steps.map((each, index) => {
    if (each.status === 'completed' || index > reached) return each;
    return index < reached
      ? step(each.name, each.number, 'completed', 'success', at)
      : step(each.name, each.number, 'in_progress', null, at);
  });
}
