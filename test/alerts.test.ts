import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { freePort } from './support/free-port.js';
import { startTeam } from './support/team.js';

/** The alerts that users copy, judged by Prometheus's own program: each fires when it must, and none at peace. */

const FILE = path.resolve('examples/prometheus-alerts.yml');
const RULES = (
  parse(readFileSync(FILE, 'utf8')) as {
    groups: { rules: { alert: string; labels: Record<string, string>; annotations: { summary: string } }[] }[];
  }
).groups.flatMap(({ rules }) => rules);

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const withPromtool = hasPromtool ? test : test.skip;
const why = hasPromtool ? '' : ' (left out: promtool of Prometheus is not on the PATH)';

const INSTANCE = 'job="pushbutton",instance="one:9090"';
/** The series of what a replica says: `name{labels} 1` -> `name{labels,job="pushbutton",…}`, and its value. */
function seriesIn(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name, labels, value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      return [`${name}{${labels ? `${labels},` : ''}${INSTANCE}}`, `${value}+0x240`] as const;
    }),
  );
}

const of = (name: string, labels = '') => `${name}{${labels ? `${labels},` : ''}${INSTANCE}}`;
const bucket = (le: string) => of('pushbutton_slack_answer_seconds_bucket', `le="${le}"`);

/** What of a replica at peace is different when an alert fires, and when it fires at the latest. */
const FIRES: Record<string, { at: string; labels?: Record<string, string>; series: Record<string, string> }> = {
  PushbuttonDown: { at: '2m', series: { [`up{${INSTANCE}}`]: '1 0x240' } },
  PushbuttonDatabaseAway: { at: '2m', series: { [of('pushbutton_database_up')]: '1 0x240' } },
  PushbuttonInboxStands: { at: '3m', series: { [of('pushbutton_inbox_oldest_seconds')]: '0+15x240' } },
  PushbuttonCardsLate: { at: '4m', series: { [of('pushbutton_cards_oldest_seconds')]: '0+15x240' } },
  PushbuttonDeploymentStands: {
    at: '6m',
    labels: { service: 'shop' },
    series: {
      // Dispatched, and then unknown: it is one deployment that stands.
      [of('pushbutton_deployments_waiting', 'service="shop",status="dispatching"')]: '1x4 _x236',
      [of('pushbutton_deployments_waiting', 'service="shop",status="unknown"')]: '_x4 1x236',
    },
  },
  PushbuttonHung: {
    at: '1m',
    labels: { service: 'shop' },
    series: { [of('pushbutton_deployments_waiting', 'service="shop",status="hung"')]: '1x240' },
  },
  // Lost before the first time that anybody read the metrics.
  PushbuttonLost: {
    at: '1m',
    labels: { service: 'shop' },
    series: { [of('pushbutton_deployments_lost', 'service="shop"')]: '1x240' },
  },
  // In Socket Mode, where no request over HTTP is timed: every second press takes two seconds.
  PushbuttonPressesSlow: {
    at: '25m',
    series: {
      ...Object.fromEntries(
        ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1'].map((le) => [bucket(le), '0+1x240']),
      ),
      ...Object.fromEntries(['2.5', '5', '10', '+Inf'].map((le) => [bucket(le), '0+2x240'])),
    },
  },
  PushbuttonFaults: { at: '16m', series: { [of('pushbutton_faults')]: '1x240' } },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pushbutton-alerts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a replica says while nothing is wrong. */
async function atPeace(): Promise<Map<string, string>> {
  const port = await freePort();
  const team = await startTeam({ env: { METRICS_PORT: String(port) } });
  try {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return seriesIn(text).set(`up{${INSTANCE}}`, '1x240');
  } finally {
    await team.stop();
  }
}

function promtool(...args: string[]): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: expect.stringContaining('SUCCESS') });
}

test('each alert has a case in which it fires', () => {
  expect(Object.keys(FIRES)).toEqual(RULES.map(({ alert }) => alert));
});

withPromtool(`Prometheus accepts the file${why}`, () => promtool('check', 'rules', FILE));

withPromtool(`each alert fires, and none while nothing is wrong${why}`, async () => {
  const peace = await atPeace();
  const input = (more: Record<string, string>) =>
    [...new Map([...peace, ...Object.entries(more)])].map(([series, values]) => ({ series, values }));
  const quiet = RULES.map(({ alert }) => ({ eval_time: '1h', alertname: alert, exp_alerts: [] }));
  const firing = RULES.map(({ alert, labels, annotations: { summary } }) => {
    const { at, labels: more = {}, series } = FIRES[alert] as (typeof FIRES)[string];
    const said = summary.replace('{{ $labels.service }}', more.service ?? '');
    const expected = { exp_labels: { ...labels, ...more }, exp_annotations: { summary: said } };
    return {
      interval: '15s',
      input_series: input(series),
      alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: [expected] }],
    };
  });
  const tests = [{ interval: '15s', input_series: input({}), alert_rule_test: quiet }, ...firing];
  const file = path.join(folder, 'tests.yml');
  writeFileSync(file, stringify({ rule_files: [FILE], evaluation_interval: '15s', tests }));
  promtool('test', 'rules', file);
});
