import { ConfigProblems, loadConfig } from '../../src/config/config.js';

const env = {
  SLACK_BOT_TOKEN: 'xoxb-1234567',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  GITHUB_TOKEN: 'ghp_abcdefghijk',
  GITHUB_WEBHOOK_SECRET: 'a-webhook-secret',
};
const file = (ask: string, service = '', inputs = '{ region: eu }') => `channel: C0RELEASES
services:
  - name: shop
    repository: acme/shop
    staging: { workflow: s.yml }
    production: { workflow: p.yml, inputs: ${inputs}, ask: [${ask}] }
    deployers: [U0ALICE]
    ${service}
`;
const load = (...of: Parameters<typeof file>) => loadConfig(env, () => file(...of)).services[0]?.production.asks;
function lines(...of: Parameters<typeof file>): string[] {
  try {
    load(...of);
  } catch (error) {
    if (error instanceof ConfigProblems) return error.lines();
    throw error;
  }
  return [];
}

const HOW = '{ input: how, choice: [rolling, all at once], default: rolling }';

test('a choice, yes or no, a text and a checklist, as decisions read them', () => {
  const asks = load(
    [
      '{ input: how, label: How?, choice: [rolling, 2], default: 2, by: [S0LEADS] }',
      '{ input: migrate, yes_or_no: true, default: no }',
      '{ input: sure, yes_or_no: true }',
      '{ input: note, text: true, required: false }',
      '{ input: why, text: true, default: yes }',
      '{ check: The runbook was read }',
    ].join(', '),
  );
  expect(asks).toEqual({
    inputs: [
      { ...kept('how', 'How?'), kind: { is: 'choice', choices: ['rolling', '2'] }, standard: '2', by: ['S0LEADS'] },
      { ...kept('migrate'), kind: { is: 'yes or no' }, standard: 'false' },
      { ...kept('sure'), kind: { is: 'yes or no' }, standard: null },
      { ...kept('note'), kind: { is: 'text', required: false }, standard: null },
      { ...kept('why'), kind: { is: 'text', required: true }, standard: 'yes' },
    ],
    checks: ['The runbook was read'],
  });
});
const kept = (input: string, label = input) => ({ input, label, by: null });

test('without the key nothing is asked, and nothing of the service changes', () => {
  const production = loadConfig(env, () => file('').replace(', ask: []', '')).services[0]?.production;
  expect(production).toEqual({ workflow: 'p.yml', ref: 'main', inputs: { region: 'eu' } });
});

const texts = (count: number) => Array.from({ length: count }, (_, n) => `{ input: i${n}, text: true }`).join(', ');

test.each<[string, Parameters<typeof file>, string]>([
  ['nothing', [''], 'ask: an empty list; expected at least one question'],
  [
    'an input of ours',
    ['{ input: Deploy_ID, text: true }'],
    'ask[0].input: "Deploy_ID"; expected the name of a workflow input other than sha, deploy_id, requested_by, stage',
  ],
  ['the stage', ['{ input: stage, text: true }'], 'ask[0].input: "stage"; expected'],
  [
    'one that is set',
    ['{ input: Region, text: true }'],
    'ask[0].input: "Region", which production.inputs sets; expected an input that is asked or set',
  ],
  [
    'one twice',
    [`${HOW}, { input: How, text: true }`],
    'ask[1].input: "How", as in ask[0]; expected each question once',
  ],
  [
    'a check twice',
    ['{ check: Read }, { check: "Read " }'],
    'ask[1].check: "Read ", as in ask[0]; expected each question once',
  ],
  ['no kind', ['{ input: how }'], 'ask[0].choice: missing; expected a list of 2 to 100 choices'],
  ['two kinds', ['{ input: how, text: true, yes_or_no: true }'], 'an unknown key'],
  ['one choice', ['{ input: how, choice: [rolling] }'], 'ask[0].choice: a list of 1; expected at least two choices'],
  ['a choice twice', ['{ input: how, choice: [a, b, a] }'], 'ask[0].choice: "a" twice; expected each choice once'],
  [
    'a default that is no choice',
    ['{ input: how, choice: [a, b], default: c }'],
    'ask[0].default: "c"; expected one of its choices: a, b',
  ],
  [
    'a default that is neither',
    ['{ input: how, yes_or_no: true, default: perhaps }'],
    'ask[0].default: "perhaps"; expected yes or no',
  ],
  ['a long choice', [`{ input: how, choice: [a, ${'b'.repeat(76)}] }`], 'expected a choice of at most 75 characters'],
  [
    'a long default',
    [`{ input: how, text: true, default: ${'b'.repeat(1_001)} }`],
    'ask[0].default: 1001 characters; expected at most 1000',
  ],
  [
    'a long label',
    [`{ input: how, text: true, label: ${'b'.repeat(151)} }`],
    'expected a question of at most 150 characters',
  ],
  [
    'too many choices',
    [`{ input: how, choice: [${Array.from({ length: 101 }, (_, n) => n).join(', ')}] }`],
    'expected at most 100 choices',
  ],
  [
    'a long checklist',
    [Array.from({ length: 11 }, (_, n) => `{ check: c${n} }`).join(', ')],
    'ask: a checklist of 11; expected at most 10 checks',
  ],
  ['too many inputs', [texts(22)], 'ask: 22 inputs beside 1 in production.inputs; expected at most 22 together'],
  [
    'more than GitHub takes',
    [texts(20), '', `{ region: ${'x'.repeat(50_000)} }`],
    'characters in all; expected at most 65535',
  ],
  [
    'people without a default',
    ['{ input: how, text: true, by: [U0ALICE] }'],
    'ask[0].default: missing; expected a default, since only those in by',
  ],
  [
    'a text that nobody answers',
    ['{ input: how, text: true }', 'mode: continuous'],
    'ask[0].default: missing with mode: continuous; expected a default: nobody is there',
  ],
  [
    'a checklist that nobody ticks',
    [`${HOW}, { check: Read }`, 'mode: continuous'],
    'ask[1].check: a checklist with mode: continuous; expected no checklist',
  ],
  [
    'a group by its name',
    ['{ input: how, text: true, required: false, by: [leads] }'],
    'ask[0].by[0]: "leads"; expected the id of a Slack user',
  ],
])('%s is refused at the start', (_, of, expected) => {
  const found = lines(...of);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(`services[0].production.${expected.startsWith('ask') ? expected : ''}`);
  expect(found[0]).toContain(expected);
});

test('an input that a stage sets, and one too many with those of a stage, are refused', () => {
  const staged = (ask: string, own = '') =>
    lines(`${ask}], stages: [{ name: one, inputs: { target: a${own} } }, { name: two }`).filter((one) =>
      one.includes('.ask'),
    );
  expect(staged('{ input: Target, text: true }')).toEqual([
    'services[0].production.ask[0].input: "Target", which a stage sets; expected an input that is asked or set, not both',
  ]);
  expect(staged(texts(21))[0]).toContain('21 inputs beside 2 in production.inputs and a stage; expected at most 22');
  expect(staged(texts(20))).toEqual([]);
});

test('by itself with defaults, and as many as fit, is fine', () => {
  expect(lines(`${HOW}, { input: note, text: true, required: false, by: [U0ALICE] }`, 'mode: continuous')).toEqual([]);
  expect(lines(texts(21))).toEqual([]);
});
