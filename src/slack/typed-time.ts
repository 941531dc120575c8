/** The time in a typed line: `deploy SERVICE [SHA] at 14:00`, `at 2026-12-24 09:30` or `in 2h`. */

import { parseDuration } from '../core/duration.js';
import type { TimeNamed } from '../core/time/start-time.js';
import { MINUTE } from '../core/time/zone.js';
import { commandWord, firstWord, isOption } from './typed.js';

/** What a line says of a time. `line`: the same without it. `typed`: the words of the time, as they were typed. */
export interface TypedTime {
  readonly line: string;
  readonly typed: string;
  /** null: the words name none. */
  readonly time: TimeNamed | null;
  /** It also breaks the glass, which starts at once. */
  readonly override: boolean;
}

interface Word {
  readonly word: string;
  readonly from: number;
  readonly to: number;
}

/** The last time that a `deploy` names after its service and before the reason of an override; null where it names none. */
export function typedTime(line: string): TypedTime | null {
  const words = wordsIn(line);
  if (commandWord(words[0]?.word ?? '') !== 'deploy') return null;
  const option = words.findIndex(({ word }) => isOption(word, 'override'));
  const before = option === -1 ? words : words.slice(0, option);
  const answers = answersIn(line);
  const isAnswer = ({ from }: Word) => answers.some(([begin, end]) => begin < from && from < end);
  const at = before.findLastIndex((one, index) => index > 1 && /^(?:at|in)$/.test(meant(one.word)) && !isAnswer(one));
  const first = before[at];
  if (!first) return null;
  const named = before.slice(at + 1, at + 3).map(({ word }) => meant(word));
  const { time, words: used } = meant(first.word) === 'in' ? durationIn(named) : wallTimeIn(named);
  const last = before.slice(at, at + used + 1).at(-1) ?? first;
  return {
    line: `${line.slice(0, first.from)}${line.slice(last.to)}`,
    typed: line.slice(first.from, last.to).trim(),
    time,
    override: option !== -1,
  };
}

/** Where the quoted answers of a line begin and end, such as `how="all at once"`: an `at` in one names no time. */
const answersIn = (line: string): (readonly [begin: number, end: number])[] =>
  [...line.matchAll(/=(?:"[^"]*"|'[^']*'|[\p{Pi}\p{Pf}][^\p{Pi}\p{Pf}]*[\p{Pi}\p{Pf}])/gu)].map((one) => [
    one.index,
    one.index + one[0].length,
  ]);

/** In lower case, with plain hyphens, and without quotes that go around several words. */
const meant = (word: string): string => commandWord(word.replace(/^["'\p{Pi}\p{Pf}]+|["'\p{Pi}\p{Pf}]+$/gu, ''));

interface Read {
  readonly time: TimeNamed | null;
  /** How many of the words belong to it. */
  readonly words: number;
}

function durationIn([word]: readonly string[]): Read {
  const ms = parseDuration(word ?? '') ?? 0;
  return { time: ms >= MINUTE ? { is: 'in', ms } : null, words: 1 };
}

function wallTimeIn([first = '', second = '']: readonly string[]): Read {
  const [, joined, rest] = /^(\d{4}-\d\d-\d\d)(?:t(.+))?$/.exec(first) ?? [];
  if (joined === undefined) {
    const minutes = minutesOf(first);
    return { time: minutes === null ? null : { is: 'at', date: null, minutes }, words: 1 };
  }
  const minutes = minutesOf(rest ?? second);
  const is = minutes !== null && isDate(joined);
  return { time: is ? { is: 'at', date: joined, minutes } : null, words: rest === undefined ? 2 : 1 };
}

/** `14:00` or `9:30`, with a dot too; in minutes since midnight. */
function minutesOf(word: string): number | null {
  const [, hours, minutes] = /^([01]?\d|2[0-3])[:.]([0-5]\d)$/.exec(word) ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

/** Date turns 31 February into March instead of rejecting it. */
const isDate = (date: string): boolean => {
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.valueOf()) && at.toISOString().startsWith(date);
};

/** The words of a line, and where each begins and the next one does. */
function wordsIn(line: string): Word[] {
  const words: Word[] = [];
  for (let [word, after] = firstWord(line); word !== ''; [word, after] = firstWord(after)) {
    const from = words.at(-1)?.to ?? 0;
    words.push({ word, from, to: line.length - after.length });
  }
  return words;
}
