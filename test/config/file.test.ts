import { ConfigProblems, loadConfig } from '../../src/config/config.js';

const env = {
  SLACK_BOT_TOKEN: 'xoxb-1234567',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  GITHUB_TOKEN: 'ghp_abcdefghijk',
  GITHUB_WEBHOOK_SECRET: 'a-webhook-secret',
};

type Parts = { top?: string; service?: string; inputs?: string; more?: string };

/** A file that is right, with lines added or, by name, replaced. */
function file({ top = '', service = '', inputs = '{}', more = '' }: Parts = {}): string {
  const replaced = (line: string) => (service.includes(`${line.split(':')[0]}:`) ? '' : `    ${line}\n`);
  return `${top.includes('channel:') ? '' : 'channel: C0RELEASES\n'}${top}
services:
  - staging: { workflow: staging.yml }
    production: { workflow: production.yml, inputs: ${inputs} }
${['name: shop', 'repository: acme/shop', 'deployers: [U0ALICE]'].map(replaced).join('')}    ${service}
${more}`;
}
const load = (text: string) => loadConfig(env, () => text);
function lines(text: string): string[] {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigProblems) return error.lines();
    throw error;
  }
  return [];
}

test('the file that the cases below spoil is right', () => expect(lines(file())).toEqual([]));

test.each<[string, Parts, string]>([
  ['an unknown time zone', { top: 'timezone: Mars/Base' }, 'timezone: "Mars/Base"; expected a time zone'],
  ['an offset as time zone', { top: 'timezone: "+01:00"' }, 'timezone: '],
  ['a cron of too few fields', { top: 'digest: "0 9 *"' }, 'digest: "0 9 *"; expected a cron expression'],
  ['a cron out of range', { top: 'digest: "61 9 * * *"' }, 'digest: '],
  ['the name of a channel', { top: "channel: '#general'" }, 'channel: "#general"; expected the id of a Slack channel'],
  ['a group as operator', { top: 'operators: [S0OPS]' }, 'operators[0]: "S0OPS"; expected the id of a Slack user'],
  ['a handle for a person', { top: 'people: { octocat: "@octo" }' }, 'people.octocat: "@octo"'],
  [
    'a word for a person',
    { top: 'people: { Copilot: bot }' },
    'people.Copilot: "bot"; expected the id of a Slack user, such as U0ALICE, or tool',
  ],
  ['a tool for an operator', { top: 'operators: [tool]' }, 'operators[0]: "tool"'],
  ['a login twice', { top: 'people: { Octo: U0A, octo: U0B }' }, 'people.octo: already listed as Octo'],
  ['an unknown key', { top: 'timezon: UTC' }, 'timezon: an unknown key; expected timezone (the nearest'],
  ['an unknown key inside', { service: 'time_out: 5m' }, 'services[0].time_out: an unknown key; expected timeout'],
  ['a number for a duration', { service: 'timeout: 30' }, 'services[0].timeout: "30"; expected a duration'],
  ['a duration of nothing', { service: 'timeout: 0s' }, 'services[0].timeout: "0s"; expected a duration of 1s or more'],
  ['a name with capitals', { service: 'name: Shop' }, 'services[0].name: "Shop"'],
  ['a number for a person', { top: 'people: { octocat: 007 }' }, 'people.octocat: "007"; expected the id of a Slack'],
  ['a quoted number', { service: 'max_changes: "20"' }, 'services[0].max_changes: "20"; expected a whole number'],
  [
    'a URL as repository',
    { service: 'repository: https://x/y' },
    'services[0].repository: "https://x/y"; expected owner/name',
  ],
  [
    'nobody who may deploy',
    { service: 'deployers: []' },
    'services[0].deployers: an empty list; expected at least one',
  ],
  ['deployers left out', { service: 'deployers:' }, 'services[0].deployers: an empty value'],
  ['a name for an id', { service: 'deployers: [alice]' }, 'services[0].deployers[0]: "alice"'],
  ['a branch with refs/', { service: 'branch: refs/heads/main' }, 'services[0].branch: '],
  ['a mode that is none', { service: 'mode: auto' }, 'services[0].mode: "auto"; expected button or continuous'],
  [
    'an input of ours',
    { inputs: '{ sha: abc }' },
    'services[0].production.inputs.sha: "sha"; expected the name of a workflow input',
  ],
  ['an input of ours in capitals', { inputs: '{ Deploy_ID: abc }' }, 'services[0].production.inputs.Deploy_ID: '],
  ['an input without value', { inputs: '{ region: }' }, 'services[0].production.inputs.region: an empty value'],
  [
    '23 inputs',
    { inputs: `{ ${Array.from({ length: 23 }, (_, index) => `i${index}: x`).join(', ')} }` },
    'services[0].production.inputs: a mapping; expected at most 22',
  ],
  ['a tag without meaning', { top: 'timezone: !zone UTC' }, 'pushbutton.yml, line 2, column 11: '],
  ['a key twice', { service: 'hold: 1m\n    hold: 2m' }, 'pushbutton.yml, line 10, column 5: "hold", a duplicate key'],
])('%s is a problem that says where and what', (_, parts, start) => {
  const found = lines(file(parts));
  expect(found).toHaveLength(1);
  expect(found[0]?.slice(0, start.length)).toBe(start);
});

