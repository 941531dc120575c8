import { getTasks } from 'node-cron';
import { plainText } from '../../sandbox/slack/reading.js';
import { createPool } from '../../src/db/pool.js';
import { scheduleDigest } from '../../src/jobs/digest.js';
import { withOlderZones } from '../support/older-zones.js';
import { freshDatabase } from '../support/postgres.js';
import { BOB, configOf, SHOP, startTeam, type Team, type TeamOptions } from '../support/team.js';
import { until } from '../support/until.js';

/** Digests and freezes in zones whose clocks change, and what people are told about them. */

let team: Team | undefined;
afterEach(async () => {
  await team?.stop();
  team = undefined;
});

async function inZone(timezone: string, digest: string, options: TeamOptions & { freezes?: string } = {}) {
  const { freezes = '[]', ...rest } = options;
  const config = configOf({
    top: `timezone: ${timezone}\ndigest: "${digest}"`,
    service: `    freezes: ${freezes}`,
  });
  team = await startTeam({ config, ...rest });
  return team;
}

const digestsIn = (of: Team) =>
  of.slack
    .messages(SHOP)
    .filter((one) => (one.metadata as { event_type?: string } | undefined)?.event_type === 'pushbutton_digest');
const slots = async (of: Team) =>
  (await of.rows<{ slot: Date }>('select slot from digests order by slot')).map(({ slot }) => slot.toISOString());

const HOUR = 3_600_000;
const MINUTE = 60_000;
const iso = (instant: number) => new Date(instant).toISOString();
const moveTo = (of: Team, instant: number) => of.moveClock(instant + 20_000 - of.now());

/** When the clocks of a zone next go forward or back, from tomorrow on: the first instant with the new offset. */
function nextChange(timeZone: string, goes: 'forward' | 'back'): number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium', dateStyle: 'short' });
  const wall = (instant: number) => {
    const [day = 1, month = 1, year = 1970, ...time] = (format.format(instant).match(/\d+/g) ?? []).map(Number);
    return Date.UTC(year, month - 1, day, ...(time as [number, number, number]));
  };
  const offset = (instant: number) => wall(instant) - Math.floor(instant / 1_000) * 1_000;
  let at = Math.ceil((Date.now() + 24 * HOUR) / HOUR) * HOUR;
  for (const last = at + 400 * 24 * HOUR; at < last; at += HOUR / 2) {
    const by = offset(at + HOUR / 2) - offset(at);
    if (goes === 'forward' ? by > 0 : by < 0) return at + HOUR / 2;
  }
  throw new Error(`the clocks of ${timeZone} do not go ${goes}`);
}

test('a midnight that the clocks skip has its digest at the jump', async () => {
  const of = await inZone('Africa/Cairo', '0 0 * * *', { movableClock: true, replicas: 2 });
  const jump = nextChange('Africa/Cairo', 'forward');
  await moveTo(of, jump);
  await until('the digest, at one', () => digestsIn(of).length === 1);
  await moveTo(of, jump + 23 * HOUR);
  await until('that of the next midnight', () => digestsIn(of).length === 2);
  expect(await slots(of)).toEqual([iso(jump), iso(jump + 23 * HOUR)]);
});

// In minutes from when the clocks go back: the time as it is shown first, again, and on the next day.
test.each([
  ['Atlantic/Azores', '@daily', -60, 0, 1_440],
  ['Australia/Lord_Howe', '45 1 * * *', -15, 15, 1_455],
  ['Antarctica/Troll', '30 1 * * *', -90, 30, 1_470],
])('in %s, "%s" has one digest on the night that shows that time twice', async (timezone, cron, ...minutes) => {
  const of = await inZone(timezone, cron, { movableClock: true });
  const back = nextChange(timezone, 'back');
  const [first, again, next] = minutes.map((after) => back + after * MINUTE) as [number, number, number];
  // One more replica, which looks when it is told to.
  const another = scheduleDigest(of.pool, cron, timezone, [SHOP]);
  await another.catchUp();
  await moveTo(of, first);
  await another.catchUp();
  await until('the digest', () => digestsIn(of).length === 1);
  await moveTo(of, again);
  await another.catchUp();
  expect(await slots(of)).toEqual([iso(first)]);
  await moveTo(of, next);
  await another.catchUp();
  await another.stop();
  await until('the digest of the next day', () => digestsIn(of).length === 2);
  expect(await slots(of)).toEqual([iso(first), iso(next)]);
});

/** Until the result is called, the clock of this process shows a time that is so many milliseconds later. */
function shiftedBy(ms: number): () => void {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...of: unknown[]) {
      super((of.length === 0 ? Real.now() + ms : of[0]) as number);
    }
    static override now = () => Real.now() + ms;
  } as DateConstructor;
  return () => {
    globalThis.Date = Real;
  };
}

