import { startCollector } from '../support/collector/collector.js';
import { type Installation, install, line } from '../support/installation.js';

let shop: Installation;
let collector: Awaited<ReturnType<typeof startCollector>>;
beforeAll(async () => {
  shop = await install();
  collector = await startCollector();
});
afterAll(async () => {
  await shop.stop();
  await collector.stop();
});

const said = async (endpoint?: string) =>
  line(
    await shop.examined(undefined, endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
    'settings.collector',
  );

test('without the variable, the collector is skipped', async () => {
  expect(await said()).toBe('skipped: OTEL_EXPORTER_OTLP_ENDPOINT is not set, so no traces are made');
});

test('a collector that takes traces is all right, and gets none from the doctor', async () => {
  expect(await said(collector.endpoint)).toBe(`ok: takes traces at ${collector.endpoint}/v1/traces`);
  expect(collector.asked()).toBe(1);
  expect(collector.wrong()).toEqual([]);
  expect(collector.spans()).toEqual([]);
});

const when = (mood: 'refuses' | 'hangs'): string => {
  collector.is(mood);
  return collector.endpoint;
};

test.each([
  ['that is not there', async () => 'http://127.0.0.1:1', 'ECONNREFUSED'],
  ['that takes them elsewhere', async () => `${collector.endpoint}/otlp`, 'HTTP 404'],
  ['that takes nothing now', async () => when('refuses'), 'retryable status'],
  ['that hangs', async () => when('hangs'), 'timed out'],
])('a collector %s is wrong, with what to do', async (_, at, why) => {
  const words = await said(await at());
  expect(words).toContain('wrong: ');
  expect(words).toContain(why);
  expect(words).toContain('Set OTEL_EXPORTER_OTLP_ENDPOINT to the OTLP/HTTP address');
});
