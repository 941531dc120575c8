import { moveJob } from './jobs.js';
import { completeRun, type RunOutcome, startRun } from './runs.js';
import { type Conclusion, latest, type Run, type World } from './world.js';

export interface AutopilotOptions {
  /** From the push to the end of its run, in milliseconds. */
  stagingMs: number;
  /** From the dispatch to the end of its run, in milliseconds. */
  productionMs: number;
  /** How a run ends; `success` by default. A job listed as failing ends the run, and the jobs after it never start. */
  outcome?: Conclusion | ((run: FlyingRun) => Conclusion | RunOutcome);
}

/** A run as it starts. */
interface FlyingRun {
  id: number;
  repository: string;
  event: string;
  title: string;
  attempt: number;
}

/** Moves every new run by itself, job by job, until the returned function is called. */
export function autopilot(world: World, options: AutopilotOptions): () => void {
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
      world.changed();
    }, ms);
    timers.add(timer);
  };

  const fly = (run: Run) => {
    const attempt = latest(run);
    const length = run.event === 'workflow_dispatch' ? options.productionMs : options.stagingMs;
    const jobs = attempt.jobs.filter((job) => job.status !== 'completed').map((job) => job.name);
    const stride = length / (jobs.length + 1);
    const underWay = () => latest(run) === attempt && attempt.status !== 'completed';
    const told = options.outcome ?? 'success';
    const { id, event, displayTitle: title } = run;
    const given =
      typeof told === 'function'
        ? told({ id, event, title, attempt: attempt.number, repository: run.repository.fullName })
        : told;
    const outcome = typeof given === 'string' ? { conclusion: given } : given;
    const breaks = (job: string) => outcome.jobs?.some((one) => one.name === job && one.conclusion !== 'success');
    after(stride / 2, () => underWay() && startRun(world, run));
    jobs.forEach((job, index) => {
      const next = jobs[index + 1];
      after(stride * (index + 1.5), () => {
        if (!underWay()) return;
        if (next === undefined || breaks(job)) {
          completeRun(world, run, outcome);
          return;
        }
        moveJob(world, run, { job, status: 'completed' });
        moveJob(world, run, { job: next, status: 'in_progress' });
      });
    });
    if (jobs.length === 0) after(length, () => underWay() && completeRun(world, run, outcome));
  };

  world.onRun.add(fly);
  return () => {
    world.onRun.delete(fly);
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
}
