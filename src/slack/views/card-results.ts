import type { CardResult } from '../../core/card-results.js';
import { shown } from '../limits.js';
import { spoken } from './jobs.js';
import { emoji, link, type Phrase, theirs } from './rich.js';

const MARKS: Readonly<Record<CardResult['status'], string>> = {
  passed: 'heavy_check_mark',
  failed: 'x',
  running: 'arrow_forward',
  awaited: 'hourglass_flowing_sand',
  missing: 'grey_question',
};

/** What else is required, a line for each: its mark, its name, how it stands, and its link. */
export const resultLines = (results: readonly CardResult[] = []): Phrase[] =>
  results.map((one): Phrase => {
    const name: Phrase = one.url ? [link(one.url, one.name, shown.job)] : [theirs(one.name, shown.job)];
    return [emoji(MARKS[one.status]), ' ', ...name, ': ', ...wordOf(one)];
  });

/** Those that are not green, in a few words each. */
export const resultsInShort = (results: readonly CardResult[]): Phrase[] =>
  resultLines(results.filter(({ status }) => status !== 'passed')).map((phrase) => phrase.slice(2));

/** Its words differ from those of the card's states. */
function wordOf({ status, word }: CardResult): Phrase {
  switch (status) {
    case 'passed':
      return ['green'];
    case 'failed':
      return word === null || word === 'failure' ? ['red'] : [theirs(spoken(word), shown.name)];
    case 'running':
      return ['running'];
    case 'awaited':
      return ['not there yet'];
    case 'missing':
      return ['missing'];
  }
}
