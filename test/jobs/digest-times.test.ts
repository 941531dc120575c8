import { isDue, latestDue, nextDue } from '../../src/core/time/digest-times.js';
import { namedBy } from '../../src/jobs/digest.js';

/** Which moments a cron names, by the clock of a time zone: each wall time once, whatever the clocks do. */

const HOUR = 3_600_000;
const told = (date: Date | null) => date && `${date.toISOString().slice(0, 16)}Z`;

/** All moments of a local date and the night after, as UTC. */
function from(cron: string, timezone: string, since: string, until: string): (string | null)[] {
  const due = nextDue(namedBy(cron), timezone, new Date(Date.parse(since) - 1), 200);
  return due.filter((at) => at < new Date(until)).map(told);
}

test.each<[string, string, string, string, string | null]>([
  ['on the minute', '0 9 * * *', 'Etc/UTC', '2026-11-23T09:00:00Z', '2026-11-23T09:00Z'],
  ['a while later', '0 9 * * *', 'Etc/UTC', '2026-11-23T09:59:59Z', '2026-11-23T09:00Z'],
  ['an hour later', '0 9 * * *', 'Etc/UTC', '2026-11-23T10:00:00Z', null],
  ['a second before', '0 9 * * *', 'Etc/UTC', '2026-11-23T08:59:59Z', null],
  ['the latest of two', '0,30 9 * * *', 'Etc/UTC', '2026-11-23T09:45:00Z', '2026-11-23T09:30Z'],
  ['on a day that it does not name', '0 9 * * 1-5', 'Etc/UTC', '2026-11-22T09:05:00Z', null],
  ['just after midnight', '55 23 * * 0', 'Etc/UTC', '2026-11-23T00:05:00Z', '2026-11-22T23:55Z'],
  ['winter time', '0 9 * * *', 'Europe/Berlin', '2026-11-23T08:05:00Z', '2026-11-23T08:00Z'],
  ['summer time', '0 9 * * *', 'Europe/Berlin', '2026-07-01T07:05:00Z', '2026-07-01T07:00Z'],
  ['the day on which the clocks go forward', '0 9 * * *', 'Europe/Berlin', '2026-03-29T07:05:00Z', '2026-03-29T07:00Z'],
  ['the old hour on that day', '0 9 * * *', 'Europe/Berlin', '2026-03-29T08:05:00Z', null],
  ['the day on which they go back', '0 9 * * *', 'Europe/Berlin', '2026-10-25T08:05:00Z', '2026-10-25T08:00Z'],
  ['the time that is missing', '30 2 * * *', 'Europe/Berlin', '2026-03-29T01:35:00Z', '2026-03-29T01:00Z'],
  ['the time that comes twice, at first', '30 2 * * *', 'Europe/Berlin', '2026-10-25T00:35:00Z', '2026-10-25T00:30Z'],
  ['the time that comes twice, at last', '30 2 * * *', 'Europe/Berlin', '2026-10-25T01:35:00Z', null],
  ['half an hour off', '0 9 * * *', 'Asia/Kolkata', '2026-11-23T03:40:00Z', '2026-11-23T03:30Z'],
])('%s: %s in %s, asked at %s', (_, cron, timezone, now, expected) => {
  expect(told(latestDue(namedBy(cron), timezone, new Date(now), HOUR))).toBe(expected);
});

test.each<[string, string, string, string, string, string[]]>([
  [
    'a midnight that comes twice',
    '@daily',
    'Atlantic/Azores',
    '2027-10-30T12:00Z',
    '2027-11-01T12:00Z',
    ['2027-10-31T00:00Z', '2027-11-01T01:00Z'],
  ],
  [
    'half an hour that comes twice',
    '45 1 * * *',
    'Australia/Lord_Howe',
    '2027-04-03T00:00Z',
    '2027-04-05T00:00Z',
    ['2027-04-03T14:45Z', '2027-04-04T15:15Z'],
  ],
  [
    'two hours that come twice',
    '30 1 * * *',
    'Antarctica/Troll',
    '2027-10-30T12:00Z',
    '2027-11-01T12:00Z',
    ['2027-10-30T23:30Z', '2027-11-01T01:30Z'],
  ],
  [
    'a midnight that is missing',
    '0 0 * * *',
    'Africa/Cairo',
    '2027-04-29T00:00Z',
    '2027-05-01T00:00Z',
    ['2027-04-29T22:00Z', '2027-04-30T21:00Z'],
  ],
  [
    'the same, and the time that the clocks jump to',
    '0 0,1 * * *',
    'Africa/Cairo',
    '2027-04-29T00:00Z',
    '2027-05-01T00:00Z',
    ['2027-04-29T22:00Z', '2027-04-30T21:00Z', '2027-04-30T22:00Z'],
  ],
  [
    'quarters of an hour that are missing',
    '*/15 2 * * *',
    'Europe/Berlin',
    '2026-03-29T00:00Z',
    '2026-03-29T22:00Z',
    ['2026-03-29T01:00Z'],
  ],
  [
    'a Friday that begins at one',
    '0 0 * * 5',
    'Africa/Cairo',
    '2027-04-29T00:00Z',
    '2027-05-06T00:00Z',
    ['2027-04-29T22:00Z'],
  ],
  [
    'every hour, when an hour comes twice',
    '30 * * * *',
    'Europe/Berlin',
    '2026-10-25T00:00Z',
    '2026-10-25T03:00Z',
    ['2026-10-25T00:30Z', '2026-10-25T01:30Z', '2026-10-25T02:30Z'],
  ],
  [
    'the same by its name',
    '@hourly',
    'Europe/Berlin',
    '2026-10-25T00:00Z',
    '2026-10-25T02:30Z',
    ['2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z'],
  ],
  [
    'every hour, when one is missing',
    '@hourly',
    'Europe/Berlin',
    '2026-03-29T00:00Z',
    '2026-03-29T02:30Z',
    ['2026-03-29T00:00Z', '2026-03-29T01:00Z', '2026-03-29T02:00Z'],
  ],
  [
    'every other hour',
    '0 */2 * * *',
    'Europe/Berlin',
    '2026-10-25T00:00Z',
    '2026-10-25T04:00Z',
    ['2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T03:00Z'],
  ],
])('%s: %s in %s', (_, cron, timezone, since, until, expected) => {
  expect(from(cron, timezone, since, until)).toEqual(expected);
});

const ZONES = (
  'Europe/Berlin Atlantic/Azores Australia/Lord_Howe Antarctica/Troll Africa/Cairo America/New_York America/Havana ' +
  'America/Santiago Asia/Beirut Asia/Kathmandu Pacific/Chatham Africa/Casablanca America/St_Johns UTC'
).split(' ');
test.each(ZONES)('a time of the day has one digest for each date of a year in %s', (timezone) => {
  const dates = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' });
  const since = new Date('2027-01-01T12:00:00Z');
  for (const hour of [0, 1, 2, 3, 12, 23]) {
    const named = namedBy(`30 ${hour} * * *`);
    const due = nextDue(named, timezone, since, 365);
    const days = due.map((at) => dates.format(at));
    expect(new Set(days).size).toBe(365);
    expect([...days].sort()).toEqual(days);
    // Whoever asks later, or about that very moment, is told the same.
    for (const at of due.slice(80, 110)) {
      expect(isDue(named, timezone, at)).toBe(true);
      expect(isDue(named, timezone, new Date(at.getTime() + HOUR))).toBe(false);
      expect(latestDue(named, timezone, new Date(at.getTime() + HOUR - 1), HOUR)).toEqual(at);
    }
  }
});
