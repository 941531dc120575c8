import { clocksAt } from '../../core/time/start-time.js';
import type { Phrase } from './rich.js';

/** Which instant it is that a wall time names, in a night in which the clocks change; nothing at all other times. */
export function clockNote(timezone: string, at: Date): Phrase[] {
  const clocks = clocksAt(timezone, at);
  switch (clocks.is) {
    case 'usual':
      return [];
    case 'skip':
      return [[`It is the moment when the clocks of ${timezone} go forward from ${clocks.from} to ${clocks.to}`]];
    case 'first':
      return [[`The clocks of ${timezone} show ${clocks.shows} twice in that night; this is the first time`]];
    case 'second':
      return [[`The clocks of ${timezone} show ${clocks.shows} twice in that night; this is the second time`]];
  }
}
