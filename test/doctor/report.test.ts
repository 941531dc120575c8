import { type Check, ok, skipped, type Verdict, wrong } from '../../src/core/check.js';
import { reportJson, reportText } from '../../src/doctor/report.js';

const check = (group: string, name: string, verdict: Verdict): Check => ({
  id: `${group}.${name}`,
  group,
  name,
  verdict,
});
const checks = [
  check('Slack', 'token', ok('@pushbutton in the workspace acme')),
  check('Slack', 'channel C0SHOP', wrong('the bot is not in #shop', 'Type in the channel:', '/invite @pushbutton')),
  check(
    'GitHub',
    'webhook of a-company/with-a-long-name',
    skipped('the token may not look, and need not: see its Settings'),
  ),
  check(
    'GitHub',
    'installation',
    wrong('not granted', 'Accept it at:', `https://github.com/organizations/${'a'.repeat(30)}/settings`),
  ),
];
const paper = { width: 60, colour: false };

test('on a terminal it is grouped, aligned and wrapped; what is to be copied stays in one piece', () => {
  expect(reportText(checks, paper)).toBe(`Slack
  ok       token           @pushbutton in the workspace acme
  wrong    channel C0SHOP  the bot is not in #shop.
                           Fix: Type in the channel:
                           /invite @pushbutton

GitHub
  skipped  webhook of a-company/with-a-long-name
                           the token may not look, and need
                           not: see its Settings
  wrong    installation    not granted.
                           Fix: Accept it at:
           https://github.com/organizations/${'a'.repeat(30)}/settings

2 wrong, 1 ok, 1 skipped.
`);
});

test('in a file each check is one line', () => {
  const lines = reportText(checks, { width: null, colour: false }).split('\n');
  expect(lines[2]).toBe(
    '  wrong    channel C0SHOP  the bot is not in #shop. Fix: Type in the channel: /invite @pushbutton',
  );
  expect(lines).toHaveLength(10);
});

test('colour adds nothing that the words do not say', () => {
  const coloured = reportText(checks, { ...paper, colour: true });
  expect(coloured).toContain('\u001b[31mwrong');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of a terminal
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(reportText(checks, paper));
});

test('what others wrote cannot move the cursor', () => {
  const hostile = [check('Slack', 'channel C0SHOP', ok('#shop\u001b[2J\u0007\nok everything'))];
  expect(reportText(hostile, paper)).toContain('#shop [2J ok everything');
  expect(JSON.parse(reportJson(hostile)).checks[0].detail).toBe('#shop [2J ok everything');
});

test('nothing wrong is said in a sentence', () => {
  expect(reportText(checks.slice(0, 1), paper)).toMatch(/\n\nNothing is wrong: 1 ok, 0 skipped\.\n$/);
});

test('for machines it is one document of a shape that stays', () => {
  expect(JSON.parse(reportJson(checks.slice(0, 3)))).toEqual({
    ok: false,
    counts: { ok: 1, wrong: 1, skipped: 1 },
    checks: [
      {
        id: 'Slack.token',
        group: 'Slack',
        name: 'token',
        status: 'ok',
        detail: '@pushbutton in the workspace acme',
        mend: null,
      },
      {
        id: 'Slack.channel C0SHOP',
        group: 'Slack',
        name: 'channel C0SHOP',
        status: 'wrong',
        detail: 'the bot is not in #shop',
        mend: 'Type in the channel: /invite @pushbutton',
      },
      expect.objectContaining({ status: 'skipped', mend: null }),
    ],
  });
});
