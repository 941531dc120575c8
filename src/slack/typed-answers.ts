/** The answers in a typed line: `strategy="all at once" migrate=yes --checked`. */

import { type AskedInput, type Asks, choicesOf, type Given, wordsOf } from '../core/deployment/asks.js';
import { nearest } from './nearest.js';
import { asMeant, firstWord, isOption, quoted } from './typed.js';
import type { Unknown } from './views/unknown.js';

/** `rest` is what follows the answers. */
export type TypedAnswers = { readonly given: Given; readonly rest: string } | { readonly unknown: Unknown };

const YES = ['yes', 'y', 'true'];
const NO = ['no', 'n', 'false'];
/** As Slack sends them: https://docs.slack.dev/messaging/formatting-message-text */
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Reads the answers at the beginning of a text. The case of an input and of a choice does not matter. */
export function typedAnswers(asks: Asks, service: string, text: string): TypedAnswers {
  const values: { readonly input: string; readonly value: string }[] = [];
  let checked = false;
  let rest = text;
  for (;;) {
    const [word, after] = firstWord(rest);
    if (isOption(word, 'checked')) {
      checked = true;
      rest = after;
      continue;
    }
    const [, key, from] = /^\s*([\p{L}_][\p{L}\d_-]*)=([\s\S]*)$/u.exec(rest) ?? [];
    if (key === undefined || from === undefined) return { given: { values, checked: checked ? 'all' : [] }, rest };
    const [typed, then] = quoted(from) ?? wordOf(from);
    const asked = asks.inputs.find(({ input }) => input.toLowerCase() === key.toLowerCase());
    if (!asked) {
      const near = nearest(key, asks.inputs, ({ input }) => input)?.input ?? null;
      return { unknown: { what: 'question', command: 'deploy', service, typed: key, nearest: near, asks } };
    }
    const { input } = asked;
    if (values.some((one) => one.input === input))
      return { unknown: { what: 'answered twice', command: 'deploy', typed: input, asks } };
    const meant = literal(typed);
    const value = meantBy(asked, meant);
    if (value === null)
      return { unknown: { what: 'choice', command: 'deploy', typed: meant, ...near(asked, meant), asks } };
    values.push({ input, value });
    rest = then;
  }
}

/** A word without the formatting and the link that Slack made of it. */
const wordOf = (text: string): [string, string] => {
  if (/^\s/.test(text)) return ['', text];
  const [word, after] = firstWord(text);
  return [word === '' ? '' : asMeant(word), after];
};

const literal = (text: string): string => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity);

/** The value that is sent for what was typed; null if it is none of the choices. */
function meantBy({ kind }: AskedInput, typed: string): string | null {
  switch (kind.is) {
    case 'text':
      return typed;
    case 'yes or no': {
      const word = typed.toLowerCase();
      return YES.includes(word) ? 'true' : NO.includes(word) ? 'false' : null;
    }
    case 'choice':
      return (
        kind.choices.find((choice) => choice === typed) ??
        kind.choices.find((choice) => choice.toLowerCase() === typed.toLowerCase()) ??
        null
      );
  }
}

function near({ input, kind }: AskedInput, typed: string) {
  const choices = kind.is === 'text' ? [] : choicesOf(kind).map((value) => wordsOf(kind, value));
  return { input, nearest: nearest(typed, choices, (one) => one) };
}
