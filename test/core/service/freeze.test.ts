import fc from 'fast-check';
import { type Freeze, frozen, neverOpens } from '../../../src/core/service/freeze.js';

const friday = { days: ['fri'], from: '16:00', to: '24:00', reason: 'No Friday evening deploys' } as const;
const nights = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '22:00', to: '06:00', reason: 'Night' } as const;
const yearEnd = { from: '2026-12-20', to: '2027-01-03', reason: 'Year end' } as const;
const sundays = (from: string, to: string) => ({ days: ['sun'], from, to, reason: 'Sunday' }) as const;

/** What a freeze says at an instant, as instants in UTC. */
function at(instant: string, timezone: string, ...freezes: Freeze[]): string | null {
  const found = frozen(freezes, timezone, new Date(instant));
  const said = (moment: Date) => moment.toISOString().slice(0, 16).replace('T', ' ');
  return found && `${found.reason}: ${said(found.since)} to ${said(found.until)}`;
}

describe('the time of day', () => {
  test.each([
    ['2026-11-27T14:59:59Z', null],
    ['2026-11-27T15:00:00Z', 'No Friday evening deploys: 2026-11-27 15:00 to 2026-11-27 23:00'],
    ['2026-11-27T22:59:59Z', 'No Friday evening deploys: 2026-11-27 15:00 to 2026-11-27 23:00'],
    ['2026-11-27T23:00:00Z', null],
  ])('of Friday evening in Berlin: %s', (instant, told) => expect(at(instant, 'Europe/Berlin', friday)).toBe(told));

  test('over midnight, it is of the day on which it starts', () => {
    const monday = 'Night: 2026-11-23 21:00 to 2026-11-24 05:00';
    expect(at('2026-11-23T22:30:00Z', 'Europe/Berlin', nights)).toBe(monday);
    expect(at('2026-11-24T04:59:00Z', 'Europe/Berlin', nights)).toBe(monday);
    expect(at('2026-11-24T05:00:00Z', 'Europe/Berlin', nights)).toBeNull();
    // Friday's night goes into Saturday; Saturday's and Sunday's have none.
    expect(at('2026-11-28T04:00:00Z', 'Europe/Berlin', nights)).toBe('Night: 2026-11-27 21:00 to 2026-11-28 05:00');
    expect(at('2026-11-23T04:00:00Z', 'Europe/Berlin', nights)).toBeNull();
  });
});

test('dates hold from the first midnight to the end of the last day, over the turn of the year', () => {
  const whole = 'Year end: 2026-12-19 23:00 to 2027-01-03 23:00';
  expect(at('2026-12-19T22:59:00Z', 'Europe/Berlin', yearEnd)).toBeNull();
  for (const instant of ['2026-12-19T23:00:00Z', '2026-12-31T23:30:00Z', '2027-01-03T22:59:00Z'])
    expect(at(instant, 'Europe/Berlin', yearEnd)).toBe(whole);
  expect(at('2027-01-03T23:00:00Z', 'Europe/Berlin', yearEnd)).toBeNull();
});

test('windows that overlap or touch are one, told by the reason of the one that ends last', () => {
  const before = { from: '2026-12-18', to: '2026-12-19', reason: 'Stocktaking' };
  const told = 'Year end: 2026-12-17 23:00 to 2027-01-03 23:00';
  expect(at('2026-12-20T12:00:00Z', 'Europe/Berlin', before, yearEnd)).toBe(told);
  expect(at('2026-12-18T16:00:00Z', 'Europe/Berlin', friday, before, yearEnd)).toBe(
    told.replace('Year end', 'Stocktaking'),
  );
  const split = [sundays('00:00', '12:00'), { ...sundays('12:00', '18:00'), reason: 'Later' }];
  expect(at('2026-11-29T05:00:00Z', 'UTC', ...split)).toBe('Sunday: 2026-11-29 00:00 to 2026-11-29 18:00');
});

