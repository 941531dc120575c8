import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { codeIn, table, textOf } from '../support/documents.js';
import { freePort } from '../support/free-port.js';
import { timed } from '../support/own-time.js';
import { land, press, stands } from '../support/releases.js';
import { ALICE, BOB, SECRETS, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Whoever is on call has Prometheus read the metrics, and an alert is to be true. */

let team: Team;
let port: number;
beforeEach(async () => {
  port = await freePort();
  team = await startTeam({ env: { METRICS_PORT: String(port) } });
});
afterEach(() => team.stop());

const get = (path = '/metrics') => fetch(`http://127.0.0.1:${port}${path}`);

/** Every line that is no comment: name with labels -> value. */
async function read(): Promise<Map<string, number>> {
  const text = await (await get()).text();
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** The figures of these names, once they are as expected. */
const stand = (expected: Record<string, number>) =>
  until(`the metrics say ${JSON.stringify(expected)}`, async () => {
    const all = await read();
    const now = Object.fromEntries(Object.keys(expected).map((name) => [name, all.get(name)]));
    if (JSON.stringify(now) !== JSON.stringify(expected)) throw new Error(`they say ${JSON.stringify(now)}`);
    return true;
  });

test('metrics count a press from its answer to its run, and a refusal by its rule', async () => {
  const sha = await land(team);
  await press(team, BOB, sha, 'Deploy');
  await press(team, ALICE, sha, 'Deploy');
  const { run_id } = await stands(team, sha, 'deploying');
  await stand({
    'pushbutton_http_request_seconds_count{route="POST /slack/events",status="200"}': 2,
    pushbutton_slack_answer_seconds_count: 2,
    'pushbutton_decisions_total{command="deploy",outcome="refused"}': 1,
    'pushbutton_decisions_total{command="deploy",outcome="accepted"}': 1,
    'pushbutton_refusals_total{rule="not a deployer"}': 1,
    'pushbutton_outside_calls_total{to="github",call="POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",result="ok"}': 1,
    'pushbutton_outside_calls_total{to="slack",call="chat.postMessage",result="ok"}': 2,
    pushbutton_dispatch_seconds_count: 1,
    'pushbutton_deployments_waiting{service="shop",status="deploying"}': 1,
    pushbutton_inbox_waiting: 0,
    pushbutton_cards_waiting: 0,
    pushbutton_replicas: 1,
    pushbutton_faults: 0,
    pushbutton_database_up: 1,
  });
  const all = await read();
  expect(all.get('pushbutton_dispatch_seconds_sum')).toBeLessThan(5);
  expect(all.get('pushbutton_redraw_lag_seconds_count')).toBeGreaterThan(0);
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await stands(team, sha, 'live');
  await until('nothing is under way', async () =>
    [...(await read()).keys()].every((name) => !name.startsWith('pushbutton_deployments_waiting{')),
  );
});

test('a dispatch without an answer from GitHub is counted as such, and so is the lost deployment', async () => {
  team.github.fail('dispatch', { kind: 'status', status: 502 }, 1);
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'unknown');
  const dispatch = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
  await stand({ [`pushbutton_outside_calls_total{to="github",call="${dispatch}",result="no answer"}`]: 1 });
  await team.rows('update deployments set answered_seconds = 59.9');
  await stands(team, sha, 'lost');
  await stand({ 'pushbutton_watchdog_finds_total{find="lost"}': 1 });
  // A replica that has counted nothing, because it was not there, says so as well.
  await team.running.pop()?.stop();
  await team.start();
  await stand({ 'pushbutton_watchdog_finds_total{find="lost"}': 0, 'pushbutton_deployments_lost{service="shop"}': 1 });
  await team.rows("update deployments set ended_at = now() - interval '15 minutes' where status = 'lost'");
  await until('it is over', async () => !(await read()).has('pushbutton_deployments_lost{service="shop"}'));
});

test('metrics contain no user text, no user or commit id and no secret', async () => {
  const { sha } = await team.github.land('acme/shop', { title: 'Title "with" {labels}' });
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying');
  await fetch(`http://127.0.0.1:${team.running[0]?.port}/../${sha}?token=x`);
  const text = await (await get()).text();
  for (const word of [...Object.values(SECRETS), sha, sha.slice(0, 7), ALICE, 'with', 'token=', 'acme'])
    expect(text).not.toContain(word);
  expect(text).toContain('pushbutton_http_request_seconds_count{route="other",status="404"} 1');
});

test('metrics are served on their own port and on no other', async () => {
  expect((await get()).headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect((await get('/')).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${team.running[0]?.port}/metrics`)).status).toBe(404);
});

test('a replica whose metrics port is taken does not start, and the first one still serves its metrics', async () => {
  await expect(team.start()).rejects.toThrow('EADDRINUSE');
  expect((await get()).status).toBe(200);
});

test('without the database metrics are still served, and unknown values are left out rather than zero', async () => {
  const holder = await team.pool.connect();
  try {
    // Every look at the backlog waits for this.
    await holder.query('begin');
    await holder.query('lock table inbox in access exclusive mode');
    const { result: all, tookMs } = await timed(async () => {
      await until('the database is missed', async () => (await read()).get('pushbutton_database_up') === 0);
      return read();
    });
    expect(tookMs).toBeLessThan(10_000);
    const shown = [...all.keys()].filter((name) => /_(waiting|oldest_seconds|replicas|faults)\b/.test(name));
    expect(shown).toEqual([]);
  } finally {
    await holder.query('rollback');
    holder.release();
  }
  await stand({ pushbutton_database_up: 1, pushbutton_inbox_waiting: 0 });
});

test('docs/operations.md lists every metric and no other', async () => {
  const text = await (await get()).text();
  const names = [...text.matchAll(/^# TYPE (pushbutton_\w+) /gm)].map((match) => match[1] ?? '');
  expect(names.length).toBeGreaterThan(10);
  const told = table(textOf('docs/operations.md'), '| metric | what it is |').flatMap(([metric]) => codeIn(metric));
  expect(told.map((name) => name.replace(/\{.*$/, '')).sort()).toEqual(names.sort());
});

test('every alert in examples/prometheus-alerts.yml uses existing metrics, and docs/operations.md says what to do', async () => {
  const { groups } = parse(readFileSync('examples/prometheus-alerts.yml', 'utf8')) as {
    groups: { rules: { alert: string; expr: string; annotations: object }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  const told = table(textOf('docs/operations.md'), '| alert | what it means | what to do |').map(
    ([alert]) => codeIn(alert)[0],
  );
  expect(told).toEqual(rules.map((one) => one.alert));
  // Prometheus refuses the whole file for one summary that a comma without quotes has cut in two.
  for (const { annotations } of rules) expect(annotations).toEqual({ summary: expect.stringMatching(/\.$/) });
  const types = [...(await (await get()).text()).matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  const series = types.flatMap(([, name, type]) => (type === 'histogram' ? [`${name}_bucket`] : [name]));
  for (const { alert, expr } of rules) {
    const asked = expr.match(/pushbutton_\w+/g) ?? [];
    expect({ alert, unknown: asked.filter((name) => !series.includes(name)) }).toEqual({ alert, unknown: [] });
  }
});

test('one id leads through the log from the press to its run', async () => {
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  const { deploy_id, run_id } = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await stands(team, sha, 'live');
  const told = () => team.logged.map((line) => JSON.parse(line)).filter((line) => line.msg === 'decided');
  // The database knows first: what is decided is told once it is written.
  await until('the end is told', () => told().some((line) => line.kind === 'live' && line.sha === sha));
  const decided = told();
  const asked = decided.find((line) => line.deploy === deploy_id);
  expect(asked).toMatchObject({ command: 'deploy', kind: 'requested', actor: ALICE, service: 'shop', sha });
  expect(asked.inbox).toBeGreaterThan(0);
  const lines = decided.filter((line) => line.deployment === asked.deployment);
  expect(lines.map((line) => line.kind)).toEqual(['requested', 'dispatching', 'deploying', 'live']);
  expect(lines[2].run).toBe(Number(run_id));
});
