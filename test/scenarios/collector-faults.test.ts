import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCollector } from '../support/collector/collector.js';
import { startProcess } from '../support/process.js';
import { land, press, stands } from '../support/releases.js';
import { ALICE, configOf, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Whatever becomes of the collector, deployments do not notice it. */

let collector: Awaited<ReturnType<typeof startCollector>>;
let team: Team | null = null;
const folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-traces-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Batches are sent soon, and soon given up. */
const SOON = { OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_EXPORTER_OTLP_TIMEOUT: '200', OTEL_BSP_EXPORT_TIMEOUT: '500' };
beforeAll(() => void Object.assign(process.env, SOON));
afterAll(() => {
  for (const name of Object.keys(SOON)) delete process.env[name];
});
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await team?.stop();
  team = null;
  await collector.stop();
});

const said = (logged: readonly string[]) =>
  logged.filter((line) => line.includes('the collector did not take all traces'));

async function deploys(of: Team): Promise<void> {
  const sha = await land(of);
  expect((await press(of, ALICE, sha, 'Deploy')).status).toBe(200);
  await stands(of, sha, 'deploying');
  await of.github.completeRun(of.production().at(-1)?.id ?? 0, { conclusion: 'success' });
  await stands(of, sha, 'live');
  await of.card(sha, 'live');
}

test.each([
  ['hangs', async () => collector.is('hangs'), 'timed out'],
  ['never ends an answer', async () => collector.is('trickles'), 'no whole answer'],
  ['answers 503', async () => collector.is('refuses'), 'retryable'],
  ['is not there', () => collector.stop(), 'ECONNREFUSED'],
])('a collector that %s: presses are answered and deployed, and one line says so', async (_, breaks, why) => {
  const { endpoint } = collector;
  await breaks();
  const of = await startTeam({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
  team = of;
  await deploys(of);
  await until('it is said', () => said(of.logged).length > 0);
  // Several batches were lost by then.
  await deploys(of);
  expect(said(of.logged)).toEqual([expect.stringContaining(why)]);
  if (why === 'ECONNREFUSED') collector = await startCollector();
});

test('a collector that takes traces again gets the next ones', async () => {
  team = await startTeam({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint } });
  collector.is('refuses');
  await deploys(team);
  collector.is('takes');
  await deploys(team);
  await until('a press is there', () => collector.spans().find(({ name }) => name === 'handle deploy'));
  expect(collector.wrong()).toEqual([]);
});

test('a process stops in time while the collector hangs, prints JSON alone, and loads no package without a collector', async () => {
  team = await startTeam({ pauses: 'real', replicas: 0 });
  const hook = path.join(folder, 'loaded.cjs');
  writeFileSync(
    hook,
    `process.on('exit', () => require('fs').writeFileSync(process.env.LOADED, JSON.stringify(Object.keys(require.cache))));`,
  );
  /** The packages of OpenTelemetry that a process had loaded in the end. */
  const run = async (name: string, more: Record<string, string>) => {
    const env = { ...more, LOADED: path.join(folder, name), NODE_OPTIONS: `--require ${hook}` };
    const running = await startProcess(team as Team, configOf(), env);
    await deploys(team as Team);
    const { code, ms } = await running.terminate();
    const lines = running.printed().trim().split('\n');
    for (const line of lines) JSON.parse(line);
    const modules = JSON.parse(readFileSync(env.LOADED, 'utf8')) as string[];
    const loaded = modules.flatMap((one) => /@opentelemetry[/\\]([\w-]+)/.exec(one)?.[1] ?? []);
    return { code, ms, loaded: [...new Set(loaded)].sort() };
  };
  // That of the metrics, and nothing else.
  expect(await run('off', {})).toMatchObject({ code: 0, loaded: ['api'] });
  collector.is('hangs');
  const on = await run('on', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_LOG_LEVEL: 'all' });
  expect(on).toMatchObject({ code: 0, loaded: expect.arrayContaining(['exporter-trace-otlp-proto', 'sdk-trace']) });
  expect(on.ms).toBeLessThan(8_000);
  expect(collector.asked()).toBeGreaterThan(0);
});
