import { clockVerdict } from '../../src/doctor/clock.js';
import { type Installation, install, line } from '../support/installation.js';

let shop: Installation | null = null;
afterEach(async () => {
  await shop?.stop();
  shop = null;
});

test('a clock that is a minute off is wrong: Slack refuses what is five off', () => {
  expect(clockVerdict('Slack', 0)).toEqual({ is: 'ok', says: 'agrees with this machine' });
  expect(clockVerdict('Slack', -60_000)).toEqual({ is: 'ok', says: '60 s behind this machine' });
  expect(clockVerdict('Slack', 60_001)).toMatchObject({ is: 'wrong', found: 'Slack is 60 s ahead of this machine' });
  expect(clockVerdict('GitHub', null)).toEqual({ is: 'skipped', why: 'GitHub did not answer' });
});

test("this machine's clock agrees with those of the database, Slack and GitHub", async () => {
  shop = await install();
  const checks = await shop.examined();
  for (const id of ['clock.database', 'clock.slack', 'clock.github']) expect(line(checks, id)).toMatch(/^ok: /);
});

test('one that does not is told, by any answer that has a date', async () => {
  shop = await install({
    as: 'token',
    slack: { now: () => Date.now() + 200_000 },
    github: { now: () => new Date(Date.now() - 90_000) },
  });
  const checks = await shop.examined();
  expect(line(checks, 'clock.slack')).toMatch(
    /^wrong: Slack is \d+ s ahead of this machine\. Synchronise the clocks with a time server/,
  );
  expect(line(checks, 'clock.github')).toMatch(/^wrong: GitHub is \d+ s behind this machine/);
  // A refusal has a date, too.
  expect(await shop.verdict('clock.slack', undefined, { SLACK_BOT_TOKEN: 'xoxb-of-another-app' })).toMatch(/^wrong: /);
  shop.slack.fail('*', { kind: 'refuse' }, Number.POSITIVE_INFINITY);
  expect(await shop.verdict('clock.slack')).toBe('skipped: Slack did not answer');
});