test.each([
  ['nothing at all', '', 'pushbutton.yml: an empty value; expected a mapping with timezone, channel'],
  ['a list', '- a\n', 'pushbutton.yml: a list of 1; expected a mapping'],
  ['no services', 'channel: C0A\nservices: []\n', 'services: an empty list; expected at least one service'],
  ['a slip of syntax', 'channel: C0A\nservices: [\n', 'pushbutton.yml, line 3, column 1: '],
  ['an alias of nothing', 'channel: *other\n', 'pushbutton.yml'],
])('a file with %s is a problem', (_, text, start) => {
  expect(lines(text)[0]?.slice(0, start.length)).toBe(start);
});

test('all problems come at once, also those between settings', () => {
  const more = `  - name: shop
    repository: Acme/Shop
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    deployers: [bob]
    mode: continuous
`;
  const text = file({ top: 'timezone: Mars/Base\n', more }).replace('channel: C0RELEASES', '');
  expect(lines(text).map((line) => line.split(':')[0])).toEqual([
    'timezone',
    'services[1].deployers[0]',
    'services[0].channel',
    'services[1].channel',
    'services[1].name',
    'services[1].production.workflow',
  ]);
});

test('services of one repository may share one workflow file of the two', () => {
  const more = `  - name: admin
    repository: acme/shop
    staging: { workflow: staging.yml }
    production: { workflow: admin.yml }
    deployers: [U0ALICE]
`;
  expect(load(file({ more })).services.map(({ name }) => name)).toEqual(['shop', 'admin']);
});

describe('a rule that nobody could fulfil is a problem', () => {
  test.each([
    [
      'a freeze that never ends',
      'freezes: [{ days: [mon, tue, wed, thu, fri, sat, sun], from: "06:00", to: "18:00", reason: a }, { days: [mon, tue, wed, thu, fri, sat, sun], from: "18:00", to: "06:00", reason: b }]',
      'services[0].freezes: freezes that cover the whole week; expected at least one minute of the week without a freeze',
    ],
    [
      'a freeze that never ends, with one of a day beside it',
      'freezes: [{ days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "24:00", reason: a }, { from: 2026-12-20, to: 2027-01-03, reason: b }]',
      'services[0].freezes: freezes that cover the whole week; expected at least one minute of the week without a freeze',
    ],
    [
      'more approvals than people, of whom the requester is one',
      'approvals: { required: 2, from: [U0ALICE, U0BOB] }',
      "services[0].approvals.required: 2 (a number), but at most 1 of the 2 in approvals.from can approve a deployer's request; expected at most 1: nobody approves their own request",
    ],
    [
      'of a roll back, too',
      'approvals: { from: [U0ALICE] }\n    rollback: { approvals: 1 }',
      "services[0].rollback.approvals: 1 (a number), but at most 0 of the 1 in approvals.from can approve a deployer's request; expected at most 0: nobody approves their own request",
    ],
  ])('%s', (_, service, problem) => expect(lines(file({ service }))).toEqual([problem]));

  test.each([
    'approvals: { required: 1, from: [U0ALICE, U0BOB] }',
    // How many a group has the file cannot tell.
    'approvals: { required: 9, from: [S0LEADS] }',
    'freezes: [{ days: [fri], from: "16:00", to: "24:00", reason: Friday }]',
  ])('and one that somebody can is none: %s', (service) => expect(load(file({ service })).services).toHaveLength(1));
});

