import { answer, type Message } from './message.js';

/** A question that could not be answered now; it changed nothing. */
export function couldNotRead(): Message {
  return answer([['This could not be read just now, and nothing was changed.'], ['Please ask again in a minute.']]);
}
