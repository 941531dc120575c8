import { type ChangeRef, shortSha } from '../../core/change/change.js';
import { timeInWords } from '../../core/time/upcoming.js';
import { MINUTE, zoneOf } from '../../core/time/zone.js';
import { shown } from '../limits.js';
import { clockNote } from './clock-note.js';
import { answer, type Message } from './message.js';
import { code, date, type Phrase, theirs } from './rich.js';
import { named } from './words.js';

/** `deploy SERVICE at TIME`: names the newest change and the instant, and the line that requests it. */
export function askDeployAt(service: string, newest: ChangeRef, at: Date, timezone: string): Message {
  const line = `/release deploy ${service} ${shortSha(newest.sha)} at ${wallTime(timezone, at)}`;
  return answer([
    ['Deploy ', theirs(service, shown.name, 'bold'), ' ', ...named(newest), ' at ', date(at), '?'],
    [`That is ${timeInWords(timezone, at)} (${timezone}). It is the newest change that passed staging.`],
    ...clockNote(timezone, at).map((note): Phrase => [...note, '.']),
    ['To request it, type ', code(line), '.'],
  ]);
}

/** As it is typed: `2026-12-24 09:30`. */
function wallTime(timezone: string, at: Date): string {
  const { date: day, minutes } = zoneOf(timezone).wall(at.getTime());
  return new Date(day + minutes * MINUTE).toISOString().slice(0, 16).replace('T', ' ');
}

/** Why a time was not understood, or is none that can be asked for, and what can be typed. */
export function notATime(why: 'not a time' | 'over' | 'break glass', typed: string, timezone: string): Message {
  const words = theirs(typed, shown.name, 'code');
  const can: Phrase = [
    'Type ',
    code('at 14:00'),
    ', ',
    code('at 2026-12-24 09:30'),
    ` (in ${timezone}) or `,
    code('in 2h'),
    ', up to 7 days ahead, in whole minutes.',
  ];
  switch (why) {
    case 'not a time':
      return answer([[words, ' is not a time for a deployment. Nothing was requested.'], can]);
    case 'over':
      return answer([[words, ' is over. Nothing was requested.'], can]);
    case 'break glass':
      return answer([
        ['Break glass starts at once, so it takes no time such as ', words, '. Nothing was requested.'],
        ['Leave out either the time or ', code('--override'), '.'],
      ]);
  }
}
