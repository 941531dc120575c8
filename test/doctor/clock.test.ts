import { clockVerdict } from '../../src/core/clock.js';
import { install, line } from '../support/installation.js';

test('a clock that is a minute off is wrong: Slack refuses what is five off', () => {
  expect(clockVerdict('Slack', 0)).toEqual({ is: 'ok', says: 'agrees with this machine' });
  expect(clockVerdict('Slack', -60_000)).toEqual({ is: 'ok', says: '60 s behind this machine' });
  expect(clockVerdict('Slack', 60_001)).toMatchObject({ is: 'wrong', found: 'Slack is 60 s ahead of this machine' });
  expect(clockVerdict('GitHub', null)).toEqual({ is: 'skipped', why: 'GitHub did not answer' });
});

test("this machine's clock is compared with those of the database, Slack and GitHub", async () => {
  const right = await install();
  const checks = await right.examined();
  for (const id of ['clock.database', 'clock.slack', 'clock.github']) expect(line(checks, id)).toMatch(/^ok: /);
  await right.stop();

  const later = await install({
    as: 'token',
    slack: { now: () => Date.now() + 200_000 },
    github: { now: () => new Date(Date.now() - 90_000) },
  });
  expect(await later.verdict('clock.slack')).toMatch(
    /^wrong: Slack is (199|200|201) s ahead of this machine\. Let both follow a time server/,
  );
  expect(await later.verdict('clock.github')).toMatch(/^wrong: GitHub is (89|90|91) s behind this machine/);
  // An answer that refuses has a date, too.
  later.slack.fail('auth.test', { kind: 'error', error: 'invalid_auth' });
  expect(await later.verdict('clock.slack')).toMatch(/^wrong: Slack is/);
  later.slack.fail('*', { kind: 'refuse' }, Number.POSITIVE_INFINITY);
  expect(await later.verdict('clock.slack')).toBe('skipped: Slack did not answer');
  await later.stop();
});
