/** What is asked before a deployment: the key `ask` under `production`. */

import { z } from 'zod';
import type { AskedInput, Asks } from '../core/deployment/asks.js';
import { id, list, mapping, text } from './forms.js';

/** The inputs that Pushbutton sets itself. GitHub ignores case in their names. */
const OURS: readonly string[] = ['sha', 'deploy_id', 'requested_by', 'stage'];

/** What Slack takes: of an option, of the options of one select, and of those of one group of checkboxes. */
const MOST_LETTERS = 75;
const MOST_CHOICES = 100;
export const MOST_CHECKS = 10;
const MOST_LABEL = 150;

const expectedInput = `the name of a workflow input other than ${OURS.join(', ')}, which Pushbutton sets itself`;
const input = id(new RegExp(`^(?!(?:${OURS.join('|')})$)[A-Za-z_][\\w-]*$`), expectedInput)
  .refine((name) => !OURS.includes(name.toLowerCase()), { error: expectedInput })
  .meta({ description: 'The input of the production workflow that gets the answer.' });
const label = text('a question, which people read')
  .max(MOST_LABEL, { error: `a question of at most ${MOST_LABEL} characters` })
  .optional()
  .meta({ description: 'What people read. Default: the name of the input.' });
const by = list(
  id(/^[UWS][A-Z0-9]{2,}$/, 'the id of a Slack user or user group, such as U0ALICE or S0DEPLOY'),
  'a list of user and user-group ids',
)
  .min(1, { error: 'at least one user or user group' })
  .optional()
  .meta({ description: 'Who may give another answer than the default. Default: everybody who may deploy.' });

const ofOption = (expected: string) => {
  const whole = `${expected} of at most ${MOST_LETTERS} characters`;
  return text(whole).max(MOST_LETTERS, { error: whole });
};
const standard = 'The answer of whoever gives none.';
const only = (expected: string) => z.literal(true, { error: expected });

const choice = mapping({
  input,
  label,
  choice: list(ofOption('a choice'), `a list of 2 to ${MOST_CHOICES} choices`)
    .min(2, { error: 'at least two choices' })
    .max(MOST_CHOICES, { error: `at most ${MOST_CHOICES} choices: Slack takes no more` })
    .meta({ description: 'What can be chosen, as it is sent.' }),
  default: text('one of the choices')
    .optional()
    .meta({ description: `${standard} Without it, one must be chosen.` }),
  by,
}).meta({ description: 'A choice.' });

const yesOrNo = mapping({
  input,
  label,
  yes_or_no: only('true').meta({ description: 'It is sent as true or false.' }),
  default: z
    .enum(['yes', 'no', 'true', 'false'], { error: 'yes or no' })
    .optional()
    .meta({ description: `${standard} Without it, one must be chosen.` }),
  by,
}).meta({ description: 'Yes or no.' });

const words = mapping({
  input,
  label,
  text: only('true').meta({ description: 'It is one line of at most 1,000 characters.' }),
  default: text('a text').optional().meta({ description: standard }),
  required: z
    .boolean({ error: 'true or false' })
    .default(true)
    .meta({ description: 'Whether it must not be empty. An empty one is not sent.' }),
  by,
}).meta({ description: 'A text.' });

const check = mapping({
  check: ofOption('what must have been done, a text').meta({
    description: 'What must have been done; Deploy starts once each is ticked.',
  }),
}).meta({ description: 'A line of the checklist.' });

export const ask = list(
  z.union([choice, yesOrNo, words, check], { error: 'a mapping with choice, yes_or_no, text or check' }),
  'a list of questions',
)
  .min(1, { error: 'at least one question; leave it out to ask nothing' })
  .meta({ description: 'What is asked before each deployment: see questions.md.' });

/** As decisions read it. */
export function asksOf(written: z.output<typeof ask>): Asks {
  return {
    inputs: written.flatMap((one) => ('input' in one ? [inputOf(one)] : [])),
    checks: written.flatMap((one) => ('check' in one ? [one.check.trim()] : [])),
  };
}

function inputOf(one: Exclude<z.output<typeof ask>[number], { check: string }>): AskedInput {
  const about = { input: one.input, label: (one.label ?? one.input).trim(), by: one.by ?? null };
  if ('choice' in one)
    return {
      ...about,
      kind: { is: 'choice', choices: one.choice.map((each) => each.trim()) },
      standard: one.default?.trim() ?? null,
    };
  if ('yes_or_no' in one) {
    const yes = one.default === 'yes' || one.default === 'true';
    return { ...about, kind: { is: 'yes or no' }, standard: one.default === undefined ? null : String(yes) };
  }
  return { ...about, kind: { is: 'text', required: one.required }, standard: one.default?.trim() ?? null };
}
