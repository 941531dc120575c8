import fc from 'fast-check';
import { answersAgain, comesToNothing, limited, toAnswer } from '../../../src/core/deployment/answering.js';
import {
  type AskedInput,
  type Asks,
  answersOnLedger,
  type Given,
  inputsFrom,
  settled,
  standardAnswers,
} from '../../../src/core/deployment/asks.js';
import { change, ended, POLICY, refTo, shaOf, state, underWay } from '../given.js';

const asked = (input: string, kind: AskedInput['kind'], over: Partial<AskedInput> = {}): AskedInput => ({
  ...{ input, label: `${input}?`, kind, standard: null, by: null },
  ...over,
});
const ASKS: Asks = {
  inputs: [
    asked('how', { is: 'choice', choices: ['rolling', 'all at once'] }, { standard: 'rolling' }),
    asked('migrate', { is: 'yes or no' }, { standard: 'false', by: ['S0LEADS'] }),
    asked('note', { is: 'text', required: false }, { by: ['U0BOB'] }),
  ],
  checks: ['Read'],
};
const given = (values: Record<string, string>, checked: Given['checked'] = 'all'): Given => ({
  values: Object.entries(values).map(([input, value]) => ({ input, value })),
  checked,
});
const answers = (of: Given) => {
  const found = settled(ASKS, of);
  return 'answered' in found ? found.answered.given.map(({ value }) => value) : found.faults;
};

test.each<[string, Given, unknown]>([
  ['defaults', given({}), ['rolling', 'false', '']],
  ['answers in any order', given({ note: ' a\u0000b \n c ', how: 'all at once' }), ['all at once', 'false', 'a b c']],
  ['what is not offered', given({ how: 'mars' }), [{ is: 'not offered', input: 'how', value: 'mars' }]],
  ['the case of a choice', given({ how: 'Rolling' }), [{ is: 'not offered', input: 'how', value: 'Rolling' }]],
  ['yes in words', given({ migrate: 'yes' }), [{ is: 'not offered', input: 'migrate', value: 'yes' }]],
  ['what is not asked', given({ sha: 'x' }), [{ is: 'not asked', input: 'sha' }]],
  ['what every object has', given({ constructor: 'x' }), [{ is: 'not asked', input: 'constructor' }]],
  ['a text that is too long', given({ note: 'x'.repeat(1_001) }), [{ is: 'too long', input: 'note' }]],
  ['a check that is not ticked', given({}, ['Other']), [{ is: 'not checked', input: null, checks: ['Read'] }]],
  ['ticks', given({}, ['Read', 'Other']), ['rolling', 'false', '']],
])('%s', (_, of, expected) => {
  expect(answers(of)).toEqual(expected);
});

test('whatever is given, only what is asked and offered becomes an input of the run, and never one of ours', () => {
  const values = fc.array(
    fc.record({ input: fc.constantFrom('how', 'migrate', 'note', 'sha', 'x'), value: fc.string() }),
  );
  fc.assert(
    fc.property(values, (all) => {
      const found = settled(ASKS, { values: all, checked: 'all' });
      if (!('answered' in found)) return true;
      const { how = 'rolling', migrate = 'false', note = 'x', ...others } = inputsFrom(found.answered);
      return (
        ['rolling', 'all at once'].includes(how) &&
        ['true', 'false'].includes(migrate) &&
        note.length <= 1_000 &&
        Object.keys(others).length === 0
      );
    }),
  );
});

const bound = (values: Record<string, string>) => {
  const found = toAnswer(state(), change(3), { asks: ASKS }, given(values));
  if ('rule' in found) throw new Error(found.rule);
  return found.answered;
};

