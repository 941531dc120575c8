import { daysBefore, partsOf, periodOf } from '../../src/core/measures.js';

/** Periods by the wall clock, also in the weeks in which it changes. */

const HOUR = 3_600_000;
const hours = ({ since, until }: { since: Date; until: Date }) => (until.getTime() - since.getTime()) / HOUR;
const iso = (at: Date) => at.toISOString();

test.each([
  ['a usual week', 'Europe/Berlin', '2026-11-23T08:00Z', 168, 168],
  ['the week in which clocks go back', 'Europe/Berlin', '2026-10-26T08:00Z', 169, 168],
  ['the week after it', 'Europe/Berlin', '2026-11-02T08:00Z', 168, 169],
  ['the week in which clocks go forward', 'Europe/Berlin', '2026-03-30T07:00Z', 167, 168],
  ['a zone without changes', 'UTC', '2026-10-26T08:00Z', 168, 168],
  ['a zone that changes by half an hour', 'Australia/Lord_Howe', '2026-10-05T00:00Z', 167.5, 168],
])('%s', (_, timezone, until, now, before) => {
  const period = periodOf(7, new Date(until), timezone);
  expect([hours(period.now), hours(period.before)]).toEqual([now, before]);
  expect(period.before.until).toEqual(period.now.since);
});

test('a time that the clocks skipped a week ago is that of the jump; one that they showed twice the first', () => {
  expect(iso(daysBefore(new Date('2026-04-05T00:30Z'), 7, 'Europe/Berlin'))).toBe('2026-03-29T01:00:00.000Z');
  expect(iso(daysBefore(new Date('2026-11-01T01:30Z'), 7, 'Europe/Berlin'))).toBe('2026-10-25T00:30:00.000Z');
});

test.each([
  [15, [1, 7, 7]],
  [30, [2, 7, 7, 7, 7]],
  [90, [6, ...Array.from({ length: 12 }, () => 7)]],
])('%d days are drawn in weeks of %j days', (days, each) => {
  const period = periodOf(days, new Date('2026-08-24T08:00Z'), 'Europe/Berlin');
  const parts = partsOf(period, 'Europe/Berlin');
  expect(parts.map((part) => hours(part) / 24)).toEqual(each);
  expect(parts[0]?.since).toEqual(period.now.since);
  expect(parts.at(-1)?.until).toEqual(period.now.until);
});

test.each([
  ['at nine, by eight midnights', '2026-08-24T07:00Z', [15, 24, 24, 24, 24, 24, 24, 9]],
  ['at midnight', '2026-08-23T22:00Z', [24, 24, 24, 24, 24, 24, 24]],
  ['when clocks went back', '2026-10-26T08:00Z', [15, 24, 24, 24, 24, 24, 25, 9]],
])('seven days are drawn by the calendar, %s', (_, until, each) => {
  const parts = partsOf(periodOf(7, new Date(until), 'Europe/Berlin'), 'Europe/Berlin');
  expect(parts.map(hours)).toEqual(each);
});
