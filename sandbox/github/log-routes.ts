import { notFound, ok, refusal } from './answer.js';
import { type Access, paged, type Route, repositoryRoute } from './api.js';
import type { JobLog, JobNote, Logs } from './logs.js';
import { findRun, type Job, latest, type Repository, type World } from './world.js';

const read: Access = { area: 'actions', level: 'read' };
const checks: Access = { area: 'checks', level: 'read' };
/** The address in the redirect is valid for a minute. */
const VALID_MS = 60_000;

const jobIn = (repository: Repository, id: string | undefined): Job | undefined =>
  repository.runs.flatMap((run) => run.attempts.flatMap(({ jobs }) => jobs)).find((job) => String(job.id) === id);

/** The logs of jobs, and what was noted about them. */
export const logRoutes: Route[] = [
  repositoryRoute('job-log', 'GET', '/actions/jobs/:job/logs', read, (world, call, repository) => {
    const job = jobIn(repository, call.params.job);
    if (job?.status !== 'completed') return notFound();
    if (world.logs.expired) return refusal(410, 'Gone');
    // A job of the stand-in has only the log that it is given.
    if (!world.logs.kept.has(job.id)) return notFound();
    const until = world.now().getTime() + VALID_MS;
    return { status: 302, headers: { location: world.logs.address(job.id, until) } };
  }),
  repositoryRoute('annotations', 'GET', '/check-runs/:job/annotations', checks, (world, call, repository) => {
    const job = jobIn(repository, call.params.job);
    if (!job) return notFound();
    const { items, headers } = paged(world, call, world.logs.notes.get(job.id) ?? []);
    const blob = `${world.htmlUrl}/${repository.fullName}/blob/${repository.defaultBranch}`;
    return ok(
      items.map(({ path, line, level, title = '', message }) => ({
        ...{ path, start_line: line, end_line: line, start_column: null, end_column: null },
        ...{ annotation_level: level, title, message, raw_details: '', blob_href: `${blob}/${path}` },
      })),
      headers,
    );
  }),
];

/** Gives jobs their logs and notes, and says how the storage serves them. */
export interface LogControls {
  /** What a job of a run's latest attempt wrote; null: its log is not there (yet). */
  jobLog(run: number, job: string, log: string | JobLog | null): void;
  jobNotes(run: number, job: string, notes: JobNote[]): void;
  logs: Logs;
}

export function logControls(world: World): LogControls {
  const jobOf = (id: number, name: string): Job => {
    const run = findRun(world, id);
    const job = run && latest(run).jobs.find((each) => each.name === name);
    if (!job) throw new Error(`run ${id} has no job "${name}"`);
    return job;
  };
  return {
    jobLog: (run, job, log) =>
      void world.logs.kept.set(jobOf(run, job).id, typeof log === 'string' ? Buffer.from(log) : log),
    jobNotes: (run, job, notes) => void world.logs.notes.set(jobOf(run, job).id, notes),
    logs: world.logs,
  };
}
