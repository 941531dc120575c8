import { parseDuration } from '../core/duration.js';
import { DAY } from '../core/time/zone.js';
import { asMeant } from './typed.js';

const USUAL_DAYS = 7;
/** As long again is measured before it. */
export const MOST_DAYS = 90;

/** `[7d] [SERVICE]`, in any order. */
export interface TypedDigest {
  /** Whole days; the word, if it is not a period that can be asked for. */
  readonly days: number | { readonly not: string };
  /** As typed; undefined for all services. */
  readonly service: string | undefined;
  /** What is left over. */
  readonly more: readonly string[];
}

/** What the words after `digest` ask for. A word that begins with a digit and ends as a duration does is a period. */
export function digestAsked(words: readonly string[]): TypedDigest {
  const isPeriod = (word: string) => /^[-+]?[\d.,]+[a-z]*$/i.test(asMeant(word));
  const [period, ...periods] = words.filter(isPeriod);
  const [service, ...services] = words.filter((word) => !isPeriod(word));
  return { days: period === undefined ? USUAL_DAYS : daysIn(period), service, more: [...services, ...periods] };
}

function daysIn(word: string): TypedDigest['days'] {
  const days = (parseDuration(asMeant(word).toLowerCase()) ?? 0) / DAY;
  return Number.isInteger(days) && days >= 1 && days <= MOST_DAYS ? days : { not: word };
}
