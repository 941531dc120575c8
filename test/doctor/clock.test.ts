import { yearAhead } from '../../src/core/time/same-zone.js';
import { createPool } from '../../src/db/pool.js';
import { databaseZone } from '../../src/db/zone.js';
import { clockVerdict, zoneVerdict } from '../../src/doctor/clock.js';
import { CONFIG, type Installation, install, line } from '../support/installation.js';
import { withOlderZones } from '../support/older-zones.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';

let shop: Installation | null = null;
let database: TestDatabase | null = null;
afterEach(async () => {
  await shop?.stop();
  await database?.drop();
  shop = null;
  database = null;
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

const MOMENT = String.raw`\w{3} \d{1,2} \w{3} \d{4}, \d\d:\d\d UTC[+-]\d\d:\d\d`;

test('the time zone of the config is the same for Node and for the database, also one named like an abbreviation', async () => {
  shop = await install();
  for (const timezone of ['Europe/Berlin', 'CET', 'WET', 'Australia/Lord_Howe', 'Antarctica/Troll', 'UTC'])
    expect(await shop.verdict('clock.timezone', CONFIG.replace('Europe/Berlin', timezone))).toMatch(
      new RegExp(`^ok: ${timezone}, ${MOMENT} now; the database agrees for the year ahead$`),
    );
});

test('time zone data of the database that is older than that of Node is told, with both versions and the time there', async () => {
  database = await freshDatabase();
  await withOlderZones(database.url);
  shop = await install({ database });
  expect(await shop.verdict('clock.timezone')).toMatch(
    new RegExp(
      `^wrong: Node's time zone data ${process.versions.tz} and that of PostgreSQL [\\d.]+ differ on Europe/Berlin: ` +
        `(now|by ${MOMENT}) its clocks are at UTC\\+0(\\d):00 in Node's and UTC\\+0\\d:00 in the database's. Digests and freezes ` +
        `go by Node's, in which it is ${MOMENT} there now. Look at a clock there, and update whichever is wrong`,
    ),
  );
});

test('a zone that the database does not know is skipped, and so is a database that does not answer', async () => {
  database = await freshDatabase();
  const pool = createPool(database.url);
  const at = yearAhead(new Date());
  // As a zone that is younger than its time zone data.
  const of = await databaseZone(pool, 'America/Nowhere', at);
  await pool.end();
  expect(zoneVerdict('America/Coyhaique', { at, of })).toEqual({
    is: 'skipped',
    why: expect.stringMatching(/^PostgreSQL [\d.]+ does not know America\/Coyhaique: its time zone data \(tzdata;/),
  });
  expect(zoneVerdict('UTC', null)).toEqual({ is: 'skipped', why: 'the database did not answer' });
});

test('the next three digests and the next freeze are told in words, with the offset', async () => {
  shop = await install();
  const checks = await shop.examined(
    `${CONFIG}    freezes: [{ from: 2099-12-20, to: 2099-12-21, reason: Year end }]\n`,
  );
  expect(line(checks, 'settings.digest')).toMatch(
    new RegExp(`^ok: next ${MOMENT}; ${MOMENT}; ${MOMENT}; Europe/Berlin$`),
  );
  expect(line(checks, 'settings.digest').match(/, 09:00 UTC\+0[12]:00/g)).toHaveLength(3);
  expect(line(checks, 'settings.freezes')).toBe('ok: none to come in the next 400 days');
  const soon = await shop.examined(
    `${CONFIG}    freezes: [{ days: [fri], from: "16:00", to: "24:00", reason: Fridays }]\n`,
  );
  expect(line(soon, 'settings.freezes')).toMatch(
    /^ok: (next from|now, since) Fri .*, 16:00 UTC\+0[12]:00 to Sat .*, 00:00 UTC\+0[12]:00; Europe\/Berlin; shop: Fridays$/,
  );
});
