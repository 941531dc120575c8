/** More results of the same commit that must be green before it is deployed: `staging.requires` of the config. */

import type { Change, Staging } from './change.js';
import type { SeenResult } from './seen-result.js';

/** What may have started a run that counts. Runs of pull requests never do: their code may come from anywhere. */
export const RESULT_EVENTS = [
  'push',
  'workflow_run',
  'deployment_status',
  'workflow_dispatch',
  'merge_group',
  'schedule',
] as const;
type ResultEvent = (typeof RESULT_EVENTS)[number];

/** A result that is required. The App and the account are what nobody else can take: names are free. */
export type RequiredResult =
  | { readonly is: 'workflow'; readonly file: string; readonly event: ResultEvent }
  /** `app`: the slug of the App. */
  | { readonly is: 'check'; readonly name: string; readonly app: string }
  /** `by`: the login of the account that sets it; of an App, `slug[bot]`. */
  | { readonly is: 'status'; readonly name: string; readonly by: string };

/** How a required result stands; `awaited`: GitHub has none yet. */
export interface ResultStanding {
  readonly required: RequiredResult;
  readonly status: Staging['status'] | 'awaited';
  readonly seen: SeenResult | null;
}

/** What a run says in which no job has begun. */
const NOT_BEGUN: ReadonlySet<string> = new Set(['requested', 'queued', 'pending', 'waiting']);
/** Attempts that are kept of each; older ones are never the newest again. */
const MOST_KEPT = 5;

/** Its name in the database: the same as long as the config asks for the same. GitHub ignores case in logins and slugs. */
export function keyOf(required: RequiredResult): string {
  switch (required.is) {
    case 'workflow':
      return `workflow ${required.event} ${required.file}`;
    case 'check':
      return `check ${required.app.toLowerCase()} ${required.name}`;
    case 'status':
      return `status ${required.by.toLowerCase()} ${required.name}`;
  }
}

/** Its name for people: `e2e.yml`, `e2e.yml (deployment_status)`, `security/scan (snyk)`. */
export function nameOf(required: RequiredResult): string {
  switch (required.is) {
    case 'workflow':
      return required.event === 'push' ? required.file : `${required.file} (${required.event})`;
    case 'check':
      return `${required.name} (${required.app})`;
    case 'status':
      return `${required.name} (${required.by})`;
  }
}

/** The same from the key alone, for results of which only that is kept. */
export function labelOf(key: string): string {
  const [, is, by = '', name = key] = /^(\w+) (\S+) (.*)$/s.exec(key) ?? [];
  if (is === 'workflow' && by === 'push') return name;
  return is === undefined ? key : `${name} (${by})`;
}

/** The state of the push run alone, whatever else is required. */
export const ownStatus = ({ status, own }: Pick<Staging, 'status' | 'own'>): Staging['status'] => own ?? status;

/** How each required result stands, by its newest attempt. */
export const standings = (
  requires: readonly RequiredResult[],
  { results = [] }: Pick<Change, 'results'>,
): ResultStanding[] =>
  requires.map((required) => {
    const seen = newestOf(required, results);
    return { required, status: seen?.status ?? 'awaited', seen };
  });

/** The status of staging as a whole: passed only when all are, failed as soon as one is. */
export function wholeStatus(
  own: Staging['status'],
  requires: readonly RequiredResult[],
  change: Pick<Change, 'results'>,
): Staging['status'] {
  const all = [own, ...standings(requires, change).map(({ status }) => status)];
  if (all.includes('failed')) return 'failed';
  return all.every((status) => status === 'passed') ? 'passed' : 'running';
}

/** The status of a change by what is required now, which may be more than when its status was saved. */
export const statusNow = (
  change: Pick<Change, 'staging' | 'results'>,
  requires: readonly RequiredResult[] = [],
): Staging['status'] =>
  requires.length === 0 ? change.staging.status : wholeStatus(ownStatus(change.staging), requires, change);

/** Whether it is missing: so long after the push run had ended, GitHub has none. It may still come. */
export const isMissing = (
  { status }: Pick<ResultStanding, 'status'>,
  { resultsSince = null }: Pick<Change, 'resultsSince'>,
  withinMs: number,
  now: Date,
): boolean => status === 'awaited' && resultsSince !== null && now.getTime() - resultsSince.getTime() >= withinMs;

