import { gatesAhead } from '../../../src/core/service/ahead.js';

/** What a digest says will keep services shut before the next one. Monday, 09:00 in Berlin. */

const NOW = new Date('2026-11-23T08:00Z');
const TOMORROW = new Date('2026-11-24T08:00Z');
const NEXT_WEEK = new Date('2026-11-30T08:00Z');
const lunch = { days: ['mon', 'wed'] as const, from: '12:00', to: '13:00', reason: 'Lunch' };
const yearEnd = { from: '2026-12-20', to: '2027-01-03', reason: 'Year end' };
const lock = (until: Date | null) => ({ by: 'U0BOB', reason: 'Fair', since: NOW, until, nudgedAt: null });
const OPEN = { stop: null, locks: new Map() };

const ahead = (
  services: Parameters<typeof gatesAhead>[1],
  until: Date,
  shut: Parameters<typeof gatesAhead>[0] = OPEN,
) =>
  gatesAhead(shut, services, 'Europe/Berlin', NOW, until).map(({ gate, services: of }) => [
    gate.gate,
    of.join(),
    gate.gate === 'frozen' ? gate.since.toISOString() : gate.reason,
  ]);

test('services that the same freeze stops share it, and each that begins before the next digest is said', () => {
  const services = [
    { name: 'shop', freezes: [lunch, yearEnd] },
    { name: 'site', freezes: [lunch] },
    { name: 'till', freezes: [yearEnd] },
  ];
  expect(ahead(services, TOMORROW)).toEqual([['frozen', 'shop,site', '2026-11-23T11:00:00.000Z']]);
  expect(ahead(services, NEXT_WEEK)).toEqual([
    ['frozen', 'shop,site', '2026-11-23T11:00:00.000Z'],
    ['frozen', 'shop,site', '2026-11-25T11:00:00.000Z'],
  ]);
});

test('a freeze that holds now is said, one that begins with the next digest is said there', () => {
  const now = { days: ['mon'] as const, from: '08:00', to: '10:00', reason: 'Now' };
  const next = { days: ['tue'] as const, from: '09:00', to: '10:00', reason: 'Next' };
  expect(ahead([{ name: 'shop', freezes: [now, next] }], TOMORROW)).toEqual([
    ['frozen', 'shop', '2026-11-23T07:00:00.000Z'],
  ]);
});

test('a stop stands before locks; a lock whose time is over is none', () => {
  const stop = { by: 'U0ALICE', reason: 'Moving', since: NOW };
  const locks = new Map([
    ['shop', lock(null)],
    ['site', lock(NOW)],
    ['till', lock(TOMORROW)],
  ]);
  const services = ['shop', 'site', 'till'].map((name) => ({ name, freezes: [] }));
  expect(ahead(services, TOMORROW, { stop, locks })).toEqual([
    ['stopped', 'shop,site,till', 'Moving'],
    ['locked', 'shop', 'Fair'],
    ['locked', 'till', 'Fair'],
  ]);
});

test('a service that is frozen every day has a few of these freezes said, not hundreds', () => {
  const nightly = {
    days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const,
    from: '22:00',
    to: '06:00',
    reason: 'Night',
  };
  expect(ahead([{ name: 'shop', freezes: [nightly] }], new Date('2027-06-01T08:00Z'))).toHaveLength(5);
});
