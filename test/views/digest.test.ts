import type { Measured, Measures } from '../../src/core/measures.js';
import type { Digest, ServiceDigest } from '../../src/core/report.js';
import { upcomingAt } from '../../src/core/time/upcoming.js';
import { withoutCharts } from '../../src/slack/views/chart.js';
import { digestMessage } from '../../src/slack/views/digest.js';
import { deployment, ended, minutesAgo, NOW, names, newer, outsideRun } from './given.js';
import { expectFit, objectsIn, seen } from './reading.js';

const timezone = 'Europe/Berlin';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const newest = <T>(listed: readonly T[], count = listed.length) => ({ listed, count });
const NONE = newest<never>([]);

const measures = (given: Partial<Measures> = {}): Measures => ({
  deployments: 23,
  leadTime: { median: 5 * HOUR, known: 30, changes: 30 },
  failures: { failed: 1, of: 24 },
  restore: { median: 25 * 60_000, times: 1 },
  approvals: { median: 12 * 60_000, ninetieth: HOUR, requests: 9 },
  ...given,
});
const week: Measured = {
  days: 7,
  now: measures(),
  before: measures({
    deployments: 15,
    leadTime: { median: 8 * HOUR, known: 20, changes: 20 },
    failures: { failed: 1, of: 24 },
    restore: null,
  }),
};
const month: Measured = { ...week, days: 30, now: measures({ deployments: 88 }) };

const quiet: ServiceDigest = {
  ...{ service: 'quiet', repository: 'acme/shop', deployers: ['U0ALICE', 'U0BOB'], approvers: ['U0BOB'] },
  ...{ shipped: NONE, failed: NONE, rolledBack: NONE, waiting: NONE },
  ...{ underWay: [], toSignOff: [], outside: [], measured: [] },
};

const busy = (service: string, each = 2, given: Partial<ServiceDigest> = {}): ServiceDigest => ({
  ...quiet,
  service,
  shipped: newest(many(each, () => ({ deployment: ended('live'), change: newer }))),
  failed: newest(many(each, () => ({ deployment: ended('failed'), change: newer }))),
  waiting: newest(
    many(each, () => ({ ...newer, passedAt: minutesAgo(125), author: 'octo-ada' })),
    each + 3,
  ),
  underWay: many(each, () => ({ deployment: deployment('hung'), change: newer })),
  outside: many(each, () => outsideRun()),
  measured: [week, month],
  ...given,
});

const digest = (services: readonly ServiceDigest[], given: Partial<Digest> = {}): Digest => ({
  ...{ kind: 'daily', since: minutesAgo(1_440), until: NOW, timezone, services, names },
  ...{ measured: [week, month], parts: null, ahead: [], head: { seq: 123, hash: 'f'.repeat(64) } },
  ...given,
});
const parts = (count = 7) =>
  many(count, (index) => ({
    since: new Date(NOW.getTime() - (count - index) * DAY),
    until: new Date(NOW.getTime() - (count - index - 1) * DAY),
    deployments: index,
  }));

test('the digest tells what shipped, failed, waits, for how long and for whom, runs, and ran outside', () => {
  const message = digestMessage(digest([busy('shop', 1), quiet]));
  expectFit(message);
  expect(message.text).toContain(
    'Release digest from 22 Nov 2026, 10:00 CET to 23 Nov 2026, 10:00 CET. 1 shipped, 1 failed, 4 waiting, 1 under way, 1 outside Pushbutton. Nothing happened in quiet. Last 7 days: 23 deployments',
  );
  expect(message.text).toMatch(new RegExp(`Ledger: line 123, hash ${'f'.repeat(64)}\\.$`));
  const drawn = seen(message.blocks);
  for (const words of [
    'shipped bbbbbbb',
    'failed in production bbbbbbb',
    'waiting for 2 h 5 min: bbbbbbb “Newer title” · by octo-ada; Alice and Bob can deploy',
    'and 3 more waiting',
    'hung bbbbbbb',
  ])
    expect(drawn).toContain(words);
});

