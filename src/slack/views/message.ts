import type { Button, KnownBlock } from '@slack/types';
import { clipBytes, limits } from '../limits.js';
import { line, type Phrase, richText, said } from './rich.js';

/** What is posted: `text` is the whole message for screen readers and notifications, `blocks` is what people see. */
export interface Message {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** A message whose text is these phrases, each as a sentence, with times in the given time zone. */
export function message(sentences: readonly Phrase[], blocks: KnownBlock[], timezone = 'UTC'): Message {
  const text = sentences.map((phrase) => sentence(said(phrase, timezone))).join(' ');
  return { text: clipBytes(text, limits.textBytes), blocks };
}

/** A short answer: the same words are seen and read out, with the buttons below. */
export function answer(lines: readonly Phrase[], buttons: readonly Button[] = []): Message {
  return message(lines, [richText(...lines.map((phrase) => line(...phrase))), ...actions(buttons)]);
}

/** The row of buttons; no block if there are none. */
export function actions(buttons: readonly Button[], id?: string): KnownBlock[] {
  return buttons.length === 0
    ? []
    : [{ type: 'actions', ...(id !== undefined && { block_id: id }), elements: [...buttons] }];
}

const sentence = (words: string): string => (/[.!?…:;]$/.test(words) ? words : `${words}.`);
