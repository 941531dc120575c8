import { type Clocks, clocksAt, instantNamed, type TimeNamed } from '../../src/core/time/start-time.js';

/** The instant that a person means, in nights when clocks change, too. */

const at = (clock: string, date: string | null = null): TimeNamed => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return { is: 'at', date, minutes: hours * 60 + minutes };
};
const minutes = (count: number): TimeNamed => ({ is: 'in', ms: count * 60_000 });

test.each<[zone: string, now: string, TimeNamed, instant: string | null]>([
  // On a usual day: today if it is still to come, else tomorrow; never now.
  ['Europe/Berlin', '2026-12-01T09:00:00Z', at('14:00'), '2026-12-01T13:00:00Z'],
  ['Europe/Berlin', '2026-12-01T13:00:00Z', at('14:00'), '2026-12-02T13:00:00Z'],
  ['Europe/Berlin', '2026-12-01T12:59:59.999Z', at('14:00'), '2026-12-01T13:00:00Z'],
  ['Europe/Berlin', '2026-12-01T23:30:00Z', at('00:15'), '2026-12-02T23:15:00Z'],
  ['Europe/Berlin', '2026-12-31T22:30:00Z', at('00:15'), '2026-12-31T23:15:00Z'],
  ['UTC', '2026-12-01T09:00:00Z', at('09:30', '2026-12-24'), '2026-12-24T09:30:00Z'],
  ['UTC', '2026-12-24T09:30:00Z', at('09:30', '2026-12-24'), null],
  // The clocks of Berlin skip from 02:00 to 03:00 on 29 March 2026, and show 02:00 to 03:00 twice on 25 October.
  ['Europe/Berlin', '2026-03-28T20:00:00Z', at('01:59'), '2026-03-29T00:59:00Z'],
  ['Europe/Berlin', '2026-03-28T20:00:00Z', at('02:30'), '2026-03-29T01:00:00Z'],
  ['Europe/Berlin', '2026-03-29T01:00:00Z', at('02:30'), '2026-03-30T00:30:00Z'],
  ['Europe/Berlin', '2026-03-28T20:00:00Z', at('03:00'), '2026-03-29T01:00:00Z'],
  ['Europe/Berlin', '2026-10-24T20:00:00Z', at('02:30'), '2026-10-25T00:30:00Z'],
  ['Europe/Berlin', '2026-10-25T00:30:00Z', at('02:30'), '2026-10-25T01:30:00Z'],
  ['Europe/Berlin', '2026-10-25T01:30:00Z', at('02:30'), '2026-10-26T01:30:00Z'],
  ['Europe/Berlin', '2026-10-25T00:45:00Z', at('02:30', '2026-10-25'), '2026-10-25T01:30:00Z'],
  ['Europe/Berlin', '2026-10-24T20:00:00Z', at('14:00'), '2026-10-25T13:00:00Z'],
  // New York: 8 March and 1 November 2026.
  ['America/New_York', '2026-03-08T05:00:00Z', at('02:30'), '2026-03-08T07:00:00Z'],
  ['America/New_York', '2026-11-01T04:00:00Z', at('01:30'), '2026-11-01T05:30:00Z'],
  ['America/New_York', '2026-11-01T05:45:00Z', at('01:30'), '2026-11-01T06:30:00Z'],
  // Lord Howe moves its clocks by half an hour: 5 April and 4 October 2026, at 02:00.
  ['Australia/Lord_Howe', '2026-04-04T14:00:00Z', at('01:45'), '2026-04-04T14:45:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T14:50:00Z', at('01:45'), '2026-04-04T15:15:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T14:00:00Z', at('02:15'), '2026-10-03T15:30:00Z'],
  // Samoa skipped 30 December 2011 as a whole: its times are the midnight after it.
  ['Pacific/Apia', '2011-12-30T09:00:00Z', at('14:00'), '2011-12-30T10:00:00Z'],
  // A duration passes by, whatever the clocks show; it is rounded up to a whole minute.
  ['Europe/Berlin', '2026-03-29T00:30:00Z', minutes(120), '2026-03-29T02:30:00Z'],
  ['Europe/Berlin', '2026-10-25T00:30:00Z', minutes(120), '2026-10-25T02:30:00Z'],
  ['UTC', '2026-12-01T09:00:00.001Z', minutes(1), '2026-12-01T09:02:00Z'],
  ['UTC', '2026-12-01T09:00:00Z', minutes(1), '2026-12-01T09:01:00Z'],
])('in %s at %s, %j is %s', (zone, now, named, instant) => {
  const found = instantNamed(named, zone, new Date(now));
  expect(found?.toISOString() ?? null).toBe(instant === null ? null : new Date(instant).toISOString());
});

test.each<[zone: string, instant: string, Clocks]>([
  ['Europe/Berlin', '2026-12-01T13:00:00Z', { is: 'usual' }],
  ['Europe/Berlin', '2026-03-29T01:00:00Z', { is: 'skip', from: '02:00', to: '03:00' }],
  ['Europe/Berlin', '2026-03-29T01:01:00Z', { is: 'usual' }],
  ['Europe/Berlin', '2026-10-25T00:30:00Z', { is: 'first', shows: '02:30' }],
  ['Europe/Berlin', '2026-10-25T01:30:00Z', { is: 'second', shows: '02:30' }],
  ['Europe/Berlin', '2026-10-25T02:00:00Z', { is: 'usual' }],
  ['America/New_York', '2026-11-01T06:30:00Z', { is: 'second', shows: '01:30' }],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z', { is: 'skip', from: '02:00', to: '02:30' }],
  ['Australia/Lord_Howe', '2026-04-04T15:15:00Z', { is: 'second', shows: '01:45' }],
])('in %s, %s is %j', (zone, instant, clocks) => {
  expect(clocksAt(zone, new Date(instant))).toEqual(clocks);
});
