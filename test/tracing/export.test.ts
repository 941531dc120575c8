import { openTracing } from '../../src/tracing/export.js';
import type { Tracing } from '../../src/tracing/tracing.js';
import { startCollector } from '../support/collector/collector.js';
import { until } from '../support/until.js';

let collector: Awaited<ReturnType<typeof startCollector>>;
const warned: object[] = [];
let tracing: Tracing;
const set: NodeJS.ProcessEnv = {};

/** Opens it with these variables of the process, which are gone afterwards. */
async function open(more: Record<string, string> = {}): Promise<void> {
  Object.assign(set, more);
  Object.assign(process.env, more);
  tracing = await openTracing(`${collector.endpoint}/v1/traces`, (details) => void warned.push(details));
}

beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await tracing.stop();
  for (const name of Object.keys(set)) {
    delete process.env[name];
    delete set[name];
  }
  expect(collector.wrong()).toEqual([]);
  await collector.stop();
});

const spans = (count: number) =>
  tracing.begin('begins', 'asked', {}, async () => {
    for (let one = 0; one < count; one += 1) tracing.ended('one', 0, {});
  });

test('while the collector hangs, no more than 2,048 spans wait; further ones are dropped', async () => {
  await open({ OTEL_EXPORTER_OTLP_TIMEOUT: '500' });
  collector.is('hangs');
  await spans(600);
  await until('it is asked', () => collector.asked() > 0);
  await spans(10_000);
  collector.is('takes');
  await tracing.stop();
  // The first batch was lost with its request.
  expect(collector.spans().length).toBeGreaterThan(512);
  expect(collector.spans().length).toBeLessThanOrEqual(2_048);
});

test('what has ended is sent at the stop, which waits two seconds at most', async () => {
  await open();
  await spans(3);
  await tracing.stop();
  expect(collector.spans().map(({ name }) => name)).toEqual(['one', 'one', 'one', 'begins']);
  await open();
  collector.is('hangs');
  await spans(3);
  const since = performance.now();
  await tracing.stop();
  expect(performance.now() - since).toBeGreaterThan(1_900);
  expect(performance.now() - since).toBeLessThan(4_000);
});

test('the standard variables name the process and say how many traces are kept', async () => {
  const named = { OTEL_SERVICE_NAME: 'releases', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=prod' };
  await open({ ...named, OTEL_TRACES_SAMPLER: 'always_off' });
  await spans(1);
  expect(await tracing.begin('begins', 'asked', {}, async () => tracing.here())).toMatch(
    /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/,
  );
  await tracing.stop();
  expect(collector.spans()).toEqual([]);
  await open({ OTEL_TRACES_SAMPLER: 'parentbased_always_on' });
  await spans(1);
  await tracing.stop();
  expect(collector.spans()[0]?.resource).toMatchObject({
    ...{ 'service.name': 'releases', 'deployment.environment.name': 'prod' },
  });
});

test('work that throws is noted by the class of its error, never by its words', async () => {
  await open();
  const broken = tracing.begin('begins', 'asked', {}, () =>
    tracing.within('inner', {}, () => Promise.reject(new TypeError('what a person wrote'))),
  );
  await expect(broken).rejects.toThrow('what a person wrote');
  await tracing.stop();
  expect(collector.spans().map(({ name, failed, attributes }) => [name, failed, attributes['error.type']])).toEqual([
    ['inner', true, 'TypeError'],
    ['begins', true, 'TypeError'],
  ]);
});

test('what is no trace is continued by nobody', async () => {
  await open();
  const did = await tracing.begin('begins', 'asked', {}, () =>
    tracing.resume('resumed', ['', '00-xyz', `00-${'0'.repeat(31)}`], {}, async () => tracing.here()),
  );
  expect(did).toBeNull();
  await tracing.stop();
  expect(collector.spans()).toEqual([]);
});

test('a span ends within the one around it, to the microsecond', async () => {
  await open();
  await tracing.begin('begins', 'asked', {}, async () => {
    for (let one = 0; one < 200; one += 1)
      await tracing.within('outer', {}, () => tracing.within('inner', {}, async () => {}));
  });
  await tracing.stop();
  const all = collector.spans();
  const around = new Map(all.map((one) => [one.id, one]));
  const within = all.flatMap((one) => {
    const outer = around.get(one.parent);
    return outer ? [outer.start <= one.start && one.end <= outer.end] : [];
  });
  expect(within).toEqual(Array(400).fill(true));
});