test('their values that ask for nothing are taken', () => {
  const service = 'mode: button\n    freezes: []\n    override: []\n    rollback: { approvals: 0 }\n    hold: 1d';
  expect(load(file({ service })).services[0]).toMatchObject({ mode: 'button', holdMs: 86_400_000 });
});

test.each([
  ['a day that is none', '{ days: [fry], from: "16:00", to: "24:00", reason: x }', 'days[0]: "fry"'],
  ['a time that is none', '{ days: [fri], from: "16:00", to: "25:00", reason: x }', 'to: "25:00"; expected a time'],
  ['no length', '{ days: [fri], from: "16:00", to: "16:00", reason: x }', 'to: "16:00"; expected a time other'],
  [
    'a date that is none',
    '{ from: 2026-02-30, to: 2026-03-01, reason: x }',
    'from: "2026-02-30"; expected a date that',
  ],
  [
    'an end before its start',
    '{ from: 2027-01-03, to: 2026-12-20, reason: x }',
    'to: "2026-12-20"; expected a date not',
  ],
  ['no reason', '{ from: 2026-12-20, to: 2027-01-03 }', 'reason: missing; expected a reason'],
])('a freeze with %s is a problem of its own', (_, freeze, start) => {
  const found = lines(file({ service: `freezes: [${freeze}]` })).filter((line) => !line.includes('not carried out'));
  expect(found).toEqual([expect.stringContaining(`services[0].freezes[0].${start}`)]);
});

test('inputs are passed on as they are written', () => {
  const { services } = load(file({ inputs: '{ region: eu, version: 1.10, dry: true, build: 007, note: "" }' }));
  expect(services[0]?.production.inputs).toEqual({
    region: 'eu',
    version: '1.10',
    dry: 'true',
    build: '007',
    note: '',
  });
});

test.each(['0xC0FFEE', '0o17', '1e5', '007', '16', 'true', 'null', '2026-11-29', '1_000'])(
  'the login %s is no number, date or truth value',
  (login) => {
    expect(load(file({ top: `people: { ${login}: U0LEAD }` })).people).toEqual({ [login.toLowerCase()]: 'U0LEAD' });
  },
);

test.each(['true', 'null', 'NaN'])('the input %s keeps its name', (name) => {
  const [service] = load(file({ inputs: `{ ${name}: x }` })).services;
  expect(service?.production.inputs).toEqual({ [name]: 'x' });
});

test('two logins are two names even if they are the same number; one login twice is a problem', () => {
  expect(load(file({ top: 'people: { 16: U0A, 0x10: U0B }' })).people).toEqual({ 16: 'U0A', '0x10': 'U0B' });
  expect(lines(file({ top: 'people: { 0x10: U0A, 0x10: U0B }' }))).toEqual([
    expect.stringContaining('a duplicate key; expected each key once'),
  ]);
});

test('logins are the same in capitals, and a part of the file can be named once and used twice', () => {
  const more = `  - name: admin
    repository: acme/admin
    branch: trunk
    staging: { workflow: staging.yml, test_report: junit }
    production: { workflow: production.yml }
    channel: G0ADMIN
    deployers: *all
`;
  const config = load(file({ top: 'people: { OctoCat: W0OCTO }\n', service: 'deployers: &all [U0A1, S0B2]', more }));
  expect(config.people).toEqual({ octocat: 'W0OCTO' });
  expect(config.services[1]).toMatchObject({
    deployers: ['U0A1', 'S0B2'],
    approvals: { from: ['U0A1', 'S0B2'] },
    channel: 'G0ADMIN',
    production: { ref: 'trunk' },
    staging: { testReport: 'junit' },
  });
});