/** Three replicas whose clock shows `minute` in a moment; ends when node-cron has woken each. Gives the digests taken. */
async function wokenAt(minute: number, cron: string): Promise<number[]> {
  const database = await freshDatabase();
  const pool = createPool(database.url, { max: 6 });
  const restore = shiftedBy(minute - 50 - Date.now());
  try {
    const before = new Set(getTasks().keys());
    const schedules = [1, 2, 3].map(() => scheduleDigest(pool, cron, 'Europe/Berlin', [SHOP]));
    const tasks = [...getTasks()].flatMap(([id, task]) => (before.has(id) ? [] : [task]));
    expect(tasks).toHaveLength(3);
    const woken = (task: (typeof tasks)[number]) =>
      new Promise<void>((resolve) => {
        task.once('execution:finished', () => resolve());
        task.once('execution:skipped', () => resolve());
      });
    await Promise.all(tasks.map(woken));
    await Promise.all(schedules.map((one) => one.stop()));
    const { rows } = await pool.query<{ slot: Date }>('select slot from digests');
    return rows.map(({ slot }) => slot.getTime());
  } finally {
    restore();
    await pool.end();
    await database.drop();
  }
}

test('node-cron wakes every replica on the minute, and one of them takes the digest', async () => {
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  // On a slow machine the next minute may have begun.
  const slots = await wokenAt(minute, '* * * * *');
  expect(slots.filter((slot) => slot === minute)).toEqual([minute]);
});

test('it also wakes them when the clocks show the time again, and nobody takes it', async () => {
  expect(await wokenAt(Date.parse('2025-10-26T01:30:00Z'), '30 2 * * *')).toEqual([]);
});

const MOMENT = String.raw`\w{3} \d{1,2} \w{3} \d{4}, \d\d:\d\d UTC[+-]\d\d:\d\d`;
const FRIDAYS = '[{ days: [fri], from: "16:00", to: "24:00", reason: No Friday <!channel> deploys }]';

test('at the start and in /release digest stand the next digests and the next freeze, with the offset of their zone', async () => {
  const of = await inZone('America/St_Johns', '0 9 * * 1-5', { freezes: FRIDAYS });
  const digests = `next ${MOMENT}; ${MOMENT}; ${MOMENT}; America/St_Johns`;
  const freezes = `(next from|now, since) ${MOMENT} to ${MOMENT}; America/St_Johns; shop: No Friday <!channel> deploys`;
  const [said] = of.logged.map((one) => JSON.parse(one)).filter(({ msg }) => msg === 'what comes next');
  expect(said.digests).toMatch(new RegExp(`^${digests}$`));
  expect(said.digests.match(/(Mon|Tue|Wed|Thu|Fri) \d+ \w+ \d+, 09:00 UTC-0[23]:30/g)).toHaveLength(3);
  expect(said.freezes).toMatch(new RegExp(`^${freezes}$`));
  expect(said.freezes).toMatch(/Fri .*, 16:00 UTC-0[23]:30 to Sat .*, 00:00 UTC-0[23]:30/);

  await of.slack.command({ user: BOB, channel: SHOP, text: 'digest' });
  const answer = await until('the answer', () => of.slack.ephemerals(BOB)[0]);
  // Not as Slack shows moments, in the reader's own zone.
  expect(plainText(answer)).toMatch(new RegExp(`Digests: ${digests}[\\s\\S]*Freezes: ${freezes}`));
  expect(answer.text).toMatch(new RegExp(`Digests: ${digests}`));
  expect(answer.text).toContain('&lt;!channel&gt;');
});

test('without a digest and without freezes, that is said', async () => {
  team = await startTeam();
  const [said] = team.logged.map((one) => JSON.parse(one)).filter(({ msg }) => msg === 'what comes next');
  expect(said).toMatchObject({ digests: 'none configured', freezes: 'none to come in the next 400 days' });
  expect(team.logged.filter((one) => one.includes('time zone'))).toEqual([]);
});

test('a database with older time zone data is told at the start, and Pushbutton starts', async () => {
  const database = await freshDatabase();
  await withOlderZones(database.url);
  const of = await inZone('Europe/Berlin', '0 9 * * *', { database });
  const warned = of.logged.map((one) => JSON.parse(one)).filter(({ msg }) => msg.includes('time zone'));
  expect(warned.map(({ msg, level }) => [msg, level])).toEqual([
    [
      expect.stringMatching(
        new RegExp(
          `^Node's time zone data ${process.versions.tz} and that of PostgreSQL .* differ on Europe/Berlin: .*` +
            `Digests and freezes go by Node's, in which it is ${MOMENT} there now. Look at a clock there`,
        ),
      ),
      'warn',
    ],
  ]);
});
