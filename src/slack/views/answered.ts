import type { Answered } from '../../core/deployment/asks.js';
import type { Deployment } from '../../core/deployment/deployment.js';
import { clip, limits, oneLine, shown } from '../limits.js';
import { bold, type Phrase, theirs } from './rich.js';

/** How much of all answers together is shown on a card: each of them, and of a long one only the beginning. */
const MOST_SHOWN = 1_600;
const LEAST_EACH = 24;

/** `How? all at once`, `Note: for support`; what was left out is said to be. */
const inWords = (label: string, words: string, most: number): string => {
  const asked = clip(oneLine(label), shown.name);
  return `${asked}${/[?:!.]$/.test(asked) ? '' : ':'} ${clip(oneLine(words), most) || '(nothing)'}`;
};

const each = ({ given }: Answered, most: number): string[] => {
  const share = Math.max(LEAST_EACH, Math.min(shown.title, Math.floor(most / Math.max(1, given.length)) - shown.name));
  return given.map(({ label, words }) => inWords(label, words, share));
};

/** What was answered when a deployment was requested, and what was ticked; nothing if nothing was asked. */
export function answeredLines({ answered }: Pick<Deployment, 'answered'>): Phrase[] {
  if (answered === null) return [];
  const { given, checked } = answered;
  const answers = theirs(each(answered, MOST_SHOWN).join(' · '), limits.element);
  return [
    ...(given.length > 0 ? [[bold('Answers'), ' · ', answers]] : []),
    ...(checked.length > 0 ? [[bold('Checked'), ' · ', theirs(checked.join(' · '), 2 * shown.reason)]] : []),
  ];
}

/** The same in plain words, for a confirmation and a list; empty if nothing was asked. */
export function answeredPlainly({ answered }: Pick<Deployment, 'answered'>, most: number): string {
  if (answered === null || answered.given.length === 0) return '';
  return clip(each(answered, most).join(' · '), most);
}
