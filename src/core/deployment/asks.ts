/** What is asked before a deployment, and what counts as an answer. */

import { plain } from '../change/plain.js';

/** An input of the production workflow that whoever deploys answers. Values are as they are sent to GitHub. */
export interface AskedInput {
  readonly input: string;
  /** What people read. */
  readonly label: string;
  readonly kind:
    | { readonly is: 'choice'; readonly choices: readonly string[] }
    | { readonly is: 'yes or no' }
    | { readonly is: 'text'; readonly required: boolean };
  /** The answer of whoever gives none; null where one must be given, or where a text may stay empty. */
  readonly standard: string | null;
  /** Users and user groups who may give another answer than that; null: everybody who may deploy. */
  readonly by: readonly string[] | null;
}

/** What is asked before each deployment of a service. */
export interface Asks {
  readonly inputs: readonly AskedInput[];
  /** What must have been done; each must be ticked. */
  readonly checks: readonly string[];
}

/** What a person has answered, as it came in. */
export interface Given {
  readonly values: readonly { readonly input: string; readonly value: string }[];
  /** `all`: typed as `--checked`. */
  readonly checked: readonly string[] | 'all';
}

/** One answer that counts. `words`: as people read it; empty for a text that was left out, which is not sent. */
interface Answer {
  readonly input: string;
  readonly label: string;
  readonly value: string;
  readonly words: string;
}

/** The answers that a deployment was requested with, bound to it from then on, in the order in which they were asked. */
export interface Answered {
  readonly given: readonly Answer[];
  readonly checked: readonly string[];
}

/** What is wrong with an answer. `input` is null for the checklist. */
export type AnswerFault =
  | { readonly is: 'missing' | 'not asked' | 'too long'; readonly input: string }
  | { readonly is: 'not offered'; readonly input: string; readonly value: string }
  | { readonly is: 'not checked'; readonly input: null; readonly checks: readonly string[] };

/** A longer text is no answer. GitHub takes 65,535 characters of all inputs together. */
export const MOST_ANSWER = 1_000;

const NOTHING_GIVEN: Given = { values: [], checked: [] };

/** The answers with the defaults of those that were not given, or everything that is wrong with them. */
export function settled(
  asks: Asks,
  given: Given,
): { readonly answered: Answered } | { readonly faults: AnswerFault[] } {
  const faults: AnswerFault[] = given.values
    .filter(({ input }) => !asks.inputs.some((one) => one.input === input))
    .map(({ input }) => ({ is: 'not asked', input }));
  const answers: Answer[] = [];
  for (const asked of asks.inputs) {
    const answer = answerTo(asked, given.values.findLast(({ input }) => input === asked.input)?.value);
    if ('is' in answer) faults.push(answer);
    else answers.push(answer);
  }
  const { checked } = given;
  const unchecked = checked === 'all' ? [] : asks.checks.filter((check) => !checked.includes(check));
  if (unchecked.length > 0) faults.push({ is: 'not checked', input: null, checks: unchecked });
  return faults.length > 0 ? { faults } : { answered: { given: answers, checked: asks.checks } };
}

function answerTo(asked: AskedInput, typed: string | undefined): Answer | AnswerFault {
  const { input, label, kind, standard } = asked;
  const value = typed === undefined ? standard : plain(typed, MOST_ANSWER + 1);
  switch (kind.is) {
    case 'text':
      if ((value ?? '') === '' && kind.required) return { is: 'missing', input };
      if ((value ?? '').length > MOST_ANSWER) return { is: 'too long', input };
      return { input, label, value: value ?? '', words: value ?? '' };
    case 'yes or no':
    case 'choice': {
      if (value === null) return { is: 'missing', input };
      if (!choicesOf(kind).includes(value)) return { is: 'not offered', input, value };
      return { input, label, value, words: wordsOf(kind, value) };
    }
  }
}

/** What can be chosen, as it is sent. */
export const choicesOf = (kind: Exclude<AskedInput['kind'], { is: 'text' }>): readonly string[] =>
  kind.is === 'choice' ? kind.choices : ['true', 'false'];

/** A value as people read it. */
export const wordsOf = (kind: AskedInput['kind'], value: string): string =>
  kind.is === 'yes or no' ? (value === 'true' ? 'yes' : 'no') : value;

/**
 * The answers of a deployment that nobody is asked about: a rollback, and one that starts by itself. A text without a default
 * stays empty; so it is not sent, and the workflow's own default holds.
 */
export function standardAnswers(asks: Asks | null): Answered | null {
  if (asks === null) return null;
  const given = asks.inputs.flatMap(({ input, label, kind, standard }) =>
    standard === null && kind.is !== 'text'
      ? []
      : [{ input, label, value: standard ?? '', words: wordsOf(kind, standard ?? '') }],
  );
  return { given, checked: [] };
}

/** What a press answers that brings no answers: a typed one takes the defaults, and a card asks first. */
export const givenBy = (press: { readonly from: 'card' | 'command'; readonly answers?: Given }): Given | null =>
  press.answers ?? (press.from === 'command' ? NOTHING_GIVEN : null);

/** The faults of somebody who was not asked. */
export const allMissing = ({ inputs, checks }: Asks): AnswerFault[] => [
  ...inputs.map(({ input }) => ({ is: 'missing', input }) as const),
  ...(checks.length > 0 ? [{ is: 'not checked', input: null, checks } as const] : []),
];

/** The answers that count of what was given; null when nothing is asked, or something is wrong with them. */
export function answeredBy(asks: Asks | null, given: Given | null): Answered | null {
  const found = asks && given ? settled(asks, given) : null;
  return found && 'answered' in found ? found.answered : null;
}

/** The answers as inputs of the run. What is empty is not sent. */
export const inputsFrom = (answered: Answered | null): Record<string, string> =>
  Object.fromEntries((answered?.given ?? []).filter(({ value }) => value !== '').map((one) => [one.input, one.value]));

/** The answers for the ledger: each key and value, and what was ticked. */
export function answersOnLedger(answered: Answered | null): Record<string, string> {
  if (answered === null) return {};
  const { given, checked } = answered;
  return {
    ...Object.fromEntries(given.map(({ input, words }) => [`answer_${input}`, plain(words, 200)])),
    ...(checked.length > 0 && { checked: plain(checked.join('; '), 800) }),
  };
}
