import type { InputBlock, KnownBlock, ModalView, PlainTextElement, PlainTextOption } from '@slack/types';
import type { Ships } from '../../core/card.js';
import type { ChangeRef } from '../../core/change/change.js';
import { type AskedInput, type Asks, choicesOf, MOST_ANSWER, wordsOf } from '../../core/deployment/asks.js';
import type { Names } from '../../core/report.js';
import { clip, limits, oneLine, shown } from '../limits.js';
import { everyone, who } from './people.js';
import { line, richText, theirs } from './rich.js';
import { howMany } from './ships.js';
import { named } from './words.js';

/** What comes back when it is sent. */
export const ASK = 'deploy';
/** Block and action id of the checklist, and those of an input. */
export const CHECKLIST = 'checklist';
const ANSWER = 'answer:';
export const answerBlock = (input: string): string => `${ANSWER}${input}`;

/** The input that a block asks for; null for any other block. */
export const inputOfBlock = (block: string): string | null =>
  block.startsWith(ANSWER) ? block.slice(ANSWER.length) : null;

/** More choices than these are in a menu. */
const MOST_BUTTONS = 5;

/** Asks what the service wants to know before a deployment; `place` comes back with the answers. Deploy is its button. */
export function askView(
  service: string,
  change: ChangeRef,
  ships: Ships | null,
  asks: Asks,
  names: Names,
  place: string,
): ModalView {
  return {
    type: 'modal',
    callback_id: ASK,
    private_metadata: place,
    title: plain('Deploy to production', limits.modalTitle),
    submit: plain('Deploy', limits.modalTitle),
    close: plain('Not now', limits.modalTitle),
    blocks: [
      richText(
        line('Deploy ', theirs(service, shown.name, 'bold'), ' ', ...named(change), ' to production? ', howMany(ships)),
      ),
      ...asks.inputs.map((asked) => inputBlock(asked, names)),
      ...checklist(asks.checks),
    ],
  };
}

function inputBlock(asked: AskedInput, names: Names): InputBlock {
  const { input, label, kind } = asked;
  const id = answerBlock(input);
  const hint = hintOf(asked, names);
  return {
    type: 'input',
    block_id: id,
    label: plain(label, shown.title),
    ...(hint !== null && { hint: plain(hint, limits.element) }),
    ...(kind.is === 'text' && !kind.required && { optional: true }),
    element: elementOf(asked, id),
  };
}

function elementOf({ kind, standard }: AskedInput, action_id: string): InputBlock['element'] {
  if (kind.is === 'text') {
    const initial = standard === null ? {} : { initial_value: standard };
    return { type: 'plain_text_input', action_id, max_length: MOST_ANSWER, ...initial };
  }
  const options = choicesOf(kind).map((value) => option(wordsOf(kind, value), value));
  const chosen = options.find(({ value }) => value === standard);
  const initial = chosen ? { initial_option: chosen } : {};
  return options.length > MOST_BUTTONS
    ? { type: 'static_select', action_id, options, ...initial }
    : { type: 'radio_buttons', action_id, options, ...initial };
}

/** Who may give another answer than the default. */
function hintOf({ by, kind, standard }: AskedInput, names: Names): string | null {
  if (by === null) return null;
  const people = everyone(
    by.map((id) => who(id, names)),
    10,
  );
  return standard === null
    ? `Only ${people} may fill it in.`
    : `Only ${people} may answer other than “${wordsOf(kind, standard)}”.`;
}

function checklist(checks: readonly string[]): KnownBlock[] {
  if (checks.length === 0) return [];
  return [
    {
      type: 'input',
      block_id: CHECKLIST,
      label: plain('Before you deploy', shown.title),
      element: { type: 'checkboxes', action_id: CHECKLIST, options: checks.map((check) => option(check, check)) },
    },
  ];
}

const plain = (text: string, max: number): PlainTextElement => ({
  type: 'plain_text',
  text: clip(oneLine(text), max),
  emoji: false,
});

const option = (words: string, value: string): PlainTextOption => ({ text: plain(words, limits.option), value });
