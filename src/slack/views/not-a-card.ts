import { answer, type Message } from './message.js';
import { code } from './rich.js';

/** The shortcut was used on a message that is about no change. */
export const notACard = (): Message =>
  answer([
    ['This message is not a Pushbutton card, so there is no change to ask about.'],
    ['Use the shortcut on a card or in its thread, or type ', code('/release why SERVICE [SHA]'), '.'],
  ]);
