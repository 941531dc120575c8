import { ConfigProblems, loadConfig } from '../../src/config/config.js';

/** The time zone and the cron of the config: what other programs would read otherwise is refused, all of it at once. */

const env = {
  SLACK_BOT_TOKEN: 'xoxb-1234567',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
  GITHUB_TOKEN: 'ghp_abcdefghijk',
  GITHUB_WEBHOOK_SECRET: 'a-webhook-secret',
};

function problems(top: string): string[] {
  const file = `
channel: C0RELEASES
${top}
services:
  - name: shop
    repository: acme/shop
    staging: { workflow: staging.yml }
    production: { workflow: production.yml }
    deployers: [U0ALICE]
`;
  try {
    loadConfig(env, () => file);
    return [];
  } catch (error) {
    if (error instanceof ConfigProblems) return error.lines();
    throw error;
  }
}

/** All that Node knows beyond the tz database: ICU's own abbreviations, and names that the tz database has dropped. */
const NODES_OWN = [
  ...'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(' '),
  ...['SystemV/AST4', 'SystemV/PST8PDT', 'US/Pacific-New', 'Canada/East-Saskatchewan'],
];

test.each([...NODES_OWN, ...NODES_OWN.map((name) => name.toLowerCase())])('the time zone %s is refused', (name) => {
  expect(problems(`timezone: ${name}`)).toEqual([
    expect.stringMatching(/^timezone: ".+"; expected a time zone from the IANA list/),
  ]);
});

test.each([
  ['BST', 'Europe/London'],
  ['AST', 'America/Halifax or Asia/Riyadh'],
  ['IST', 'Asia/Kolkata, Europe/Dublin or Asia/Jerusalem'],
  ['CST', 'America/Chicago or Asia/Shanghai'],
  ['NST', 'America/St_Johns'],
  ['AET', 'Australia/Sydney'],
  ['cest', 'Europe/Berlin'],
  ['Europe/Berlim', 'Europe/Berlin'],
  ['New York', 'America/New_York'],
])('instead of %s, %s was probably meant', (name, meant) => {
  expect(problems(`timezone: ${name}`)).toEqual([
    `timezone: "${name}"; expected a time zone from the IANA list; ${meant} was probably meant`,
  ]);
});

test.each(
  (
    'UTC GMT GMT+0 Etc/UTC Etc/GMT+3 Zulu Europe/Berlin europe/berlin Europe/Kyiv Europe/Kiev Asia/Kolkata Asia/Calcutta ' +
    'US/Eastern Canada/Atlantic Brazil/East Chile/Continental Mexico/General America/Argentina/ComodRivadavia ' +
    'America/Indiana/Indianapolis Antarctica/Troll Arctic/Longyearbyen Atlantic/Azores Indian/Maldives Pacific/Apia ' +
    'CET MET EET WET EST MST HST EST5EDT CST6CDT MST7MDT PST8PDT GB GB-Eire NZ NZ-CHAT PRC ROC ROK W-SU Japan Turkey'
  ).split(' '),
)('the time zone %s is one of the IANA database', (name) => expect(problems(`timezone: ${name}`)).toEqual([]));

test('every zone that Node lists is accepted', () => {
  expect(Intl.supportedValuesOf('timeZone').filter((name) => problems(`timezone: ${name}`).length > 0)).toEqual([]);
});

const FIVE = 'a cron expression of five fields, such as "0 9 * * 1-5"';
test.each([
  [
    '0 9 1,15 * 1-5',
    ', with * as the day of the month or as the day of the week: programs differ on what both together mean',
  ],
  ['0 9 * * 1 5', ': minute, hour, day of the month, month and day of the week, not 6 fields'],
  ['0 0 9 ? * 2-6', ': minute, hour, day of the month, month and day of the week, not 6 fields'],
  ['0 9 *', ': minute, hour, day of the month, month and day of the week, not 3 fields'],
  ['0 9 31W 4 *', ', that names a time in the next ten years'],
  ['0 9 L-29 2 *', ', that names a time in the next ten years'],
  ['0 9 30 2 *', '; "30" is no day of that month'],
  ['61 9 * * *', '; "61" is no minute'],
  ['0 9 * * funday', '; "funday" is no day of the week'],
  ['@reboot', ''],
  ['often', ''],
])('the digest "%s" is refused', (cron, why) => {
  expect(problems(`digest: "${cron}"`)).toEqual([`digest: "${cron}"; expected ${FIVE}${why}`]);
});

test('an expression that names both kinds of day and never comes is a problem too, not the end of the start', () => {
  expect(problems('digest: "0 9 1 * 1#2"')).toEqual([expect.stringMatching(/^digest: "0 9 1 \* 1#2"; expected /)]);
});

test.each(
  [
    '0 9 * * 1-5',
    '0 9 1,15 * *',
    '0 9 ? * mon-fri',
    '*/15 8-18 * * *',
    '0 9 29 2 *',
    '0 9 L * *',
    '0 9 * * 1#2',
    ' 0  9 * * * ',
    '@hourly @daily @Daily @midnight @weekly @monthly @yearly @annually',
  ].flatMap((cron) => (cron.startsWith('@') ? cron.split(' ') : [cron])),
)('the digest "%s" is accepted', (cron) => expect(problems(`digest: "${cron}"`)).toEqual([]));

test('a weekly digest is read in the same way, and needs no daily one', () => {
  expect(problems('weekly: "0 16 * * 5"')).toEqual([]);
  expect(problems('digest: "0 9 * *"\nweekly: "61 9 * * *"')).toEqual([
    expect.stringMatching(/^digest: "0 9 \* \*"; expected a cron expression/),
    expect.stringMatching(/^weekly: "61 9 \* \* \*"; expected a cron expression .*"61" is no minute/),
  ]);
});

test('a wrong zone and a wrong digest are told together', () => {
  expect(problems('timezone: BST\ndigest: "0 9 * * 1 5"')).toEqual([
    expect.stringMatching(/^timezone: /),
    expect.stringMatching(/^digest: /),
  ]);
});
