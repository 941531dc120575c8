import type { Head } from '../../core/deployment/waiting.js';
import type { Names } from '../../core/report.js';
import { shown } from '../limits.js';
import { gatedLine } from './card-gates.js';
import { date, type Phrase, theirs } from './rich.js';

/** What keeps a deployment from being sent; nothing if it is only not its turn. */
export function waitsFor({ waitsFor, notBefore, gated }: Head, names: Names): Phrase[] {
  const when: Phrase = notBefore ? [', not before ', date(notBefore)] : [];
  if (typeof waitsFor === 'object' && waitsFor !== null && 'githubFails' in waitsFor)
    return [
      [
        `GitHub does not answer a check needed before the start, but fails with ${waitsFor.githubFails}; Pushbutton keeps asking`,
      ],
    ];
  if (typeof waitsFor === 'object' && waitsFor !== null)
    return [
      ['GitHub refuses a check needed before the start: ', theirs(waitsFor.githubRefuses, shown.reason)],
      ['Pushbutton keeps asking; after five minutes it ends as rejected'],
    ];
  switch (waitsFor) {
    case null:
    case 'paced':
      return [];
    case 'locked':
    case 'stopped':
    case 'frozen':
      return gated ? [gatedLine(gated, names)] : [];
    case 'github rate limit':
      return [["GitHub's rate limit: nothing was started; it will be sent automatically", ...when]];
    case 'slack':
      return [['Slack does not answer whether this is allowed; Pushbutton keeps asking']];
    case 'github':
      return [['GitHub does not answer a check needed before the start; Pushbutton keeps asking']];
  }
}
