import { shown } from '../limits.js';
import { answer, type Message } from './message.js';
import { theirs } from './rich.js';

/** A mention asks, and cannot change anything; `text` is what was asked for. */
export const onlyAsks = (text: string): Message =>
  answer([
    ['If you mention Pushbutton, it answers questions and changes nothing.'],
    ['To do this, type ', theirs(`/release ${text}`, shown.reason, 'code'), '.'],
  ]);
