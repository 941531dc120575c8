import { startCollector } from '../support/collector/collector.js';
import type { SpanRead } from '../support/collector/spans.js';
import { land, press, quiet, short, stands, withButton } from '../support/releases.js';
import { statementsSent } from '../support/statements.js';
import { ALICE, configOf, DAVE, SHOP, startTeam, type Team, type TeamOptions } from '../support/team.js';
import { until } from '../support/until.js';

/** Where the time goes, as whoever runs Pushbutton sees it in their collector. */

let collector: Awaited<ReturnType<typeof startCollector>>;
let team: Team;
let stopped = true;

/** The packages read what is not about the address from the environment of the process. Here batches are sent soon. */
const SET = { OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=key-of-the-collector' };
beforeAll(() => void Object.assign(process.env, SET));
afterAll(() => {
  for (const name of Object.keys(SET)) delete process.env[name];
});
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  if (!stopped) await end();
  expect(collector.wrong()).toEqual([]);
  await collector.stop();
});

const begin = async (options: TeamOptions = {}) => {
  stopped = false;
  team = await startTeam({ ...options, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, ...options.env } });
};

/** Stops the team; what it has recorded is sent. */
async function end(): Promise<void> {
  stopped = true;
  await team.stop();
}

/** The spans of the one trace that begins with this handling. */
function traceOf(handling: string): readonly SpanRead[] {
  const found = collector.spans().filter((one) => one.name === handling);
  expect(found.map(({ name }) => name)).toEqual([handling]);
  return collector.spans().filter(({ trace }) => trace === found[0]?.trace);
}

/** Each span with those above it, in the order of their names; throws when one hangs in the air. */
function paths(spans: readonly SpanRead[]): string[] {
  const path = (span: SpanRead): string => {
    if (span.parent === '') return span.name;
    const parent = spans.find(({ id }) => id === span.parent);
    if (!parent) throw new Error(`${span.name} has a parent that is not in its trace`);
    return `${path(parent)} > ${span.name}`;
  };
  return spans.map(path).sort();
}

const named = (spans: readonly SpanRead[], name: string): SpanRead => {
  const all = spans.filter((one) => one.name === name);
  expect(all.map((one) => one.name)).toEqual([name]);
  return all[0] as SpanRead;
};

async function live(sha: string): Promise<void> {
  await stands(team, sha, 'deploying');
  await team.github.completeRun(team.production().at(-1)?.id ?? 0, { conclusion: 'success' });
  await stands(team, sha, 'live');
  await team.card(sha, 'live');
}

const START = 'POST /slack/events > handle deploy > start next';
const SENT = 'GitHub POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';

test('a press is one trace to its run and its card, also when another replica handles it', async () => {
  await begin();
  const sha = await land(team);
  const { ts } = await withButton(team, sha, 'Deploy');
  await quiet(team);
  // Taken in here, claimed by nobody, and due only when this replica has gone.
  await team.pool.query(`create function later() returns trigger language plpgsql as $$ begin
    insert into inbox (key, command, reply, trace, due_at)
      values (new.key, new.command, new.reply, new.trace, clock_timestamp() + interval '1 hour');
    return null; end $$`);
  await team.pool.query(`create trigger later before insert on inbox for each row
    when (pg_trigger_depth() = 0 and new.command->>'type' = 'deploy') execute function later()`);
  expect((await team.slack.click({ user: ALICE, channel: SHOP, ts, button: 'Deploy' })).status).toBe(200);
  await team.running.shift()?.stop();
  team.point(await team.start());
  await team.pool.query('update inbox set due_at = clock_timestamp() where handled_at is null');
  await live(sha);
  await quiet(team);
  await end();

  const spans = traceOf('handle deploy');
  const seen = paths(spans);
  expect(seen).toEqual(
    expect.arrayContaining([
      'POST /slack/events',
      'POST /slack/events > take in',
      'POST /slack/events > inbox',
      'POST /slack/events > handle deploy > gather > Slack users.info',
      'POST /slack/events > handle deploy > decide',
      `${START} > gather > GitHub GET /repos/{owner}/{repo}/compare/{basehead}`,
      `${START} > dispatch > ${SENT}`,
      `${START} > dispatch > decide`,
      'POST /slack/events > handle deploy > run',
    ]),
  );
  expect(seen.some((one) => /> card > Slack chat\.update$/.test(one))).toBe(true);
  const replica = (name: string) => named(spans, name).resource['service.instance.id'];
  expect(replica('take in')).toBe(replica('POST /slack/events'));
  expect(replica('handle deploy')).not.toBe(replica('take in'));
  expect(replica('dispatch')).toBe(replica('handle deploy'));

  const press = named(spans, 'POST /slack/events');
  expect(press).toMatchObject({ kind: 'server', attributes: { 'http.response.status_code': 200 } });
  expect(named(spans, 'take in').end).toBeLessThanOrEqual(press.end);
  expect(named(spans, 'inbox').end).toBeGreaterThan(press.end);
  expect(named(spans, SENT)).toMatchObject({ kind: 'client', attributes: { 'http.response.status_code': 200 } });
  expect(named(spans, 'dispatch').attributes).toMatchObject({
    ...{ 'pushbutton.service': 'shop', 'pushbutton.deployment': 1, 'pushbutton.sha': short(sha) },
  });
  expect(named(spans, 'run').attributes).toMatchObject({ 'pushbutton.status': 'live', 'pushbutton.deployment': 1 });
  expect(named(spans, 'run').end - named(spans, 'run').start).toBeGreaterThan(0);
  expect(spans.every(({ failed }) => !failed)).toBe(true);
  expect(press.resource).toMatchObject({ 'service.name': 'pushbutton', 'service.version': '0.1.0' });
  // Whoever takes the traces learns of no person, no title and no secret, and gets the key that it asks for.
  expect(JSON.stringify(collector.spans())).not.toMatch(/U0ALICE|Alice|Octo|octo@|Add prices|xoxb|ghp_|key-of-the/);
  expect(collector.headers().every((one) => one['x-api-key'] === 'key-of-the-collector')).toBe(true);
});

