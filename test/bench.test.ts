import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { prepare } from '../bench/payloads.js';
import { busy } from '../bench/profile.js';
import { atLeast, atMost, isMet, median, rowOf } from '../bench/rows.js';
import { tableOf } from '../bench/table.js';
import { writeInto } from '../bench/write.js';

/** Only a hang takes this long. */
const benchMs = 600_000;
const folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The compiled bench, on the tests' own database server. */
async function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = path.resolve(process.env.PUSHBUTTON_TEST_BUILD ?? '', 'bench/bench.js');
  const env = { ...process.env, TEST_DATABASE_URL: process.env.PUSHBUTTON_TEST_SERVER, NODE_OPTIONS: '' };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [program, ...args], { env, timeout: benchMs })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

const MEASURED = [
  ...[1, 16, 64].flatMap((many) =>
    ['p50', 'p99', 'throughput'].map((what) => `press answered, ${many} at once: ${what}`),
  ),
  '64 people press at once: all were answered, decided and told',
  'presses held, each answered: p99 within 100 ms',
  'presses handled as they come, one replica',
  'deliveries of workflow_job held, each answered: p99 within 100 ms',
  'deliveries of workflow_job handled as they come',
  ...[1, 16, 64].map((many) => `webhook accepted, ${many} at once: throughput`),
  'idle: press answered, p50',
  'idle: press to dispatch request at GitHub, p50',
  'idle: press to dispatch request at GitHub, slowest',
  'idle: press to dispatch request at GitHub, SQL statements',
  'with 1,000 deployments: press to dispatch request at GitHub, p50',
  'with 1,000 deployments: /release status answered, p50',
  'with 1,000 deployments: /release digest answered, p50',
  'with 1,000 deployments: /release digest answered, p50',
  'start to ready on PostgreSQL',
  'start to ready, embedded database, warm',
  'npm run demo, first start: its page',
  'npm run demo, first start: a card with Deploy',
  'resident memory, idle',
  'resident memory, after 100 webhooks',
  'resident memory, 20 services, after 100 webhooks',
  'test report of 0.1 MB, 500 tests: time',
  'test report of 0.1 MB, 500 tests: peak memory',
  'test report of 0.1 MB, 500 tests: longest block of the event loop',
  'a redraw of a failed change with its tests, jobs and tickets: processor time',
  'at rest, 1 service: SQL statements a second',
  'at rest, 20 services: SQL statements a second',
  'connections to PostgreSQL of one replica, at rest',
  'connections to PostgreSQL of one replica, most under presses',
  '10 stages bake, a check each every 30 s: processor time a second beside that at rest',
  'with 20 services: start to ready',
  'with 20 services: /release status answered, p50',
  'with 20 services: Home tab drawn, p50',
  'processor time per handled press, 1 replica',
  'processor time per handled press, 2 replicas',
];

test(
  'a quick bench measures everything that the table promises, and leaves its figures as JSON',
  async () => {
    const json = path.join(folder, 'figures.json');
    const { code, stdout, stderr } = await bench('--quick', '--json', json);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const lines = stdout.split('\n').filter((line) => line.startsWith('| '));
    expect(lines.slice(2).map((line) => line.split('|')[1]?.trim())).toEqual(MEASURED);
    const { rows } = JSON.parse(readFileSync(json, 'utf8')) as { rows: { product: number; rounds: object }[] };
    expect(rows).toHaveLength(MEASURED.length);
    for (const row of rows) expect(row.product).toBeGreaterThan(0);
  },
  benchMs,
);

test(
  'a quick fleet lets a small day pass on two replicas within the limits of Slack and GitHub, and leaves nothing over',
  async () => {
    const { code, stdout, stderr } = await bench('--quick', '--only', 'fleet');
    // Exit code 1 where something was doubled, left over, or shown wrongly.
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const cells = stdout.split('\n').flatMap((line) => (line.startsWith('| fleet') ? [line.split('|')] : []));
    const value = (what: string) =>
      Number.parseFloat(cells.find(([, name]) => name?.trim().endsWith(`: ${what}`))?.[2] ?? '');
    for (const what of [
      'results of staging',
      'deployments',
      'Slack, chat.postMessage: calls',
      'SQL statements a second',
    ])
      expect({ what, value: value(what) }).toEqual({ what, value: expect.any(Number) });
    expect(value('results of staging')).toBeGreaterThanOrEqual(9);
    expect(value('deployments')).toBeGreaterThanOrEqual(1);
    // A fast machine may need less than can be written.
    expect(value('press to dispatch request, worst')).toBeGreaterThanOrEqual(0);
    expect(value('result to its card, worst')).toBeGreaterThanOrEqual(0);
    expect(value('runs with the id of another')).toBe(0);
  },
  benchMs,
);

const marked = (text: string) =>
  `# Figures\n\n<!-- Written by npm run bench; what stands here is replaced. -->\n\n${text}\n\n<!-- End of what npm run bench wrote. -->\n\nThe rest.\n`;

test('a measurement that there is not is refused with the names of those that there are', async () => {
  const { code, stderr } = await bench('--only', 'speed');
  expect(code).toBe(1);
  expect(stderr).toContain(
    'press, held, webhook, dispatch, history, start, demo, memory, report, redraw, rest, baking, services, replicas, soak, fleet',
  );
});

