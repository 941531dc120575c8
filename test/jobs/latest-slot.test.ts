import cron from 'node-cron';
import { isRepeated, latestSlot } from '../../src/jobs/digest.js';

const tasks: ReturnType<typeof cron.createTask>[] = [];
afterEach(async () => {
  for (const task of tasks.splice(0)) await task.destroy();
});

function latest(pattern: string, timezone: string, now: string): string | null {
  const task = cron.createTask(pattern, () => {}, { timezone });
  tasks.push(task);
  return latestSlot((date) => task.match(date), new Date(now), pattern)?.toISOString() ?? null;
}

test.each<[string, string, string, string, string | null]>([
  ['on the minute', '0 9 * * *', 'Etc/UTC', '2026-11-23T09:00:00Z', '2026-11-23T09:00:00.000Z'],
  ['a while later', '0 9 * * *', 'Etc/UTC', '2026-11-23T09:59:59Z', '2026-11-23T09:00:00.000Z'],
  ['an hour later', '0 9 * * *', 'Etc/UTC', '2026-11-23T10:00:00Z', null],
  ['a second before', '0 9 * * *', 'Etc/UTC', '2026-11-23T08:59:59Z', null],
  ['the latest of two', '0,30 9 * * *', 'Etc/UTC', '2026-11-23T09:45:00Z', '2026-11-23T09:30:00.000Z'],
  ['on a day that it does not name', '0 9 * * 1-5', 'Etc/UTC', '2026-11-22T09:05:00Z', null],
  ['with seconds', '*/20 * * * * *', 'Etc/UTC', '2026-11-23T09:00:59Z', '2026-11-23T09:00:40.000Z'],
  ['winter time', '0 9 * * *', 'Europe/Berlin', '2026-11-23T08:05:00Z', '2026-11-23T08:00:00.000Z'],
  ['summer time', '0 9 * * *', 'Europe/Berlin', '2026-07-01T07:05:00Z', '2026-07-01T07:00:00.000Z'],
  [
    'the day before the clock goes forward',
    '0 9 * * *',
    'Europe/Berlin',
    '2026-03-28T08:05:00Z',
    '2026-03-28T08:00:00.000Z',
  ],
  [
    'the day on which it goes forward',
    '0 9 * * *',
    'Europe/Berlin',
    '2026-03-29T07:05:00Z',
    '2026-03-29T07:00:00.000Z',
  ],
  ['the old hour on that day', '0 9 * * *', 'Europe/Berlin', '2026-03-29T08:05:00Z', null],
  ['the day on which it goes back', '0 9 * * *', 'Europe/Berlin', '2026-10-25T08:05:00Z', '2026-10-25T08:00:00.000Z'],
  ['an hour that is missing', '30 2 * * *', 'Europe/Berlin', '2026-03-29T01:35:00Z', null],
  [
    'an hour that comes twice, the first time',
    '30 2 * * *',
    'Europe/Berlin',
    '2026-10-25T00:35:00Z',
    '2026-10-25T00:30:00.000Z',
  ],
  ['half an hour off', '0 9 * * *', 'Asia/Kolkata', '2026-11-23T03:40:00Z', '2026-11-23T03:30:00.000Z'],
])('%s: %s in %s, asked at %s', (_, pattern, timezone, now, expected) => {
  expect(latest(pattern, timezone, now)).toBe(expected);
});

test.each<[string, string, string, string, boolean]>([
  ['the first time', '30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z', false],
  ['the second time', '30 2 * * *', 'Europe/Berlin', '2026-10-25T01:30:00Z', true],
  ['the second time, with seconds', '0 30 2 * * *', 'Europe/Berlin', '2026-10-25T01:30:00Z', true],
  ['a cron that names every hour', '30 * * * *', 'Europe/Berlin', '2026-10-25T01:30:00Z', false],
  ['the hour after', '30 3 * * *', 'Europe/Berlin', '2026-10-25T02:30:00Z', false],
  ['any other night', '30 2 * * *', 'Europe/Berlin', '2026-11-25T01:30:00Z', false],
  ['a zone without such nights', '30 2 * * *', 'Etc/UTC', '2026-10-25T01:30:00Z', false],
])('%s: %s in %s at %s is a repetition: %s', (_, pattern, timezone, at, expected) => {
  expect(isRepeated(new Date(at), pattern, timezone)).toBe(expected);
});
