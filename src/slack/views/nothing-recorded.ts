import { answer, type Message } from './message.js';

/** The answer when a press could not be saved; the words `nothing was recorded` are promised. */
export function nothingRecorded(): Message {
  return answer([
    ['This did not arrive: nothing was recorded, and nothing will happen.'],
    ['Please try again in a minute.'],
  ]);
}