/**
 * The attempt that counts. GitHub starts a run for each status of each environment that a deployment gets, and a workflow
 * skips those that it is not about: such a run is no attempt, nor is one that may still be skipped because no job has begun. No
 * other kind of skipped result makes a commit green.
 */
function newestOf(required: RequiredResult, results: readonly SeenResult[]): SeenResult | null {
  const key = keyOf(required);
  const counting = results.filter((one) => one.of === key && !isAboutOther(one));
  return counting.reduce<SeenResult | null>((best, one) => (best && isLater(best, one) ? best : one), null);
}

const isAboutOther = ({ of, word, attempt }: SeenResult): boolean =>
  of.startsWith('workflow deployment_status ') && (word === 'skipped' || (attempt === 1 && NOT_BEGUN.has(word)));

/** Whether `one` began after `other`. An older run that is run again is newer; the times of checks are their Apps' own. */
function isLater(one: SeenResult, other: SeenResult): boolean {
  const began = (seen: SeenResult) => (seen.of.startsWith('workflow ') ? Date.parse(seen.startedAt) || 0 : 0);
  return began(one) - began(other) > 0 || (began(one) === began(other) && one.id > other.id);
}

/** Whether a report of an attempt tells more than what is known of it: reports come twice, late, and in any order. */
function tellsMore(known: SeenResult | undefined, news: SeenResult): boolean {
  if (!known) return true;
  if (news.attempt !== known.attempt) return news.attempt > known.attempt;
  const [before, after] = [Date.parse(known.startedAt) || 0, Date.parse(news.startedAt) || 0];
  if (before !== after) return after > before;
  if (known.status === 'running')
    return news.status !== 'running' || (NOT_BEGUN.has(known.word) && !NOT_BEGUN.has(news.word));
  if (news.status === 'running') return false;
  const [said, says] = [Date.parse(known.updatedAt) || 0, Date.parse(news.updatedAt) || 0];
  // GitHub's times are whole seconds: of two ends in one second, what is not green is believed.
  return news.word !== known.word && (says > said || (says === said && known.status === 'passed'));
}

/** What is known after a report, and what of it was news. What is no longer required is forgotten. */
export function withNews(
  requires: readonly RequiredResult[],
  known: readonly SeenResult[],
  reported: readonly SeenResult[],
): { readonly all: readonly SeenResult[]; readonly news: readonly SeenResult[] } {
  const keys = new Set(requires.map(keyOf));
  const all = new Map(known.filter(({ of }) => keys.has(of)).map((one) => [idOf(one), one]));
  const news: SeenResult[] = [];
  for (const one of reported) {
    if (!keys.has(one.of) || !tellsMore(all.get(idOf(one)), one)) continue;
    all.set(idOf(one), one);
    news.push(one);
  }
  const newestFirst = [...all.values()].sort((a, b) => (isLater(a, b) ? -1 : 1));
  const kept = [...keys].flatMap((key) => {
    const its = newestFirst.filter(({ of }) => of === key);
    // However many runs were skipped, what counts is kept.
    const counting = its.filter((one) => !isAboutOther(one)).slice(0, MOST_KEPT);
    return [...counting, ...its.filter(isAboutOther).slice(0, MOST_KEPT)];
  });
  return { all: kept, news };
}

const idOf = ({ of, id }: SeenResult): string => `${of} ${id}`;

/** The one whose attempt this is, if it is still the newest of what is required. */
export const ofAttempt = (change: Pick<Change, 'results'>, runId: number, attempt: number): SeenResult | null => {
  const found = change.results?.find((one) => one.id === runId && toldAs(one) === attempt) ?? null;
  const newer = change.results?.some((one) => found !== null && one.of === found.of && isLater(one, found));
  return newer ? null : found;
};

/** The newest attempt that failed of all that is known. */
export const failedResult = ({ results = [] }: Pick<Change, 'results'>): SeenResult | null =>
  results.find(({ status }) => status === 'failed') ?? null;

/** Under which attempt a failure is told: ids of checks and statuses are not those of runs, so they have attempts of their own. */
export const toldAs = ({ of, attempt }: Pick<SeenResult, 'of' | 'attempt'>): number => {
  if (of.startsWith('check ')) return -attempt;
  return of.startsWith('status ') ? -1_000_000 - attempt : attempt;
};