test('all measures are said over all services, with what they were before, and in short of each service', () => {
  const drawn = seen(digestMessage(digest([busy('shop', 1), busy('site', 1)])).blocks);
  expect(drawn).toContain(
    'Last 7 days: 23 deployments (3.3 a day), up from 15 · lead time 5 h, down from 8 h · 1 of 24 failed (4%), as before · restored in 25 min · approvals took 12 min, as before, 90% within 1 h',
  );
  expect(drawn).toContain('\n30 days: 88 deployments ↑ · lead time 5 h ↓');
  expect(drawn).toContain('\n7 days: 23 deployments ↑ · lead time 5 h ↓ · 4% failed · restored in 25 min\nsite\n');
  const weekly = seen(digestMessage(digest([busy('shop', 1), busy('site', 1)], { kind: 'weekly' })).blocks);
  expect(weekly).toContain('Last 30 days: 88 deployments (2.9 a day), up from 15');
  expect(weekly).toMatch(/\n7 days: 23 deployments ↑.*\n30 days: 88 deployments ↑ .*\nsite\n/);
});

test('of one service alone, and of nothing measured, the measures are not said twice', () => {
  const one = seen(digestMessage(digest([busy('shop', 1)])).blocks);
  expect(one).toContain('Last 7 days: 23 deployments');
  expect(one).not.toContain('\n7 days:');
  const nothing = measures({
    deployments: 0,
    leadTime: null,
    failures: { failed: 0, of: 0 },
    restore: null,
    approvals: null,
  });
  const unmeasured = [{ days: 7, now: nothing, before: nothing }];
  const none = seen(digestMessage(digest([busy('shop', 1)], { measured: unmeasured })).blocks);
  expect(none).not.toMatch(/days/);
});

test('a lead time of which only some commits are known says so', () => {
  const now = measures({ leadTime: { median: 2 * HOUR, known: 3, changes: 12 } });
  const some = digestMessage(digest([busy('shop', 1)], { measured: [{ ...week, now }] }));
  expect(seen(some.blocks)).toContain('lead time 2 h (known for 3 of 12 changes), down from 8 h');
  const unknown = measures({ leadTime: { median: null, known: 0, changes: 12 } });
  const none = digestMessage(digest([busy('shop', 1)], { measured: [{ ...week, now: unknown }] }));
  expect(seen(none.blocks)).not.toContain('lead time');
});

test('a rollback is told apart from what shipped, and who can approve what waits for approval', () => {
  const back = { deployment: ended('live', { kind: 'roll back' }), change: newer };
  const asks = { deployment: deployment('waiting'), change: newer };
  const message = digestMessage(digest([{ ...quiet, rolledBack: newest([back]), underWay: [asks] }]));
  expectFit(message);
  expect(message.text).toContain('1 rolled back, 1 under way');
  expect(seen(message.blocks)).toMatch(/rolled back to bbbbbbb[\s\S]*waiting for approval bbbbbbb.*Bob can approve/);
});

test('locks, a stop and the freezes before the next digest are said', () => {
  const tomorrow = { since: minutesAgo(-600), until: minutesAgo(-1_200), reason: 'No Friday evening deploys' };
  const message = digestMessage(
    digest([quiet], {
      ahead: [
        { gate: { gate: 'stopped', by: 'U0BOB', reason: 'Data centre moves', since: minutesAgo(9) }, services: [] },
        {
          gate: { gate: 'locked', by: 'U0ALICE', reason: '<!channel>', since: minutesAgo(9), until: null },
          services: ['shop'],
        },
        { gate: { gate: 'frozen', ...tomorrow }, services: ['shop', 'site', 'till', 'api', 'web'] },
      ],
    }),
  );
  expectFit(message);
  const drawn = seen(message.blocks);
  expect(drawn).toContain('Everything is stopped by Bob: Data centre moves, since');
  expect(drawn).toContain('shop locked by Alice: <!channel>, since');
  expect(drawn).toMatch(/shop, site, till and 2 others will be frozen from .* to .*: No Friday evening deploys/);
  expect(message.text).toContain('&lt;!channel&gt;');
});

