import { brokenJobs, failed, type Job } from '../../core/change/change.js';
import { shown } from '../limits.js';
import { emoji, joined, link, type Phrase, theirs } from './rich.js';

const MOST_FAILED = 5;
const MOST_STEPS = 3;
const MOST_JOBS = 10;

/** GitHub's status words, without their underscores; sentences stay as they are. */
export const spoken = (word: string): string => (/^[a-z]+(_[a-z]+)+$/.test(word) ? word.replaceAll('_', ' ') : word);

/** The jobs that failed, each with its link and its failed steps; none if none is known. */
export function failingJobs(jobs: readonly Job[] | null): Phrase[] {
  const all = (jobs ?? []).filter(failed);
  const listed = all.slice(0, MOST_FAILED).map(failingJob);
  const more = all.length - listed.length;
  return more > 0 ? [...listed, [`and ${more} more`]] : listed;
}

function failingJob(job: Job): Phrase {
  const steps: Phrase[] = job.failedSteps.slice(0, MOST_STEPS).map((step) => [theirs(step, shown.job)]);
  const more = job.failedSteps.length - steps.length;
  const ended: Phrase =
    job.conclusion === 'failure' ? [] : [' (', theirs(spoken(job.conclusion ?? ''), shown.name), ')'];
  return [
    link(job.url, job.name, shown.job),
    ...ended,
    ...(steps.length > 0 ? [': ', ...joined(more > 0 ? [...steps, [`and ${more} more steps`]] : steps, ', ')] : []),
  ];
}

/** The progress of jobs in one line, each with its mark and, unless it succeeded, its status; null if none is known. */
export function jobsAsTheyGo(jobs: readonly Job[] | null): Phrase | null {
  if (!jobs || jobs.length === 0) return null;
  const listed = jobs.slice(0, MOST_JOBS).map(jobAsItGoes);
  const more = jobs.length - listed.length;
  return joined(more > 0 ? [...listed, [`and ${more} more`]] : listed, ' · ');
}

function jobAsItGoes(job: Job): Phrase {
  const word = spoken(job.conclusion ?? job.status);
  return [
    emoji(markOf(job)),
    ' ',
    link(job.url, job.name, shown.name),
    ...(job.conclusion === 'success' ? [] : [' (', theirs(word, shown.name), ')']),
  ];
}

function markOf(job: Job): string {
  if (job.conclusion === 'success') return 'heavy_check_mark';
  if (failed(job)) return 'x';
  if (job.conclusion !== null) return 'heavy_minus_sign';
  return job.status === 'in_progress' ? 'arrow_forward' : 'hourglass_flowing_sand';
}

/** `2 of 5 jobs failed`, `3 jobs: build, unit, e2e`; null if none is known. */
export function jobsInShort(jobs: readonly Job[] | null): Phrase | null {
  if (!jobs || jobs.length === 0) return null;
  const red = jobs.filter(failed).length;
  const all = jobs.length === 1 ? '1 job' : `${jobs.length} jobs`;
  if (red > 0) return [`${red} of ${all} ${brokenJobs(jobs) ? 'failed' : 'cancelled'}`];
  const names = jobs.slice(0, 3).map((job): Phrase => [theirs(job.name, shown.name)]);
  return [`${all}: `, ...joined(jobs.length > 3 ? [...names, ['…']] : names, ', ')];
}
