import type {
  RichTextBlock,
  RichTextBlockElement,
  RichTextElement,
  RichTextList,
  RichTextPreformatted,
  RichTextSection,
} from '@slack/types';
import { shortSha } from '../../core/change/change.js';
import { asWritten, clip, escapeMrkdwn, limits, oneLine, shown } from '../limits.js';

/** Words and marks in a row. Plain strings are our own; text that others wrote goes through `theirs` or `link`. */
export type Phrase = readonly (RichTextElement | string | null)[];

type Style = 'bold' | 'italic' | 'code';
const styled = (style?: Style) => (style ? { style: { [style]: true } } : {});

/** Text that others wrote, shown literally on one line; `otherwise` if nothing is left of it. */
export function theirs(text: string, max: number = shown.title, style?: Style, otherwise = '(empty)'): RichTextElement {
  return { type: 'text', text: clip(oneLine(text), max) || otherwise, ...styled(style) };
}

export const bold = (words: string): RichTextElement => theirs(words, limits.element, 'bold');

/** A typed command or a hash. */
export const code = (words: string): RichTextElement => theirs(words, limits.element, 'code');

export const emoji = (name: string): RichTextElement => ({ type: 'emoji', name });

/** A link with anybody's words; only the words if the address is not plain http(s) or is too long. */
export function link(
  url: string | null | undefined,
  words: string,
  max: number = shown.title,
  style?: Style,
): RichTextElement {
  const text = theirs(words, max, style);
  if (!url || url.length > limits.url || !/^https?:\/\/[^\s/]/i.test(url) || !URL.canParse(url)) return text;
  return { ...text, type: 'link', url } as RichTextElement;
}

/** The first seven digits, linked if there is an address. */
export function sha(full: string, url?: string | null): RichTextElement {
  return link(url, shortSha(full), 7, 'code');
}

/** A moment, shown by Slack in the reader's own time zone; in UTC where Slack cannot. */
export function date(moment: Date): RichTextElement {
  const timestamp = Math.floor(moment.getTime() / 1_000);
  if (!(timestamp >= 0)) return theirs('an unknown time');
  const fallback = `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return { type: 'date', timestamp, format: '{date_short_pretty} at {time}', fallback };
}

/** The time of day of a moment, where the day is clear; as `date` does. */
export function time(moment: Date): RichTextElement {
  const timestamp = Math.floor(moment.getTime() / 1_000);
  return { type: 'date', timestamp, format: '{time}', fallback: `${moment.toISOString().slice(11, 16)} UTC` };
}

/** Phrases with words between them. */
export function joined(phrases: readonly Phrase[], between = ' · '): Phrase {
  return phrases.flatMap((phrase, index) => (index === 0 ? phrase : [between, ...phrase]));
}

const elements = (phrase: Phrase): RichTextElement[] =>
  phrase.flatMap((part): RichTextElement[] => {
    if (part === null || part === '') return [];
    if (typeof part !== 'string') return [part];
    return [{ type: 'text' as const, text: clip(part, limits.element) }];
  });

/** One line. */
export const line = (...phrase: Phrase): RichTextSection => ({
  type: 'rich_text_section',
  elements: elements(phrase),
});

/** A list with a line for each phrase; nothing if there are none. */
export function bullets(phrases: readonly Phrase[], indent = 0): RichTextList[] {
  if (phrases.length === 0) return [];
  const list: RichTextList = {
    type: 'rich_text_list',
    style: 'bullet',
    elements: phrases.map((phrase) => line(...phrase)),
  };
  return [indent > 0 ? { ...list, indent } : list];
}

/** Lines that others wrote, as they are, in a typewriter's letters. */
export const verbatim = (lines: readonly string[]): RichTextPreformatted => ({
  type: 'rich_text_preformatted',
  elements: [{ type: 'text', text: clip(lines.map(asWritten).join('\n'), limits.element) || '(empty)' }],
});

export const richText = (...parts: RichTextBlockElement[]): RichTextBlock => ({ type: 'rich_text', elements: parts });

/** The same words as escaped mrkdwn without links, for a message's top-level text; times in the time zone (IANA). */
export function said(phrase: Phrase, timezone: string): string {
  return elements(phrase)
    .map((part) => {
      if (part.type === 'text') return escapeMrkdwn(part.text);
      if (part.type === 'link') return escapeMrkdwn(part.text ?? '');
      return part.type === 'date' ? inZone(part.timestamp, timezone) : '';
    })
    .join('')
    .trim();
}

function inZone(seconds: number, timeZone: string): string {
  const format = formats.get(timeZone) ?? formatIn(timeZone);
  formats.set(timeZone, format);
  return format.format(seconds * 1_000);
}

/** Making one takes a hundred times as long as using it. There is one for each time zone of the config. */
const formats = new Map<string, Intl.DateTimeFormat>();
const formatIn = (timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