test('the digest names a break-glass deployment until it is signed off, also on a day without another', () => {
  const broke = { deployment: ended('live', { override: 'Shop is down' }), change: newer };
  const message = digestMessage(digest([{ ...quiet, toSignOff: [broke] }]));
  expectFit(message);
  expect(message.text).toContain('1 to sign off');
  expect(seen(message.blocks)).toContain('broke the glass, not signed off yet: bbbbbbb “Newer title” · by Alice');
});

test('the digest is posted also when nothing happened, as one line above the ledger', () => {
  const message = digestMessage({ ...digest([quiet]), head: null });
  expectFit(message);
  expect(message.text).toContain('digest');
  expect(seen(message.blocks).split('\n')).toEqual([
    expect.stringMatching(/^Release digest from .* · Nothing happened in quiet$/),
    'Ledger: no lines yet',
  ]);
});

test('the weekly digest has two charts, and says their numbers', () => {
  const services = [busy('shop', 1), busy('site', 1)];
  const message = digestMessage(digest(services, { kind: 'weekly', parts: parts() }));
  expectFit(message);
  expect(message.text).toMatch(/^Weekly release digest from /);
  const charts = objectsIn(message.blocks).filter((one) => one.type === 'data_visualization');
  expect(charts.map((one) => one.title)).toEqual(['Deployments, last 7 days', 'Median lead time, last 7 days']);
  expect(JSON.stringify(charts)).toContain('{"label":"22 Nov","value":6}');
  const words = withoutCharts(message);
  expect(words && objectsIn(words.blocks).some((one) => one.type === 'data_visualization')).toBe(false);
  expect(seen(words?.blocks ?? [])).toContain(
    'Deployments: 16 Nov 0, 17 Nov 1, 18 Nov 2, 19 Nov 3, 20 Nov 4, 21 Nov 5, 22 Nov 6',
  );
  expect(words && withoutCharts(words)).toBeNull();
});

test('services whose names begin alike stay apart in a chart, and more than twenty are left out', () => {
  const services = many(30, (index) => busy(`a-service-with-a-long-name-${index}`, 1));
  const message = digestMessage(digest(services, { kind: 'weekly', parts: parts() }));
  expectFit(message);
  const [, leads] = objectsIn(message.blocks).filter((one) => one.type === 'data_visualization');
  const chart = leads?.chart as { axis_config: { categories: string[] } } | undefined;
  expect(new Set(chart?.axis_config.categories).size).toBe(20);
});

test.each([1, 40, 60, 80])('the digest of %d busy services fits and names every one', (count) => {
  const wide = '𝒜<!channel>'.repeat(50);
  const services = many(count, (index) =>
    busy(`service-${index}`, 5, {
      shipped: newest(
        many(5, () => ({ deployment: ended('live'), change: { ...newer, title: wide } })),
        900,
      ),
      waiting: newest(
        many(5, () => ({ ...newer, title: wide, passedAt: minutesAgo(125), author: wide })),
        900,
      ),
    }),
  );
  const frozen = services.map(({ service }) => ({
    name: service,
    freezes: [{ from: '2026-12-20', to: '2027-01-03', reason: 'Year end. '.repeat(500) }],
  }));
  const locked = many(count, (index) => ({
    gate: { gate: 'locked' as const, by: 'U0BOB', reason: wide, since: NOW, until: null },
    services: [`service-${index}`],
  }));
  const given = { ahead: locked, parts: parts(14), kind: 'asked' as const };
  const upcoming = upcomingAt(new Date('2026-11-23T09:00Z'), timezone, null, frozen);
  const message = digestMessage(digest(services, given), upcoming);
  expectFit(message);
  expect(seen(message.blocks)).toMatch(
    /Freezes: next from Sun 20 Dec 2026, 00:00 UTC\+01:00 to Mon 4 Jan 2027, 00:00 UTC/,
  );
  for (let index = 0; index < count; index += 1) expect(seen(message.blocks)).toContain(`service-${index}`);
  expect(seen(message.blocks)).toMatch(/900 shipped|and 895 more shipped/);
  if (count <= 40) expect(seen(message.blocks)).toMatch(/waiting[^\n]* for 2 h 5 min/);
  // A character that is cut in two is written as \ud835 alone.
  expect(JSON.stringify(message)).not.toMatch(/\\ud[89ab]/i);
});
