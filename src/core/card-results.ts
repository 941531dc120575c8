/** What a card shows of the results that are required beside the push run. */

import type { Change } from './change/change.js';
import { isMissing, nameOf, type ResultStanding, standings } from './change/results.js';
import type { ServicePolicy } from './decision.js';

/** A required result as the card shows it. `missing`: it has been waited for long enough. */
export interface CardResult {
  readonly name: string;
  readonly status: ResultStanding['status'] | 'missing';
  /** GitHub's word; null when it has none. */
  readonly word: string | null;
  readonly url: string | null;
  /** Whether GitHub can be asked to run it again. */
  readonly isRun: boolean;
}

/** Those of a change as they stand now, in the order of the config. */
export const cardResults = (
  change: Pick<Change, 'results' | 'resultsSince'>,
  { requires = [], withinMs = 0 }: Pick<ServicePolicy, 'requires' | 'withinMs'>,
  now: Date,
): CardResult[] =>
  standings(requires, change).map((one) => ({
    name: nameOf(one.required),
    status: isMissing(one, change, withinMs, now) ? 'missing' : one.status,
    word: one.seen?.word ?? null,
    url: one.seen?.url || null,
    isRun: one.required.is === 'workflow',
  }));

/** The push run of a first attempt has no card until something else that is required has ended. */
export const waitsForResults = ({ own, attempt }: Change['staging']): boolean =>
  own !== undefined && (own !== 'running' || attempt === 1);

/** Whether a re-run of a required run was requested that has not started yet. */
export const isAsked = ({ results = [] }: Change): boolean => results.some(({ askedBy }) => askedBy !== undefined);
