import { openTracing } from '../../src/tracing/export.js';
import { createLosses } from '../../src/tracing/losses.js';
import type { Tracing } from '../../src/tracing/tracing.js';
import { startCollector } from '../support/collector/collector.js';
import { until } from '../support/until.js';

/** Every span is either with the collector, or counted in the log. */

let collector: Awaited<ReturnType<typeof startCollector>>;
let tracing: Tracing;
let warned: { readonly spans: number; readonly dropped: number; readonly err?: Error }[] = [];
const env = { ...process.env };

async function open(more: Record<string, string> = {}): Promise<void> {
  Object.assign(process.env, more);
  tracing = await openTracing(`${collector.endpoint}/v1/traces`, (details) => void warned.push(details as never));
}
beforeEach(async () => {
  collector = await startCollector();
  warned = [];
});
afterEach(async () => {
  await tracing.stop();
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  await collector.stop();
});

const spans = (count: number) =>
  tracing.begin('begins', 'asked', {}, async () => {
    for (let one = 1; one < count; one += 1) tracing.ended('one', 0, {});
  });
const said = () => until('it is said', () => warned[0]);

test('of a collector that is slow and refuses nothing, it is said how many spans were dropped because too many waited', async () => {
  await open({ OTEL_BSP_MAX_QUEUE_SIZE: '1000' });
  collector.is('waits');
  await spans(600);
  await until('it is asked', () => collector.asked() > 0);
  await spans(3_000);
  collector.is('takes');
  // A batch of 512 was under way, so that 88 waited.
  expect(await said()).toEqual({ spans: 3_000 - 912, dropped: 3_000 - 912 });
  await tracing.stop();
  expect(warned).toHaveLength(1);
  expect(collector.spans()).toHaveLength(512 + 1_000);
});

test('an answer that never ends is given up, and its spans are counted', async () => {
  await open({ OTEL_BSP_EXPORT_TIMEOUT: '200' });
  collector.is('trickles');
  await spans(512);
  expect(await said()).toEqual({
    spans: 512,
    dropped: 0,
    err: expect.objectContaining({ message: 'no whole answer' }),
  });
  // The next batch did not wait for it.
  collector.is('takes');
  await spans(512);
  await until('it takes them', () => collector.spans().length === 512);
});

test('what a collector refuses is counted, with why', async () => {
  await open({ OTEL_EXPORTER_OTLP_TIMEOUT: '200' });
  collector.is('refuses');
  await spans(512);
  const why = { message: expect.stringContaining('retryable') };
  expect(await said()).toEqual({ spans: 512, dropped: 0, err: expect.objectContaining(why) });
});

test('a stop says what it could not send', async () => {
  await open();
  collector.is('hangs');
  await spans(700);
  await until('it is asked', () => collector.asked() > 0);
  await tracing.stop();
  await tracing.stop();
  expect(warned).toEqual([
    { spans: 700, dropped: 0, err: expect.objectContaining({ message: 'stopped before they were taken' }) },
  ]);
});

test('one line in ten minutes, with what was lost since the one before; another one at the end', () => {
  let now = 0;
  const lines: object[] = [];
  const losses = createLosses(
    (details) => void lines.push(details),
    () => now,
  );
  losses.say();
  losses.refused(5, new Error('first'));
  losses.say();
  losses.dropped();
  losses.refused(2, new Error('second'));
  losses.refused(3, new Error('third'));
  now = 599_999;
  losses.say();
  expect(lines).toEqual([{ spans: 5, dropped: 0, err: new Error('first') }]);
  now = 600_000;
  losses.say();
  losses.dropped();
  losses.say();
  losses.sayNow();
  losses.sayNow();
  expect(lines.slice(1)).toEqual([
    { spans: 6, dropped: 1, err: new Error('third') },
    { spans: 1, dropped: 1 },
  ]);
});
