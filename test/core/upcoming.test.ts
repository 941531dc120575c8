import { digestsInWords, upcomingAt } from '../../src/core/time/upcoming.js';
import { namedBy } from '../../src/jobs/digest.js';

/** What is said of the digests to come. Monday, 23 November 2026, 10:00 in Berlin. */

const NOW = new Date('2026-11-23T09:00Z');
const said = (daily: string | null, weekly: string | null) =>
  digestsInWords(
    upcomingAt(
      NOW,
      'Europe/Berlin',
      daily === null ? null : namedBy(daily),
      [],
      weekly === null ? null : namedBy(weekly),
    ),
  );

test.each([
  [null, null, 'none configured'],
  [null, '0 16 * * 5', 'weekly next Fri 27 Nov 2026, 16:00 UTC+01:00; Europe/Berlin'],
  [
    '0 9 * * *',
    '0 16 * * 5',
    'next Tue 24 Nov 2026, 09:00 UTC+01:00; Wed 25 Nov 2026, 09:00 UTC+01:00; Thu 26 Nov 2026, 09:00 UTC+01:00; weekly next Fri 27 Nov 2026, 16:00 UTC+01:00; Europe/Berlin',
  ],
])('digest %s, weekly %s', (daily, weekly, words) => expect(said(daily, weekly)).toBe(words));