test('a result of staging is one trace from its delivery to its card', async () => {
  await begin();
  const sha = await land(team);
  await team.card(sha, 'passed staging');
  await quiet(team);
  await end();
  const cards = collector.spans().filter(({ name }) => name === 'Slack chat.postMessage');
  expect(cards).toHaveLength(1);
  const spans = collector.spans().filter(({ trace }) => trace === cards[0]?.trace);
  expect(paths(spans)).toEqual(
    expect.arrayContaining([
      'POST /github/webhooks',
      'POST /github/webhooks > handle staging seen > decide',
      'POST /github/webhooks > handle staging seen > describe > card > Slack chat.postMessage',
    ]),
  );
});

test('a start that another approved is in the trace of the press, and linked with that of the approval', async () => {
  await begin({ config: configOf({ service: '    approvals: { required: 1, authors: true }' }) });
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await press(team, DAVE, sha, 'Approve');
  await live(sha);
  await quiet(team);
  await end();
  const asked = traceOf('handle deploy');
  const approved = traceOf('handle approve');
  expect(named(approved, 'start next').parent).toBe(named(approved, 'handle approve').id);
  const sent = named(asked, 'dispatch');
  expect(sent.parent).toBe(named(asked, 'handle deploy').id);
  expect(named(asked, SENT).parent).toBe(sent.id);
  expect(sent.links).toEqual([expect.objectContaining({ trace: named(approved, 'start next').trace })]);
  // There, a span of the same time leads to it.
  expect(named(approved, 'dispatch').links).toEqual([{ trace: sent.trace, id: sent.id }]);
  expect(named(asked, 'run').parent).toBe(named(asked, 'handle deploy').id);
});

test('presses that one drawing shows each have it in their trace, linked with each other', async () => {
  await begin();
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  await quiet(team);
  await team.pool.query(
    `update channel_slots set drawn_by = 'another', drawn_until = clock_timestamp() + interval '3 s'`,
  );
  await Promise.all([
    press(team, ALICE, sha, 'Deploy'),
    team.slack.command({ user: DAVE, channel: SHOP, text: 'lock shop Stock-taking' }),
  ]);
  await until('both are drawn', () => team.cards().at(0)?.words.includes('locked'));
  await quiet(team);
  await end();
  const [deploy, lock] = [traceOf('handle deploy'), traceOf('handle lock')];
  const drawn = (spans: readonly SpanRead[]) => spans.filter(({ name }) => name === 'card');
  const both = [...drawn(deploy), ...drawn(lock)].filter(({ links }) => links.length > 0);
  expect(both.map(({ links }) => links.length)).toEqual([1, 1]);
  const [one, other] = both as [SpanRead, SpanRead];
  expect(new Set([one.trace, other.trace])).toEqual(new Set([deploy[0]?.trace, lock[0]?.trace]));
  expect([one.links[0]?.trace, other.links[0]?.trace]).toEqual([other.trace, one.trace]);
  const updates = collector
    .spans()
    .filter(({ name, parent }) => name === 'Slack chat.update' && [one.id, other.id].includes(parent));
  expect(updates).toHaveLength(1);
});