/** Both switches of a year: the clocks go forward at the first instant, back at the second. */
describe.each([
  // 02:00 becomes 03:00, 03:00 becomes 02:00.
  ['Europe/Berlin', '2026-03-29', '2026-10-25'],
  ['America/New_York', '2026-03-08', '2026-11-01'],
  // Half an hour: 02:00 becomes 02:30 in October, 02:00 becomes 01:30 in April.
  ['Australia/Lord_Howe', '2026-10-04', '2026-04-05'],
])('where the clocks are changed: %s', (timezone, forward, back) => {
  const hours = (date: string, from: string, to: string) => {
    const noon = frozen([sundays(from, to)], timezone, inside(timezone, date, from));
    return noon && (noon.until.getTime() - noon.since.getTime()) / 3_600_000;
  };

  test('a window over the change is as much shorter or longer as the day', () => {
    const step = timezone === 'Australia/Lord_Howe' ? 0.5 : 1;
    expect(hours(forward, '00:00', '12:00')).toBe(12 - step);
    expect(hours(back, '00:00', '12:00')).toBe(12 + step);
    expect(hours('2026-06-07', '00:00', '12:00')).toBe(12);
  });

  test('one that begins or ends in the hour that does not come does so at the jump', () => {
    const jump = frozen([sundays('00:00', '02:15')], timezone, inside(timezone, forward, '00:00'))?.until;
    const other = frozen([sundays('02:15', '12:00')], timezone, inside(timezone, forward, '11:00'))?.since;
    expect(jump).toBeDefined();
    expect(jump).toEqual(other);
  });

  test('a time that comes twice is frozen both times, and what lies between is open', () => {
    const [from, to] = timezone === 'Australia/Lord_Howe' ? ['01:40', '01:50'] : ['02:10', '02:20'];
    const [start, end] = timezone === 'America/New_York' ? ['01:10', '01:20'] : [from, to];
    const window = sundays(start, end);
    const minutes = Array.from(
      { length: 300 },
      (_, minute) => inside(timezone, back, '00:00').getTime() + minute * 60_000,
    );
    const during = minutes.filter((minute) => frozen([window], timezone, new Date(minute)) !== null);
    expect(during).toHaveLength(20);
    const first = frozen([window], timezone, new Date(during[0] as number));
    expect((Number(first?.until) - Number(first?.since)) / 60_000).toBe(10);
  });
});

/** A minute after that wall time of a date, found by walking. */
function inside(timezone: string, date: string, time: string): Date {
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
  for (let minute = Date.parse(date) - 86_400_000; ; minute += 60_000)
    if (wall.format(minute) === `${date} ${time}`) return new Date(minute + 60_000);
}

test('in any zone, at any time, it says what a walk minute by minute says', () => {
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'Pacific/Apia',
  );
  const time = fc.integer({ min: 0, max: 95 }).map((quarter) => clock(quarter * 15));
  const weekly = fc.record({
    days: fc.uniqueArray(fc.constantFrom('sun', 'mon', 'fri', 'sat'), { minLength: 1 }),
    from: time,
    to: time,
    reason: fc.constant('weekly'),
  });
  const around = fc.constantFrom(
    '2026-03-29',
    '2026-10-25',
    '2026-03-08',
    '2026-11-01',
    '2026-04-05',
    '2026-10-04',
    '2026-07-01',
  );
  fc.assert(
    fc.property(
      zone,
      fc.array(weekly, { minLength: 1, maxLength: 3 }),
      around,
      fc.integer({ min: -2_000, max: 2_000 }),
      (tz, all, date, shift) => {
        const freezes = all.filter(({ from, to }) => from !== to) as unknown as Freeze[];
        const start = Date.parse(date) + shift * 60_000;
        const found = frozen(freezes, tz, new Date(start));
        expect(found !== null).toBe(slow(freezes, tz, start));
        if (!found) return;
        let minute = start;
        while (slow(freezes, tz, minute) && minute - start < 3 * 86_400_000) minute += 60_000;
        if (minute - start < 3 * 86_400_000) expect(found.until.getTime()).toBe(minute);
      },
    ),
    { numRuns: 60, seed: 20_261_126 },
  );
});

const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const walls = new Map<string, Intl.DateTimeFormat>();

/** The words of the config, minute by minute: the weekday and the time that a clock on the wall shows. */
function slow(freezes: readonly Freeze[], timeZone: string, instant: number): boolean {
  const wall =
    walls.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  walls.set(timeZone, wall);
  const [, day = '', time = ''] = /^(\w{3}),? (\d\d:\d\d)$/.exec(wall.format(instant)) ?? [];
  const week = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  const today = day.toLowerCase();
  const yesterday = (week[(week.indexOf(day) + 6) % 7] as string).toLowerCase();
  return freezes.some((freeze) => {
    if (!('days' in freeze)) return false;
    const on = (name: string) => (freeze.days as readonly string[]).includes(name);
    if (freeze.from < freeze.to) return on(today) && time >= freeze.from && time < freeze.to;
    return (on(today) && time >= freeze.from) || (on(yesterday) && time < freeze.to);
  });
}

test('windows that leave no minute of the week open are known as such', () => {
  const all = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
  expect(neverOpens([{ days: all, from: '00:00', to: '24:00', reason: 'x' }])).toBe(true);
  expect(neverOpens([{ days: all, from: '12:00', to: '11:59', reason: 'x' }])).toBe(false);
  const halves = [
    { days: all, from: '18:00', to: '06:00', reason: 'x' },
    { days: all, from: '06:00', to: '18:00', reason: 'x' },
  ];
  expect([neverOpens(halves), neverOpens(halves.slice(1)), neverOpens([yearEnd])]).toEqual([true, false, false]);
});

test('it costs little: it is asked for at each drawing of a card', () => {
  const many: Freeze[] = [friday, nights, yearEnd, sundays('08:00', '10:00'), sundays('12:00', '13:00')];
  // Of the processor, not of the clock: others run beside it.
  const began = process.cpuUsage();
  for (let n = 0; n < 1_000; n += 1) frozen(many, 'Europe/Berlin', new Date(Date.parse('2026-06-01') + n * 7_000_000));
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1_000_000).toBeLessThan(2);
});