test('a commit that there is not is refused before anything is started', async () => {
  const { code, stderr } = await bench('--quick', '--against', 'no-such-commit');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^bench: --against no-such-commit: git has no such commit in .*\n$/),
  });
});

test('the peers of a measurement that has none are refused before anything is installed', async () => {
  const { code, stderr } = await bench('--quick', '--only', 'held', '--peers');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'bench: --peers takes a whole run, or --only press or --only webhook\n',
  });
});

test('figures are written where the old ones stand; those of a quick bench, or of one measurement, never', async () => {
  const document = path.join(folder, 'performance.md');
  writeFileSync(document, marked('old figures'));
  for (const part of [['--quick'], ['--only', 'press']]) {
    const { code, stderr } = await bench(...part, '--write', document);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'bench: --write takes a whole run, or --only soak or --only fleet, without --quick\n',
    });
    expect(readFileSync(document, 'utf8')).toBe(marked('old figures'));
  }
  await writeInto(document, 'new figures');
  expect(readFileSync(document, 'utf8')).toBe(marked('new figures'));
});

test('a document without the marks, or with two places, is left as it is', async () => {
  const file = path.join(folder, 'other.md');
  for (const text of ['# No marks\n', marked('one') + marked('two')]) {
    writeFileSync(file, text);
    await expect(writeInto(file, 'figures')).rejects.toThrow('once each');
    expect(readFileSync(file, 'utf8')).toBe(text);
  }
});

describe('a line of the table', () => {
  test('compares what stood side by side in one round, and takes the middle of those ratios', () => {
    // A machine that was busy in the second round was busy for both.
    const row = rowOf({
      measurement: 'press',
      unit: 'ms',
      product: [1, 30, 2],
      against: { what: 'Bolt', values: [1, 20, 1] },
      target: atMost('ratio', 1.5),
    });
    expect(row).toMatchObject({ product: 2, against: { value: 1, ratio: 1.5 } });
    expect(isMet(row)).toBe(true);
  });

  test('says missed where the target is missed, and nothing where there is none', () => {
    const of = (value: number, target?: ReturnType<typeof atMost>) =>
      rowOf({ measurement: 'm', unit: 'ms', product: [value], target });
    expect(isMet(of(26, atMost('value', 25)))).toBe(false);
    expect(isMet(of(25, atMost('value', 25)))).toBe(true);
    expect(isMet(of(0.9, atLeast('value', 0.9)))).toBe(true);
    expect(isMet(of(1))).toBeNull();
    const [, , missed, met, untold] = tableOf([of(26, atMost('value', 25)), of(25, atMost('value', 25)), of(1)]).split(
      '\n',
    );
    expect(missed).toMatch(/26\.00 ms .* <= 25 ms \| \*\*missed\*\* \|$/);
    expect(met).toMatch(/\| met +\|$/);
    expect(untold).toMatch(/\| +\|$/);
  });

  test('a profile is summed by where the code is from, or who had Node do it, and idle time is none', () => {
    const frame = (id: number, functionName: string, url: string, children: number[] = []) => ({
      ...{ id, callFrame: { functionName, url }, children },
    });
    const nodes = [
      frame(1, '(idle)', ''),
      frame(2, 'query', 'file:///app/node_modules/pg/lib/client.js', [8]),
      frame(3, 'hash', 'file:///app/node_modules/a/node_modules/@b/c/index.js'),
      frame(4, 'decide', 'file:///app/dist/src/core/decide.js'),
      frame(5, 'perform', 'file:///app/dist/src/perform.js'),
      frame(6, 'emit', 'node:events'),
      frame(7, '(garbage collector)', ''),
      frame(8, 'Socket._writev', 'node:net', [9]),
      frame(9, 'writev', ''),
    ];
    const samples = [1, 2, 2, 3, 4, 5, 6, 7, 9];
    expect([...busy({ nodes, samples, timeDeltas: [500, 1, 2, 4, 8, 16, 32, 64, 128] })]).toEqual([
      ...[['pg', 131] as const, ['@b/c', 4] as const, ['src/core', 8] as const, ['src', 16] as const],
      ...[['Node itself', 32] as const, ['(garbage collector)', 64] as const],
    ]);
  });

  test('the middle of an even number lies between the two', () => expect(median([4, 1, 3, 2])).toBe(2.5));
});

test('the load presses as Slack does: about 3 KB, each at an instant of its own', () => {
  const press = {
    ...({ kind: 'press', path: '/slack/events', secret: 's', team: 'T0HOME', channel: 'C0SHOP' } as const),
    ...{
      users: ['U0A', 'U0B'],
      cards: [{ ts: '1764140000.000100', key: 'k' }],
      responseUrl: 'http://127.0.0.1/actions/answer',
    },
  };
  const made = prepare(press, 500);
  const payloads = made.map((one) => JSON.parse(new URLSearchParams(one.body).get('payload') ?? ''));
  expect(new Set(payloads.map((one) => one.actions[0].action_ts)).size).toBe(500);
  for (const { body } of made) expect(body.length).toBeGreaterThan(2_500);
  for (const { body } of made) expect(body.length).toBeLessThan(4_000);
});
