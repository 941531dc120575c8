import { answer, type Message } from './message.js';

/**
 * The answer when a press could not be saved; its words `nothing was recorded` are promised in the documentation. With
 * `certain: false`, the database was asked but did not confirm.
 */
export function nothingRecorded({ certain }: { certain: boolean }): Message {
  if (!certain) {
    return answer([
      ['The database did not confirm this: most likely nothing was recorded, but that is not certain.'],
      ['Please look at the card in a minute, and press again only if nothing has changed.'],
    ]);
  }
  return answer([
    ['This was not saved: nothing was recorded, and nothing will happen.'],
    ['Please try again in a minute.'],
  ]);
}
