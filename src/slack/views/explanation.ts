import { type Change, hasFailures, shortSha, type TestFailure, type TestReport } from '../../core/change/change.js';
import type { Annotation, Explanation, FailedJob } from '../../core/change/explanation.js';
import { formatDuration } from '../../core/duration.js';
import { shown } from '../limits.js';
import { mentions } from './mentions.js';
import { type Message, message } from './message.js';
import { bold, bullets, emoji, joined, line, link, type Phrase, richText, theirs, verbatim } from './rich.js';
import { flakyTests, testsInShort } from './tests.js';
import { tookUsually } from './took.js';
import { capital, counted } from './words.js';

/** A failure has more room here than on the card. */
const MOST = { message: 180, place: 80 } as const;
/** A time that is not worth a line. */
const LEAST_SLOW_MS = 1_000;
/** So much of a log is read out. */
const MOST_READ_OUT = 1_500;

type Failed = Pick<Change, 'service' | 'sha' | 'staging' | 'tests' | 'jobs'>;
/** What failed that is required beside the push run; null: the push run, or a deployment. */
type FailedResult = { readonly name: string; readonly url: string } | null;

/**
 * Why a run failed, in the thread of its card, and whom that concerns (`calls`: users whom it mentions): the tests that failed, or the failed job with what it noted and the lines of its
 * log that say why.
 */
export function explanationMessage(
  change: Failed,
  where: 'staging' | 'production',
  { failures, job }: Explanation,
  calls: readonly string[],
  timezone: string,
  result: FailedResult = null,
): Message {
  const { text, title, blocks } = failures.length > 0 ? byTests(change, failures) : byJob(where, job, result);
  const called: Phrase = calls.length === 0 ? [] : [' · ', ...mentions(calls)];
  const named: Phrase = [
    ...(failures.length > 0 || job ? ['Why '] : []),
    theirs(change.service, shown.name),
    ` ${shortSha(change.sha)} ${failedIn(where)}`,
  ];
  return message([named, ...text], [richText(line(...title, ...called), ...blocks)], timezone);
}

interface Drawing {
  readonly text: readonly Phrase[];
  /** Its first line, behind which people are mentioned. */
  readonly title: Phrase;
  readonly blocks: Parameters<typeof richText>;
}

const failedIn = (where: 'staging' | 'production'): string =>
  where === 'staging' ? 'failed staging' : 'failed in production';
const markOf = (where: 'staging' | 'production'): string => (where === 'staging' ? 'x' : 'boom');
const heading = (where: 'staging' | 'production'): Phrase => [
  emoji(markOf(where)),
  ' ',
  bold(`Why it ${failedIn(where)}`),
  ': ',
];

function byTests({ staging, tests, jobs }: Failed, failures: readonly TestFailure[]): Drawing {
  const took = tookUsually(staging);
  const counts = joined([
    ...[testsInShort({ staging, tests, jobs })].flatMap((phrase) => (phrase ? [phrase] : [])),
    ...(staging.attempt > 1 ? [[`attempt ${staging.attempt}`]] : []),
    ...(took === null ? [] : [[`took ${took}`]]),
    [link(staging.url, 'the run')],
  ]);
  const listed = failures.map((one) => failureInFull(one, tests?.newFailures ?? null));
  const more = tests && hasFailures(tests) ? tests.failed + tests.outside - failures.length : 0;
  const rest: Phrase[] = [
    ...(more > 0 ? [[`and ${counted(more, 'more failure', 'more failures')}`]] : []),
    ...(tests ? [...flakyTests(tests), ...slowest(tests)] : []),
  ];
  return {
    text: [counts, ...listed, ...rest],
    title: [...heading('staging'), ...counts],
    blocks: [...bullets(listed), ...rest.map((phrase) => line(...phrase))],
  };
}

function failureInFull({ name, suite, file, message, failedBefore }: TestFailure, newFailures: number | null): Phrase {
  // Where all are old, the counts say so.
  const isOld = failedBefore === true && newFailures !== 0;
  const places = [suite, file].filter((place) => place !== null && !name.includes(place)) as string[];
  return [
    theirs(name, shown.job, 'code'),
    ...(places[0] === undefined ? [] : [' in ', theirs(places[0], MOST.place)]),
    ...(places[1] === undefined || places[0]?.includes(places[1]) ? [] : [' (', theirs(places[1], MOST.place), ')']),
    ...(isOld ? [' (not new)'] : []),
    ...(message === null ? [] : [': ', theirs(message, MOST.message)]),
  ];
}

function slowest({ slowest: test }: TestReport): Phrase[] {
  if (!test || test.ms < LEAST_SLOW_MS) return [];
  const { name, suite, ms } = test;
  const within: Phrase = suite === null || name.includes(suite) ? [] : [' in ', theirs(suite, MOST.place)];
  return [['Slowest test: ', theirs(name, shown.job, 'code'), ...within, `, ${formatDuration(ms)}`]];
}

function byJob(where: 'staging' | 'production', job: FailedJob | null, result: FailedResult): Drawing {
  const named: Phrase = result ? [link(result.url, result.name, shown.job)] : [];
  if (!job) {
    const title: Phrase = [
      emoji(markOf(where)),
      ' ',
      bold(capital(failedIn(where))),
      ...(result ? [': ', ...named] : []),
    ];
    return { text: result ? [named] : [], title, blocks: [] };
  }
  const place: Phrase = [
    ...(result ? [...named, ' › '] : []),
    link(job.url, job.name, shown.job),
    ...(job.step === null ? [] : [' › ', theirs(job.step, shown.job)]),
    ...(job.exitCode === null ? [] : [`, exit code ${job.exitCode}`]),
  ];
  const notes = job.annotations.map(annotation);
  const { lines } = job;
  return {
    text: [place, ...notes, ...(lines.length > 0 ? [[theirs(lines.join(' '), MOST_READ_OUT)]] : [])],
    title: [...heading(where), ...place],
    blocks: [
      ...bullets(notes),
      ...(lines.length > 0 ? [verbatim(lines)] : []),
      ...(lines.length > 0
        ? [line('An excerpt; what looks like a secret is left out · ', link(job.url, 'whole log'))]
        : []),
    ],
  };
}

const annotation = ({ place, message }: Annotation): Phrase => [
  ...(place === null ? [] : [theirs(place, MOST.place, 'code'), ': ']),
  theirs(message, shown.reason),
];
