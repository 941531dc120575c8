import type { AskedInput, Asks } from '../../src/core/deployment/asks.js';
import { answerErrors } from '../../src/slack/views/answer-errors.js';
import { askView } from '../../src/slack/views/ask.js';
import { askedLines } from '../../src/slack/views/asked.js';
import { cardMessage } from '../../src/slack/views/card.js';
import { doneMessage } from '../../src/slack/views/done.js';
import { historyMessage } from '../../src/slack/views/history.js';
import { answer } from '../../src/slack/views/message.js';
import { unknownMessage } from '../../src/slack/views/unknown.js';
import { card, deployment, ended, everyState, names, newer, shaOf, ships } from './given.js';
import { buttonsIn, expectFit, expectModalFits, objectsIn, seen } from './reading.js';
import { wideAnswers } from './wide-answers.js';

const HOSTILE = '<!channel> *bold* <@U0BOB> & `code`';
const WIDE = `${HOSTILE}${'\u{1F680}'.repeat(5_000)}`;

const asked = (given: Partial<AskedInput> = {}): AskedInput => ({
  ...{ input: 'strategy', label: 'How?', standard: 'rolling', by: null },
  kind: { is: 'choice', choices: ['rolling', 'all at once'] },
  ...given,
});
const asks: Asks = {
  inputs: [
    asked(),
    asked({ input: 'migrate', label: 'Migrate?', kind: { is: 'yes or no' }, standard: 'false', by: ['U0BOB'] }),
    asked({ input: 'note', label: 'Note', kind: { is: 'text', required: false }, standard: null, by: ['U0BOB'] }),
    asked({ input: 'zone', kind: { is: 'choice', choices: ['a', 'b', 'c', 'd', 'e', 'f'] }, standard: null }),
  ],
  checks: ['The runbook was read'],
};
const view = (of: Asks, over = {}) => askView('shop', { ...newer, ...over }, ships(), of, names, '{}');

test('the modal says what the confirmation says, and asks each question with its default', () => {
  const drawn = view(asks);
  expectModalFits(drawn);
  expect(seen(drawn.blocks)).toBe('Deploy shop bbbbbbb “Newer title” to production? 3 changes ship.');
  expect([drawn.title.text, drawn.submit?.text, drawn.callback_id]).toEqual([
    'Deploy to production',
    'Deploy',
    'deploy',
  ]);
  const inputs = objectsIn(drawn.blocks).filter(({ type }) => type === 'input');
  expect(
    inputs.map(({ block_id, label, hint, optional, element }) => {
      const { type, initial_option, initial_value } = element as { [key: string]: { value?: string } };
      const text = (of: unknown) => (of as { text?: string } | undefined)?.text;
      return [block_id, text(label), text(hint), optional, type, initial_option?.value ?? initial_value];
    }),
  ).toEqual([
    ['answer:strategy', 'How?', undefined, undefined, 'radio_buttons', 'rolling'],
    ['answer:migrate', 'Migrate?', 'Only Bob may answer other than “no”.', undefined, 'radio_buttons', 'false'],
    ['answer:note', 'Note', 'Only Bob may fill it in.', true, 'plain_text_input', undefined],
    ['answer:zone', 'How?', undefined, undefined, 'static_select', undefined],
    ['checklist', 'Before you deploy', undefined, undefined, 'checkboxes', undefined],
  ]);
});

test('the widest questions that the config takes fit, and what others wrote is literal', () => {
  const text = WIDE.slice(0, 75).trim();
  const widest: Asks = {
    inputs: Array.from({ length: 22 }, (_, n) =>
      asked({
        input: `input_${n}`,
        label: WIDE.slice(0, 150),
        by: Array.from({ length: 50 }, () => WIDE.slice(0, 60)),
        ...(n % 2 === 0
          ? { kind: { is: 'text', required: true }, standard: WIDE.slice(0, 1_000) }
          : {
              kind: { is: 'choice', choices: [text, ...Array.from({ length: 99 }, (_, c) => `choice ${c}`)] },
              standard: text,
            }),
      }),
    ),
    checks: Array.from({ length: 10 }, (_, n) => `${WIDE.slice(0, 70)}${n}`),
  };
  expectModalFits(askView(WIDE, { ...newer, title: WIDE }, ships(), widest, names, 'x'.repeat(3_000)));
  const unknown = {
    what: 'question',
    command: 'deploy',
    service: WIDE,
    typed: WIDE,
    nearest: null,
    asks: widest,
  } as const;
  expectFit(unknownMessage(unknown));
  expectFit(answer(askedLines(asks)));
});

test.each(everyState.map((state) => [state.is, state] as const))('the answers on a card that is %s', (_, state) => {
  const answered = wideAnswers(22, 1_000);
  const wide = {
    ...state,
    ...('deployment' in state && { deployment: { ...state.deployment, answered } }),
    ...('after' in state && { after: ended('live', { answered }) }),
  } as typeof state;
  const message = cardMessage(card(wide));
  expectFit(message);
  const shows = 'deployment' in state || 'after' in state;
  for (const n of [0, 21]) expect(seen(message.blocks).includes(`Question ${n}?`)).toBe(shows);
  const asks = buttonsIn(message.blocks).filter(({ label }) => label === 'Approve' || label === 'Retry');
  for (const { confirm } of asks) expect(confirm).toMatch(/Question 0\?.*…/);
});

test('a service that asks has no confirmation on Deploy', () => {
  const passed = everyState.find(({ is }) => is === 'passed staging') ?? everyState[0];
  const confirms = (asks: boolean) =>
    buttonsIn(cardMessage(card(passed as (typeof everyState)[number], { asks })).blocks).map(({ confirm }) => confirm);
  expect(confirms(true)).toEqual([undefined, undefined]);
  expect(confirms(false)).toEqual([expect.stringContaining('Deploy shop aaaaaaa to production?'), undefined]);
});

test('answers in history, and in what whoever typed or joined is told', () => {
  const answered = wideAnswers(2, 10);
  const entry = { deployment: ended('live', { answered }), change: newer };
  const history = historyMessage('shop', 'acme/shop', [entry], names, 'UTC');
  expectFit(history);
  expect(seen(history.blocks)).toContain('Question 0? <!channel>');
  const done = { service: 'shop', change: newer, deployment: deployment('queued', { answered }), mayReplace: false };
  for (const is of ['accepted', 'merged'] as const) {
    const message = doneMessage({ is, ...done }, names);
    expectFit(message);
    expect(seen(message.blocks)).toContain('Answers · Question 0? <!channel>');
  }
  expect(seen(doneMessage({ is: 'merged', ...done }, names).blocks)).toContain('What Alice answered holds:');
});

test('what is wrong stands at its field; what has no field, at the first', () => {
  const blocks = ['answer:strategy', 'checklist'];
  const faults = [
    { is: 'not offered', input: 'strategy', value: 'mars' },
    { is: 'not checked', input: null, checks: ['a', 'b'] },
  ] as const;
  expect(answerErrors(faults, blocks)).toEqual({
    'answer:strategy': expect.stringContaining('not offered any more'),
    checklist: expect.stringContaining('2 lines not ticked'),
  });
  expect(answerErrors([{ is: 'missing', input: 'new' }], blocks)).toEqual({
    'answer:strategy': expect.stringContaining('The questions have changed since'),
  });
  expect(answerErrors([{ is: 'missing', input: shaOf('1') }], [])).toEqual({});
});
