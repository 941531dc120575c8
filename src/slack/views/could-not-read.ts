import { answer, type Message } from './message.js';

/** The answer to a question that cannot be answered now; nothing was changed. */
export function couldNotRead(): Message {
  return answer([['This could not be read right now; nothing was changed.'], ['Please try again in a minute.']]);
}