test('what was taken in without a trace is in none, whoever wakes the inbox', async () => {
  await begin();
  const sha = await land(team);
  const { ts } = await withButton(team, sha, 'Deploy');
  await quiet(team);
  // As a replica of an earlier version, or one without the variable, keeps it. The next press has both handled.
  await team.pool.query(
    `insert into inbox (key, command) values ('old', '{"type":"service time passed","service":"shop"}')`,
  );
  await team.slack.click({ user: ALICE, channel: SHOP, ts, button: 'Deploy' });
  await live(sha);
  await quiet(team);
  await end();
  expect(
    collector.spans().filter(({ attributes }) => attributes['pushbutton.command'] === 'service time passed'),
  ).toEqual([]);
  expect(traceOf('handle deploy').length).toBeGreaterThan(10);
});

test('a press over the socket is the beginning of a trace, too', async () => {
  await begin({ socketMode: true });
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await live(sha);
  await end();
  expect(paths(traceOf('handle deploy'))).toEqual(
    expect.arrayContaining(['Slack socket > take in', 'Slack socket > handle deploy > start next > dispatch > decide']),
  );
});

/** As in `statements.test.ts`, where no traces are made: what goes on beside a press. */
const BESIDE = /card|channel|dirty|twin|outage|_job|due-jobs|replicas|report|free-what|next-in-inbox|turns|poll|faults/;

test('traces cost the database no statement', async () => {
  await begin({ pauses: 'real' });
  const counts: number[] = [];
  for (const title of ['Add prices', 'Add a till', 'Add a basket']) {
    const sha = await land(team, title);
    const { ts } = await withButton(team, sha, 'Deploy');
    await quiet(team);
    const sent = statementsSent();
    const dispatched = new Promise<number>((resolve) => {
      team.github.onChange((change) => {
        if (change.kind === 'call' && change.call.route === 'dispatch')
          resolve(sent.stop().filter((one) => !BESIDE.test(one)).length);
      });
    });
    await team.slack.click({ user: ALICE, channel: SHOP, ts, button: 'Deploy' });
    counts.push(await dispatched);
    await live(sha);
  }
  expect(Math.min(...counts)).toBeLessThanOrEqual(28);
});

test('what leads to nothing is no trace, and what is kept for traces is kept by statements that are sent anyway', async () => {
  await begin();
  const sha = await land(team);
  await withButton(team, sha, 'Deploy');
  await quiet(team);
  await fetch(`http://127.0.0.1:${team.running[0]?.port}/github/webhooks`, { method: 'POST', body: '{}' });
  await fetch(`http://127.0.0.1:${team.running[0]?.port}/healthz`);
  const sent = statementsSent();
  await press(team, ALICE, sha, 'Deploy');
  await live(sha);
  const traced = sent.stop().filter((one) => one.includes('traced'));
  await quiet(team);
  await end();
  const spans = collector.spans();
  expect(spans.filter(({ id, parent }) => parent === '' && !spans.some((one) => one.parent === id))).toEqual([]);
  // They take the place of those that are sent without traces. Some come only where two things come in at about the same time.
  const together = ['claim-inbox-traced', 'take-in-traced'];
  expect([...new Set(traced)].filter((one) => !together.includes(one)).sort()).toEqual([
    'add-deployment-traced',
    'save-outcome-and-draw-traced',
    'take-in-claimed-traced',
  ]);
});

test('without the variable, nothing is recorded, kept or sent', async () => {
  await begin({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: '' } });
  const sent = statementsSent();
  const sha = await land(team);
  await press(team, ALICE, sha, 'Deploy');
  await live(sha);
  await quiet(team);
  expect(sent.stop().filter((one) => /trace/.test(one))).toEqual([]);
  expect(await team.rows('select 1 from inbox where trace is not null')).toEqual([]);
  expect(await team.rows('select 1 from deployments where trace is not null')).toEqual([]);
  await end();
  expect(collector.asked()).toBe(0);
});