test('only another answer than the default is limited, and only as long as it is asked', () => {
  const answered = bound({ how: 'all at once', migrate: 'true', note: 'x' });
  const no = { rule: 'may not answer', service: 'shop' };
  expect(limited({ name: 'shop', asks: ASKS }, answered)).toEqual([
    { ...no, label: 'migrate?', answer: 'yes', standard: 'no', answerers: ['S0LEADS'] },
    { ...no, label: 'note?', answer: 'x', standard: '', answerers: ['U0BOB'] },
  ]);
  expect(limited({ name: 'shop', asks: ASKS }, bound({}))).toEqual([]);
  expect([limited({ name: 'shop', asks: null }, answered), limited({ name: 'shop', asks: ASKS }, null)]).toEqual([
    [],
    [],
  ]);
});

test('the run gets what is not empty, the ledger each key and value in words', () => {
  const answered = bound({ migrate: 'true' });
  expect(inputsFrom(answered)).toEqual({ how: 'rolling', migrate: 'true' });
  expect(answersOnLedger(answered)).toEqual({
    ...{ answer_how: 'rolling', answer_migrate: 'yes', answer_note: '' },
    checked: 'Read',
  });
  expect(answersOnLedger(bound({ note: 'x'.repeat(1_000) })).answer_note).toHaveLength(200);
  expect([inputsFrom(null), answersOnLedger(null)]).toEqual([{}, {}]);
});

test('nobody is asked about a rollback: defaults, and nothing where there is none', () => {
  const open: Asks = {
    inputs: [...ASKS.inputs, asked('zone', { is: 'choice', choices: ['a', 'b'] })],
    checks: ['Read'],
  };
  expect(inputsFrom(standardAnswers(open))).toEqual({ how: 'rolling', migrate: 'false' });
  expect(standardAnswers(open)?.checked).toEqual([]);
  expect(standardAnswers(null)).toBeNull();
});

test('a press that was not asked is refused with all that is missing; a button only where it helps', () => {
  const missing = { rule: 'not answered', missing: ['how', 'migrate', 'note'], checks: ['Read'], wrong: [] };
  expect(toAnswer(state(), change(3), { asks: ASKS }, null)).toMatchObject({ ...missing, change: 'change-3' });
  const newer = state({ newestPassed: refTo(4) });
  expect(toAnswer(newer, change(3), { asks: ASKS }, null)).toMatchObject({ ...missing, change: null });
  expect(toAnswer(state(), change(3), { asks: null }, null)).toEqual({ answered: null });
  expect(toAnswer(state(), change(3), { asks: null }, given({ how: 'x' }))).toMatchObject({ wrong: ['how'] });
  expect(toAnswer(state(), change(3), { asks: ASKS }, given({ how: 'x', y: 'z' }))).toMatchObject({
    wrong: ['y', 'how=x'],
  });
});

test('a Retry keeps the answers; where nothing was asked, the defaults', () => {
  const answered = bound({ how: 'all at once' });
  const again = (of: typeof answered | null, kind: 'deploy' | 'roll back' = 'deploy', asks: Asks | null = ASKS) =>
    answersAgain(state(), { answered: of, sha: shaOf(3), kind }, { asks });
  expect(again(answered)).toEqual({ answered });
  expect(again(answered, 'deploy', null)).toEqual({ answered });
  expect(again(null)).toMatchObject({ rule: 'not answered', missing: [], checks: ['Read'], change: null });
  expect(again(null, 'deploy', { ...ASKS, checks: [] })).toMatchObject({ answered: { checked: [] } });
  expect(again(null, 'roll back')).toMatchObject({ answered: { checked: [] } });
});

test('nobody is asked about what would be refused or merged anyway', () => {
  const of = (over: Parameters<typeof state>[0], on = change(3)) => comesToNothing(state(over), on, POLICY);
  const lock = { by: 'U0BOB', reason: 'x', since: new Date(0), until: null, nudgedAt: null };
  expect(of({})).toBe(false);
  expect(of({ newestPassed: refTo(4) })).toBe(true);
  expect(of({ active: underWay('deploying', 1, 3) })).toBe(true);
  expect(of({ active: underWay('deploying', 1, 2) })).toBe(false);
  expect(of({ lock })).toBe(true);
  expect(of({}, change(3, { status: 'failed' }))).toBe(true);
  expect(ended('live', 1, 3).answered).toBeNull();
});
