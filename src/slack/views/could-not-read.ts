import { answer, type Message } from './message.js';

/** A question that could not be answered now; it changed nothing. */
export function couldNotRead(): Message {
  return answer([['This could not be read right now; nothing was changed.'], ['Please try again in a minute.']]);
}
