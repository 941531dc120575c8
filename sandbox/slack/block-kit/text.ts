import { boolean, byType, type Check, list, object, oneOf, string } from './check.js';

/** `plain_text` alone. */
export function plainText(max: number): Check {
  return byType({ plain_text: object({ text: string(max) }, { emoji: boolean }) });
}

/** `mrkdwn` alone. */
export function mrkdwn(max: number): Check {
  return byType({ mrkdwn: object({ text: string(max) }, { verbatim: boolean }) });
}

/** Either of the two. */
export function text(max: number): Check {
  return byType({
    plain_text: object({ text: string(max) }, { emoji: boolean }),
    mrkdwn: object({ text: string(max) }, { verbatim: boolean }),
  });
}

export const colour = oneOf('primary', 'danger');

/** The question asked before a click. */
export const confirm = object(
  { text: text(300) },
  { title: plainText(100), confirm: plainText(30), deny: plainText(30), style: colour },
);

// The types say 75 for an option's value, newer documentation 150: the smaller one is safe under both.
const option = object({ text: text(75), value: string(75) }, { description: text(75), url: string(3000) });

export const options = (max: number): Check => list(option, max);
export const anOption = option;
export const optionGroups = list(object({ label: plainText(75), options: options(100) }), 100);
